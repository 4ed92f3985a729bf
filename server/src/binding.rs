//! How the features of a deployment fit the tensors of its model.

use crate::deployment::{
    ArrayOutput, Categories, Category, Constant, Deployment, Encoding, Extent, Input, InputKind, MAX_SIZE,
    Mistakes, Output, OutputKind, Pool, Scalar, TextEncoding, size_of_shape,
};
use crate::elements::Element;
use crate::for_elements;
use crate::image::InputImage;
use crate::layout::Layout;
use crate::outputs::{self, Column, Numbers};
use crate::specs::{example_sizes, image_sizes, listed, unknown, written};
use crate::tensor::{Datatype, Signature, Size, Tensor, TensorSpec, Values};
use crate::tokens::{TokenPart, Tokens};

/// The places of the features in the model's tensors.
#[derive(Default)]
pub struct Binding {
    pub layout: Layout,
    /// What feeds each of the model's inputs, in its order.
    feeds: Vec<Feed>,
    /// The outputs of the model that are read, each once.
    pub read: Vec<usize>,
    /// For each output feature, the places of its tensors among those.
    outputs: Vec<Vec<usize>>,
    /// The input that says which tokens are no padding, if an output needs to know.
    mask: Option<usize>,
}

enum Feed {
    /// A tensor of the layout.
    Features(usize),
    Constant(Fixed),
}

impl Feed {
    /// How many values of a constant each row takes.
    fn constants(&self) -> usize {
        match self {
            Feed::Constant(constant) if constant.shape.contains(&Extent::Batch) => constant.row_size(),
            _ => 0,
        }
    }
}

/// A constant with the type and shape that its tensor has.
struct Fixed {
    shape: Vec<Extent>,
    values: Values,
}

impl Binding {
    /// Holds the features against the model, which decides what the deployment leaves open. Without mistakes
    /// the binding is complete.
    pub fn new(deployment: &mut Deployment, signature: &Signature, mistakes: &Mistakes) -> Binding {
        find_tensors(deployment, signature, mistakes);
        for place in 0..deployment.inputs.len() {
            fit_input(deployment, place, signature, mistakes);
        }
        let mut layout = Layout::new(&deployment.inputs);
        fit_tensors(&mut layout, deployment, signature, mistakes);
        let feeds = feeds(deployment, &layout, signature, mistakes);
        layout.constants = feeds.iter().map(Feed::constants).sum();
        let found = outputs::find(&mut deployment.outputs, signature, mistakes);
        let mut read = found.concat();
        read.sort_unstable();
        read.dedup();
        let among =
            |places: Vec<usize>| places.iter().filter_map(|place| read.binary_search(place).ok()).collect();
        let outputs = found.into_iter().map(among).collect();
        let mask = mask(deployment, &layout, signature);
        Binding { layout, feeds, read, outputs, mask }
    }

    /// The model's inputs in its order, made of the tensors of the layout.
    pub fn feed(&self, rows: usize, tensors: Vec<Tensor>) -> Vec<Tensor> {
        let mut tensors: Vec<Option<Tensor>> = tensors.into_iter().map(Some).collect();
        let fed = self.feeds.iter().map(|feed| match feed {
            Feed::Features(place) => {
                let tensor = tensors[*place].take().unwrap_or_default();
                outputs::to_axis(tensor, self.layout.tensors[*place].batch_axis)
            }
            Feed::Constant(constant) => constant.tensor(rows),
        });
        fed.collect()
    }

    /// For each row and token of the inputs, whether it is no padding.
    pub fn mask(&self, inputs: &[Tensor]) -> Option<Vec<bool>> {
        let place = self.mask?;
        let Feed::Features(tensor) = self.feeds.get(place)? else { return None };
        let batch_axis = self.layout.tensors[*tensor].batch_axis;
        let mask = outputs::from_axis(inputs.get(place)?.clone(), batch_axis);
        Some(Numbers::of(mask.values).doubles().into_iter().map(|value| value != 0.0).collect())
    }

