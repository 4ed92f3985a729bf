//! What `deployment.json` says of an image, and what follows from it.

use crate::image::arrangement::{Arrangement, Channels, Layout, Size, layout_of, shape_of};
use crate::image::filter::Filter;
use crate::image::fit::Resize;
use crate::image::formula::{Formula, PartialFormula, spread};
use crate::image::mistakes::{Mistake, Mistakes};

/// Keys with the values that a known family of models expects. Keys that are given besides take precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// The classifiers of torchvision, and most others that were trained on ImageNet in PyTorch.
    Imagenet,
    /// The MobileNets of Keras, and others that take -1 to 1.
    Mobilenet,
    /// The detectors of Ultralytics.
    Yolo,
}

impl Preset {
    /// Its keys but those of the formula. The model's size is `None` if it is free.
    fn keys(self, size: Option<Size>) -> InputKeys {
        match self {
            Preset::Imagenet => InputKeys {
                layout: Some(Layout::Nchw),
                resize: Some(Resize::Cover),
                // 256 for a model of 224.
                shortest_edge: size.map(|size| (size.longest() as f64 / 0.875).round() as usize),
                ..InputKeys::default()
            },
            Preset::Mobilenet => {
                InputKeys { antialias: Some(false), round: Some(false), ..InputKeys::default() }
            }
            Preset::Yolo => InputKeys {
                layout: Some(Layout::Nchw),
                resize: Some(Resize::Contain),
                pad: Some(vec![114]),
                antialias: Some(false),
                exif: Some(true),
                ..InputKeys::default()
            },
        }
    }

    /// Its formula for RGB.
    fn formula(self) -> PartialFormula {
        match self {
            Preset::Imagenet => PartialFormula {
                mean: Some([0.485, 0.456, 0.406]),
                std: Some([0.229, 0.224, 0.225]),
                scale: None,
            },
            Preset::Mobilenet => PartialFormula { scale: Some(1.0 / 127.5), mean: Some([1.0; 3]), std: None },
            Preset::Yolo => PartialFormula::default(),
        }
    }
}

/// The keys of an image input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InputKeys {
    pub preset: Option<Preset>,
    pub layout: Option<Layout>,
    pub channels: Option<Channels>,
    pub resize: Option<Resize>,
    pub shortest_edge: Option<usize>,
    pub pad: Option<Vec<u8>>,
    pub filter: Option<Filter>,
    pub antialias: Option<bool>,
    pub round: Option<bool>,
    pub scale: Option<f64>,
    pub mean: Option<Vec<f64>>,
    pub std: Option<Vec<f64>>,
    pub exif: Option<bool>,
}

/// An image input, checked: how any image becomes values of a tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct InputImage {
    /// What the file says.
    keys: InputKeys,
    /// The model's size; `None` if it takes any.
    pub size: Option<Size>,
    pub channels: Channels,
    pub layout: Layout,
    pub resize: Resize,
    pub shortest_edge: Option<usize>,
    /// The colour beside an image that does not fill the tensor: RGB or grey.
    pub pad: Vec<u8>,
    pub filter: Filter,
    pub antialias: bool,
    /// Whether samples are rounded once the image is resized.
    pub round: bool,
    /// For a tensor of floats.
    pub formula: Formula,
    /// For a tensor of integers.
    pub integer_formula: Formula,
    /// Whether the image's EXIF orientation is applied.
    pub exif: bool,
    /// Whether colours become grey and images are resized as format 1 has it.
    pub format1: bool,
}

impl InputImage {
    /// What format 1 declares: the scale alone.
    pub fn format1(size: Size, channels: usize, scale: f32) -> InputImage {
        let formula = Formula { scale: f64::from(scale), ..Formula::SAMPLES };
        InputImage {
            keys: InputKeys::default(),
            size: Some(size),
            channels: if channels == 1 { Channels::Grey } else { Channels::Rgb },
            layout: Layout::Nhwc,
            resize: Resize::Stretch,
            shortest_edge: None,
            pad: vec![0; channels],
            filter: Filter::Bilinear,
            antialias: true,
            round: true,
            formula,
            integer_formula: formula,
            exif: false,
            format1: true,
        }
    }

    /// As the keys declare it, before the model says the rest.
    pub fn declared(keys: InputKeys) -> InputImage {
        InputImage { keys, format1: false, ..InputImage::format1(Size { width: 0, height: 0 }, 3, 1.0) }
    }

    /// Completes it, and the shape if that is empty, by the sizes of an example in the model's tensor.
    pub fn complete(
        &mut self,
        shape: &mut Vec<usize>,
        sizes: Option<&[Option<usize>]>,
    ) -> Result<(), Vec<Mistake>> {
        if self.format1 {
            return Ok(());
        }
        let mut keys = self.keys.clone();
        keys.layout = keys.layout.or_else(|| layout_of(sizes?, shape));
        let preset = keys.preset.map(|preset| preset.keys(None)).unwrap_or_default();
        complete_shape(shape, sizes, keys.layout.or(preset.layout).unwrap_or_default())?;
        let size = Size { height: shape[0], width: shape[1] };
        *self = keys.check(Some(size), shape[2])?;
        Ok(())
    }