    /// The values of each output feature, from the outputs that were read.
    pub fn columns(
        &self,
        deployment: &Deployment,
        rows: usize,
        found: Vec<Tensor>,
        mask: Option<&[bool]>,
    ) -> Result<Vec<Column>, String> {
        let mut found = found;
        let mut columns = Vec::with_capacity(self.outputs.len());
        for (place, (output, own)) in deployment.outputs.iter().zip(&self.outputs).enumerate() {
            let later = &self.outputs[place + 1..];
            let tensor = |&tensor: &usize| match later.iter().any(|places| places.contains(&tensor)) {
                true => found[tensor].clone(),
                false => std::mem::take(&mut found[tensor]),
            };
            let tensors = own.iter().map(tensor).collect();
            columns.push(Column::read(output, tensors, rows, mask)?);
        }
        Ok(columns)
    }
}

/// The attention mask, if an output is the mean of the tokens of a text.
fn mask(deployment: &Deployment, layout: &Layout, signature: &Signature) -> Option<usize> {
    let is_mean = |output: &Output| {
        matches!(output.kind, OutputKind::Array(ArrayOutput { pool: Some(Pool::Mean), .. }))
    };
    deployment.outputs.iter().find(|output| is_mean(output))?;
    let slot = layout.tokens.iter().find(|slot| slot.part == TokenPart::AttentionMask)?;
    signature.input(&layout.tensors[slot.tensor].name)
}

impl Fixed {
    /// The values of one row; it is at most `MAX_SIZE`.
    fn row_size(&self) -> usize {
        self.shape.iter().map(|extent| if let Extent::Size(size) = extent { *size } else { 1 }).product()
    }

    fn tensor(&self, rows: usize) -> Tensor {
        let size = |extent: &Extent| if let Extent::Size(size) = extent { *size } else { rows };
        let shape: Vec<usize> = self.shape.iter().map(size).collect();
        let count = shape.iter().product();
        let values = for_elements!(&self.values, E, list => {
            let repeated = list.iter().copied().cycle().take(count);
            E::values(repeated.collect())
        }, list => Values::Text(list.iter().cloned().cycle().take(count).collect()));
        Tensor { shape, values }
    }
}

/// Gives each input the name of its tensor: that of the feature, or the only one.
fn find_tensors(deployment: &mut Deployment, signature: &Signature, mistakes: &Mistakes) {
    let constant = |name: &str| deployment.constants.iter().any(|constant| constant.tensor == name);
    let open: Vec<&TensorSpec> = signature.inputs.iter().filter(|spec| !constant(&spec.name)).collect();
    let named = |name: &str| signature.input(name).map(|_| name.to_owned());
    for input in &mut deployment.inputs {
        let only = || (open.len() == 1).then(|| open[0].name.clone());
        if let InputKind::Text(TextEncoding::Tokens(tokens)) = &mut input.kind {
            tokens.attention_mask = tokens.attention_mask.take().or_else(|| named("attention_mask"));
            tokens.token_type_ids = tokens.token_type_ids.take().or_else(|| named("token_type_ids"));
            if input.tensor.is_empty() {
                input.tensor = named("input_ids").unwrap_or_default();
            }
        }
        if input.tensor.is_empty() {
            let path = format!("inputs[{}].tensor", input.place);
            match named(&input.name).or_else(only) {
                Some(name) => input.tensor = name,
                None => {
                    mistakes.add(&path, format!("it is missing; write one of {}", listed(&signature.inputs)))
                }
            }
        }
    }
}

/// Completes an input by its tensor.
fn fit_input(deployment: &mut Deployment, place: usize, signature: &Signature, mistakes: &Mistakes) {
    let name = deployment.inputs[place].tensor.clone();
    let alone = deployment.inputs.iter().filter(|input| input.tensor == name).count() == 1;
    let input = &mut deployment.inputs[place];
    let path = format!("inputs[{}]", input.place);
    let wrong = |key: &str, problem: String| mistakes.add(&format!("{path}.{key}"), problem);
    if name.is_empty() {
        return;
    }
    let Some(spec) = signature.input(&name).map(|place| &signature.inputs[place]) else {
        return wrong("tensor", unknown("input", &name, &signature.inputs));
    };
    if let (Some(axis), Some(sizes)) = (input.batch_axis, &spec.shape)
        && axis >= sizes.len().max(1)
    {
        return wrong("batch_axis", format!("{axis} is no axis of {}", written(spec)));
    }
    if let Err((key, problem)) = fit_type(input, spec) {
        return wrong(key, problem);
    }
    if let InputKind::Text(TextEncoding::Tokens(tokens)) = &mut input.kind {
        return fit_tokens(tokens, spec).unwrap_or_else(|problem| wrong("tensor", problem));
    }
    if let InputKind::Image(image) = &mut input.kind {
        let sizes = image_sizes(spec, input.batch_axis);
        match image.complete(&mut input.shape, sizes.as_deref()) {
            Err(mistakes) => mistakes.into_iter().for_each(|mistake| wrong(mistake.key, mistake.problem)),
            Ok(()) if size_of_shape(&input.shape).is_none() => wrong("shape", too_large(&input.shape, spec)),
            Ok(()) => {
                if let Some(value) = beyond(image, spec.datatype) {
                    let datatype = spec.datatype.name();
                    let problem =
                        format!("a sample of 0 to 255 becomes {value:?}, which {datatype} does not hold");
                    wrong("scale", format!("{problem}; change scale, mean or std"));
                }
            }
        }
        return;
    }
    if input.shape.is_empty() {
        match inferred_shape(input, spec, alone) {
            Ok(shape) => input.shape = shape,
            Err(problem) => return wrong("shape", problem),
        }
    }
    finish_numbers(input, wrong);
}

/// Turns an array of one number into that number, and checks the statistics against the shape.
fn finish_numbers(input: &mut Input, wrong: impl Fn(&str, String)) {
    let transform = match &mut input.kind {
        InputKind::Array(transform) if input.shape == [1] => {
            input.kind = InputKind::Number(std::mem::take(transform));
            return finish_numbers(input, wrong);
        }
        InputKind::Array(transform) | InputKind::Number(transform) => transform,
        InputKind::Text(TextEncoding::Date(_, transform)) => transform,
        _ => return,
    };
    let last = input.shape.last().copied().unwrap_or(1);
    for (key, count) in [("mean", transform.mean.len()), ("std", transform.std.len())] {
        if count > 1 && count != last {
            wrong(
                key,
                format!("there are {count}, the last axis of the shape has {last}; write one, or {last}"),
            );
        }
    }
}

/// Checks that the feature can be encoded in the type of its tensor.
fn fit_type(input: &Input, spec: &TensorSpec) -> Result<(), (&'static str, String)> {
    let datatype = spec.datatype.name();
    let is_bytes = spec.datatype == Datatype::Bytes;
    match &input.kind {
        InputKind::Text(TextEncoding::Raw) if !is_bytes => Err((
            "tensor",
            format!(
                "{} takes numbers; say how the text becomes numbers: ngrams, tokenizer or date",
                written(spec)
            ),
        )),
        InputKind::Categorical(categories, Encoding::Raw) | InputKind::Binary(categories, Encoding::Raw)
            if !is_bytes
                && categories.list().iter().any(|category| matches!(category, Category::Text(_))) =>
        {
            let what =
                "the categories are strings; write \"one-hot\" or \"ordinal\", or integers as categories";
            Err(("encoding", format!("{} takes numbers, {what}", written(spec))))
        }
        InputKind::Categorical(categories, encoding) | InputKind::Binary(categories, encoding)
            if !is_bytes && lost(categories, *encoding, spec.datatype).is_some() =>
        {
            let number = lost(categories, *encoding, spec.datatype).unwrap_or_default();
            Err((
                "encoding",
                format!("{} cannot hold {number}, a category; write \"one-hot\"", written(spec)),
            ))
        }
        InputKind::Text(TextEncoding::Tokens(_))
            if !matches!(spec.datatype, Datatype::Int64 | Datatype::Int32 | Datatype::Fp32) =>
        {
            Err((
                "tensor",
                format!("tokens are INT64, INT32 or FP32, {} is {datatype}; name another tensor", spec.name),
            ))
        }
        InputKind::Text(TextEncoding::Ngrams(_)) if !is_bytes && !spec.datatype.is_float() => Err((
            "tensor",
            format!("n-grams are fractions, {} holds none; name another tensor", written(spec)),
        )),
        InputKind::Image(_) if is_bytes => {
            Err(("tensor", format!("{} takes strings, not images", written(spec))))
        }
        _ if is_bytes && !input.is_raw_text() => {
            let remedy = match input.kind {
                InputKind::Categorical(..) | InputKind::Binary(..) => "add \"encoding\": \"raw\"",
                _ => "use the type text or categorical",
            };
            Err(("tensor", format!("{} takes strings; {remedy}", written(spec))))
        }
        _ => Ok(()),
    }
}