    /// The values that the darkest and the brightest sample of each channel become; none in format 1.
    pub fn extremes(&self, integers: bool) -> Vec<f64> {
        let formula = if integers { self.integer_formula } else { self.formula };
        let channels = (0..self.pad.len()).filter(|_| !self.format1);
        channels.flat_map(|channel| [0.0, 255.0].map(|sample| formula.value(sample, channel))).collect()
    }

    /// The shape of one example of the tensor; that of a model that takes any size is of no pixels.
    pub fn tensor_shape(&self) -> [usize; 3] {
        self.arrangement(Size { width: 0, height: 0 }).shape()
    }

    /// How the pixels of an image of this size are arranged in the tensor.
    pub fn arrangement(&self, image: Size) -> Arrangement {
        let size = self.size.unwrap_or(image);
        Arrangement { layout: self.layout, channels: self.channels, size }
    }
}

impl InputKeys {
    /// Checks the keys of an input whose shape has this size (`None`: any) and so many channels.
    pub fn check(&self, size: Option<Size>, channels: usize) -> Result<InputImage, Vec<Mistake>> {
        let mut mistakes = Mistakes::default();
        let preset = self.preset.map(|preset| preset.keys(size)).unwrap_or_default();
        let resize = self.resize.or(preset.resize).unwrap_or_default();
        let filter = self.filter.or(preset.filter).unwrap_or_default();
        self.check_resize(size, resize, filter, &mut mistakes);
        let order = Channels::of_shape(self.channels, channels, &mut mistakes);
        let pad = self.pad.as_deref().or(preset.pad.as_deref()).unwrap_or(&[0]);
        let pad = spread("pad", pad, channels, &mut mistakes).unwrap_or_default();
        let (formula, integer_formula) = self.formulas(order, channels, &mut mistakes);
        mistakes.done(InputImage {
            keys: self.clone(),
            size,
            channels: order,
            layout: self.layout.or(preset.layout).unwrap_or_default(),
            resize,
            shortest_edge: self.shortest_edge.or(preset.shortest_edge).filter(|_| resize == Resize::Cover),
            pad,
            filter,
            antialias: filter.has_antialias() && self.antialias.or(preset.antialias).unwrap_or(true),
            round: self.round.or(preset.round).unwrap_or(true),
            formula,
            integer_formula,
            exif: self.exif.or(preset.exif).unwrap_or(false),
            format1: false,
        })
    }

    fn check_resize(&self, size: Option<Size>, resize: Resize, filter: Filter, mistakes: &mut Mistakes) {
        if size.is_none() && resize != Resize::None {
            let problem = "the model takes images of any size; write \"none\", or a shape to resize them to";
            mistakes.add("resize", problem);
        }
        if resize == Resize::None {
            let problem = "images are not resized; leave it out, or choose another \"resize\"";
            mistakes.refuse("filter", self.filter.is_some(), problem);
            mistakes.refuse("antialias", self.antialias.is_some(), problem);
            mistakes.refuse("round", self.round.is_some(), problem);
        } else if !filter.has_antialias() {
            let problem = "only the filters bilinear, bicubic and lanczos have it; leave it out";
            mistakes.refuse("antialias", self.antialias.is_some(), problem);
        }
        if resize != Resize::Contain {
            let problem = "it fills what \"resize\": \"contain\" leaves free; leave it out, or write that";
            mistakes.refuse("pad", self.pad.is_some(), problem);
        }
        if resize != Resize::Cover {
            let problem = "only \"resize\": \"cover\" has it; leave it out, or write that";
            mistakes.refuse("shortest_edge", self.shortest_edge.is_some(), problem);
        } else if let (Some(edge), Some(size)) = (self.shortest_edge, size) {
            let longest = size.longest();
            if !(longest..=MAX_EDGE).contains(&edge) {
                mistakes.add("shortest_edge", format!("{edge} does not fit; write {longest} to {MAX_EDGE}"));
            }
        }
    }

    /// For tensors of floats, and of integers: their values are samples unless the keys say otherwise.
    fn formulas(&self, order: Channels, channels: usize, mistakes: &mut Mistakes) -> (Formula, Formula) {
        let own =
            PartialFormula::read(self.scale, self.mean.as_deref(), self.std.as_deref(), channels, mistakes);
        let mut preset = self.preset.map(Preset::formula).unwrap_or_default();
        let missing =
            (preset.mean.is_some() && own.mean.is_none()) || (preset.std.is_some() && own.std.is_none());
        if self.preset == Some(Preset::Imagenet) && channels == 1 && missing {
            mistakes
                .add("preset", "imagenet is for 3 channels; write \"mean\" and \"std\" of the grey ones too");
        }
        if order == Channels::Bgr {
            preset = preset.reversed();
        }
        (own.over(preset.over(Formula::UNIT)), own.over(Formula::SAMPLES))
    }
}

/// Takes the shape of an image from the sizes of an example in the tensor.
pub fn complete_shape(
    shape: &mut Vec<usize>,
    sizes: Option<&[Option<usize>]>,
    layout: Layout,
) -> Result<(), Vec<Mistake>> {
    if shape.is_empty() {
        let found = sizes.and_then(|sizes| shape_of(sizes, layout));
        let problem = "the model's tensor does not say it; write [height, width, 1] or [height, width, 3]";
        let unknown = || vec![Mistake { key: "shape", problem: problem.to_owned() }];
        *shape = found.ok_or_else(unknown)?;
    }
    Ok(())
}

/// The longest edge that an image is resized from or to.
pub const MAX_EDGE: usize = 1 << 18;