/// The first number of a category that a tensor of this type would change or refuse.
fn lost(categories: &Categories, encoding: Encoding, datatype: Datatype) -> Option<i64> {
    let number = |(place, category): (usize, &Category)| match (encoding, category) {
        (Encoding::OneHot, _) => 1,
        (Encoding::Raw, Category::Integer(number)) => *number,
        _ => place as i64,
    };
    categories.list().iter().enumerate().map(number).find(|&number| !holds(datatype, number))
}

/// A value of an image that a tensor of this type does not hold.
fn beyond(image: &InputImage, datatype: Datatype) -> Option<f64> {
    let held = |value: f64| {
        for_elements!(&Values::empty(datatype), E, _list => {
            E::of_number(if E::IS_INTEGER { value.round_ties_even() } else { value }).is_ok()
        }, _list => false)
    };
    let is_integer = !datatype.is_float() && datatype != Datatype::Bool;
    image.extremes(is_integer).into_iter().find(|&value| !held(value))
}

/// Whether a tensor of this type gives an integer back.
fn holds(datatype: Datatype, number: i64) -> bool {
    let exact = |found: f64| found as i128 == i128::from(number);
    match elements(&[Scalar::Integer(number)], datatype).map(Numbers::of) {
        Ok(Numbers::F32(list)) => exact(f64::from(list[0])),
        Ok(Numbers::F64(list)) => exact(list[0]),
        Ok(_) => true,
        Err(_) => false,
    }
}

/// The shape of a feature that names none: that of an example in the tensor.
fn inferred_shape(input: &Input, spec: &TensorSpec, alone: bool) -> Result<Vec<usize>, String> {
    if !alone {
        return Ok(vec![1]);
    }
    let sizes = example_sizes(spec, input.batch_axis);
    let sizes = sizes.ok_or_else(|| format!("the model has no shape for {:?}; write it", spec.name))?;
    let fixed: Option<Vec<usize>> = sizes.iter().map(Size::fixed).collect();
    let open = || format!("the model leaves sizes of {} open; write the shape of one example", written(spec));
    let shape = fixed.ok_or_else(open)?;
    let shape = if shape.iter().all(|&size| size == 1) { vec![1] } else { shape };
    size_of_shape(&shape).ok_or_else(|| too_large(&shape, spec))?;
    Ok(shape)
}

/// What is wrong with a shape of no values, or of too many.
fn too_large(shape: &[usize], spec: &TensorSpec) -> String {
    format!(
        "{shape:?} of {} is not the shape of 1 to {MAX_SIZE} values; leave out inputs and outputs to serve its tensors",
        written(spec)
    )
}

/// Gives each tensor of the layout the type and shape that the model has.
fn fit_tensors(layout: &mut Layout, deployment: &Deployment, signature: &Signature, mistakes: &Mistakes) {
    let (inputs, alone) = (&deployment.inputs, deployment.runs_row_by_row());
    // A feature that could not be read may be what a tensor lacks.
    let complete = !mistakes.has("inputs");
    for (place, tensor) in layout.tensors.iter_mut().enumerate() {
        let tokens = layout.tokens.iter().find(|tokens| tokens.tensor == place);
        let fills = |input: &&Input| input.tensor == tensor.name;
        let Some(first) = tokens.map(|tokens| &inputs[tokens.input]).or_else(|| inputs.iter().find(fills))
        else {
            continue;
        };
        let path = format!("inputs[{}]", first.place);
        if tensor.name.is_empty() || mistakes.has(&path) {
            continue;
        }
        let Some(spec) = signature.input(&tensor.name).map(|place| &signature.inputs[place]) else {
            mistakes.add(&format!("{path}.tokenizer"), unknown("input", &tensor.name, &signature.inputs));
            continue;
        };
        tensor.datatype = spec.datatype;
        let conflicts = |input: &&Input| {
            fills(input)
                && (input.batch_axis != tensor.batch_axis || tokens.is_some() && input.place != first.place)
        };
        if let Some(other) = inputs.iter().find(conflicts) {
            let problem =
                format!("{:?} fills {:?} in another way; name another tensor", first.name, tensor.name);
            mistakes.add(&format!("inputs[{}].tensor", other.place), problem);
        }
        if tensor.size > MAX_SIZE {
            let problem =
                format!("its features have {} values; a tensor has at most {MAX_SIZE}", tensor.size);
            mistakes.add(&format!("{path}.tensor"), problem);
        } else if tokens.is_none() && complete {
            match fit_shape(spec, tensor.batch_axis, &tensor.shape, alone) {
                Ok(shape) => tensor.shape = shape,
                Err(problem) => mistakes.add(&format!("{path}.tensor"), problem),
            }
        }
    }
}

/// Tokens lie along the second axis; if that has a fixed size, every text is cut or padded to it.
fn fit_tokens(tokens: &mut Tokens, spec: &TensorSpec) -> Result<(), String> {
    match spec.shape.as_deref() {
        None | Some([_, Size::Free(_)]) => Ok(()),
        Some([_, Size::Fixed(length)]) => tokens.fix_length(*length),
        Some(_) => Err(format!("tokens need a tensor of two axes, this is {}", written(spec))),
    }
}

/// The shape of one example in the tensor: its natural one, or the declared one if the model declares
/// another rank.
fn fit_shape(
    spec: &TensorSpec,
    batch_axis: Option<usize>,
    natural: &[usize],
    alone: bool,
) -> Result<Vec<usize>, String> {
    let Some(sizes) = &spec.shape else {
        return Ok(natural.to_vec());
    };
    match batch_axis.map(|axis| (axis, sizes.get(axis))) {
        Some((_, None)) => {
            return Err(format!(
                "{} has no axis for the batch; write \"batch_axis\": \"none\"",
                written(spec)
            ));
        }
        Some((_, Some(Size::Fixed(1)))) if alone => (),
        Some((axis, Some(Size::Fixed(rows)))) => {
            return Err(format!("axis {axis} of {}, the batch, has the fixed size {rows}", written(spec)));
        }
        Some((_, Some(Size::Free(_)))) | None => (),
    }
    let declared: Vec<Option<usize>> = sizes
        .iter()
        .enumerate()
        .filter(|(axis, _)| Some(*axis) != batch_axis)
        .map(|(_, size)| size.fixed())
        .collect();
    let agrees = |(size, declared): (&usize, &Option<usize>)| declared.is_none_or(|fixed| fixed == *size);
    if declared.len() == natural.len() && natural.iter().zip(&declared).all(agrees) {
        return Ok(natural.to_vec());
    }
    let total: usize = natural.iter().product();
    let fitted = if declared.len() != natural.len() { resized(&declared, total) } else { None };
    fitted.ok_or_else(|| {
        format!(
            "the features give {natural:?} for one example, the model takes {}; change the shape",
            written(spec)
        )
    })
}

/// The sizes for so many values, if at most one is open.
fn resized(declared: &[Option<usize>], total: usize) -> Option<Vec<usize>> {
    let known = declared.iter().flatten().try_fold(1usize, |known, size| known.checked_mul(*size))?;
    let open = declared.iter().filter(|size| size.is_none()).count();
    let rest = total.checked_div(known).filter(|rest| rest * known == total && (open == 1 || *rest == 1))?;
    (open <= 1).then(|| declared.iter().map(|size| size.unwrap_or(rest)).collect())
}

/// What fills each input of the model.
fn feeds(deployment: &Deployment, layout: &Layout, signature: &Signature, mistakes: &Mistakes) -> Vec<Feed> {
    for constant in deployment.constants.iter().filter(|constant| signature.input(&constant.tensor).is_none())
    {
        let path = format!("constants.{}", constant.tensor);
        mistakes.add(&path, unknown("input", &constant.tensor, &signature.inputs));
    }
    let complete = !mistakes.has("inputs") && !mistakes.has("constants");
    let mut feeds = Vec::with_capacity(signature.inputs.len());
    for spec in &signature.inputs {
        let constant = deployment.constants.iter().find(|constant| constant.tensor == spec.name);
        let tensor = layout.tensors.iter().position(|tensor| tensor.name == spec.name);
        match (constant, tensor) {
            (Some(constant), Some(_)) => mistakes.add(
                &format!("constants.{}", constant.tensor),
                "features fill the tensor too; leave out the constant, or name another tensor there",
            ),
            (Some(constant), None) => match fixed(constant, spec, signature) {
                Ok(fixed) => feeds.push(Feed::Constant(fixed)),
                Err(problem) => mistakes.add(&format!("constants.{}", constant.tensor), problem),
            },
            (None, Some(tensor)) => feeds.push(Feed::Features(tensor)),
            (None, None) if complete => mistakes.add(
                "inputs",
                format!(
                    "no feature fills the model's input {}; add a feature, or a constant: \"constants\": {{{:?}: 0}}",
                    written(spec),
                    spec.name
                ),
            ),
            (None, None) => (),
        }
    }
    feeds
}

/// A constant in the type and shape of its tensor.
fn fixed(constant: &Constant, spec: &TensorSpec, signature: &Signature) -> Result<Fixed, String> {
    let shape = match &constant.shape {
        Some(shape) => shape.clone(),
        None => constant_shape(constant, spec, signature)?,
    };
    let fits = |(extent, size): (&Extent, &Size)| match (extent, size) {
        (Extent::Size(own), Size::Fixed(size)) => own == size,
        (Extent::Batch, Size::Fixed(_)) => false,
        _ => true,
    };
    if let Some(sizes) = &spec.shape
        && (sizes.len() != shape.len() || !shape.iter().zip(sizes).all(fits))
    {
        return Err(format!("its shape is not that of {}; change it", written(spec)));
    }
    if shape.iter().filter(|extent| **extent == Extent::Batch).count() > 1 {
        return Err(format!(
            "two sizes of {} are the batch; write {{\"value\": ..., \"shape\": [...]}} with \"batch\" once",
            written(spec)
        ));
    }
    let size = |extent: &Extent| if let Extent::Size(size) = extent { *size } else { 1 };
    let count = shape.iter().try_fold(1usize, |count, extent| count.checked_mul(size(extent)));
    let too_many = || {
        format!(
            "a row of {} has more than {MAX_SIZE} values; leave out inputs and outputs to serve its tensors",
            written(spec)
        )
    };
    let count = count.filter(|count| *count <= MAX_SIZE).ok_or_else(too_many)?;
    let batches = shape.iter().skip(1).any(|extent| *extent == Extent::Batch);
    if constant.values.len() > 1 && (constant.values.len() != count || batches) {
        return Err(format!("there are {} values, {} takes {count}", constant.values.len(), written(spec)));
    }
    let values = elements(&constant.values, spec.datatype)?;
    Ok(Fixed { shape, values })
}

/// The shape of a constant that names none: that of its lists, or that of the model.
fn constant_shape(
    constant: &Constant,
    spec: &TensorSpec,
    signature: &Signature,
) -> Result<Vec<Extent>, String> {
    let Some(sizes) = &spec.shape else {
        return Ok(constant.nesting.iter().map(|&size| Extent::Size(size)).collect());
    };
    if sizes.len() == constant.nesting.len() {
        return Ok(constant.nesting.iter().map(|&size| Extent::Size(size)).collect());
    }
    let is_batch = |size: &Size, open: usize| match size {
        Size::Free(Some(name)) => {
            open == 1 || signature.inputs.iter().any(|other| starts_with(other, name, spec))
        }
        Size::Free(None) => open == 1,
        Size::Fixed(_) => false,
    };
    let open = sizes.iter().filter(|size| size.fixed().is_none()).count();
    let extent = |size: &Size| match size {
        Size::Fixed(size) => Ok(Extent::Size(*size)),
        size if is_batch(size, open) => Ok(Extent::Batch),
        _ => Err(format!(
            "the model leaves sizes of {} open; write {{\"value\": ..., \"shape\": [...]}}, with \"batch\" for the \
             number of rows",
            written(spec)
        )),
    };
    sizes.iter().map(extent).collect()
}

/// Whether another input begins with the axis of this name.
fn starts_with(other: &TensorSpec, name: &str, spec: &TensorSpec) -> bool {
    let first = other.shape.as_ref().and_then(|sizes| sizes.first());
    other.name != spec.name && first == Some(&Size::Free(Some(name.to_owned())))
}

fn elements(scalars: &[Scalar], datatype: Datatype) -> Result<Values, String> {
    let mut values = Values::empty(datatype);
    for scalar in scalars {
        for_elements!(&mut values, E, list => list.push(match scalar {
            Scalar::Integer(number) => E::of_integer(*number)?,
            Scalar::Number(number) => E::of_number(*number)?,
            Scalar::Text(text) => return Err(format!("{text:?} is a string, the tensor is {}", datatype.name())),
        }), list => list.push(match scalar {
            Scalar::Text(text) if text.contains('\0') => {
                return Err("a string has a NUL, which the engine cannot take".to_owned());
            }
            Scalar::Text(text) => text.clone(),
            _ => return Err("the tensor takes strings; write them in quotes".to_owned()),
        }));
    }
    Ok(values)
}
