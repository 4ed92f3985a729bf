//! What requests and responses need to know of a model: its tensors by row, and how many rows a request has.

use super::datatype::{Class, DataType};
use super::description::{Axis, Meaning};
use super::metadata::{Declared, Metadata, refused, refused_in};
use super::pixels::PixelTensor;
use crate::array::SIZE_ANY;
use crate::error::{Result, reserve};
use crate::message::Message;
use crate::names::Names;

/// One input or output, as each row has it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tensor {
    pub(crate) name: String,
    pub(crate) datatype: DataType,
    /// Its whole shape. A size that is free is [`SIZE_ANY`].
    pub(crate) whole: Vec<usize>,
    /// Its shape without the axis of the rows.
    pub(crate) shape: Vec<usize>,
    /// Whether the model description gives the shape.
    pub(crate) described: bool,
    /// The product of that; None if a size is free.
    pub(crate) elements: Option<usize>,
    pub(crate) meaning: Meaning,
    /// How its images become elements, if they are decoded.
    pub(crate) pixels: Option<Box<PixelTensor>>,
    /// The labels that the server lists for it. They may not fit.
    pub(crate) listed: Option<Names>,
    /// Whether the metadata says that JSON has its bytes as base64.
    pub(crate) base64: bool,
}

/// A model's tensors; none before it is described.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) inputs: Vec<Tensor>,
    pub(crate) outputs: Vec<Tensor>,
    pub(crate) batch: Batch,
    /// Whether a row may lack an input.
    pub(crate) has_optional: bool,
    /// Whether rows can have different shapes in an input.
    pub(crate) has_free: bool,
}

/// How the rows of a request lie in its tensors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Batch {
    /// The first axis of every tensor is that of the rows; no request has more of them than this.
    FirstAxis { most: usize },
    /// The tensors have no axis for rows: a request is one row.
    #[default]
    OneRow,
}

impl Batch {
    /// The most rows of a request.
    pub(crate) fn most_rows(self) -> usize {
        match self {
            Batch::FirstAxis { most } => most,
            Batch::OneRow => 1,
        }
    }
}

impl Tensor {
    /// Whether each row has one element.
    pub(crate) fn is_scalar(&self) -> bool {
        matches!(*self.shape, [] | [1])
    }

    /// Whether requests have its bytes as base64 in JSON.
    pub(crate) fn is_base64(&self) -> bool {
        self.meaning.base64.unwrap_or(self.base64)
    }

    /// Whether a row may lack it.
    pub(crate) fn is_optional(&self) -> bool {
        self.meaning.optional == Some(true)
    }

    /// The bytes of a row; 0 for BYTES, and if a size is free.
    pub(crate) fn row_bytes(&self) -> usize {
        self.elements.unwrap_or(0) * self.datatype.size()
    }

    /// Whether rows can have different shapes.
    pub(crate) fn is_free(&self) -> bool {
        self.elements.is_none()
    }
}

impl Model {
    /// A model from its metadata. At most `most_rows` fit in a request (0: no axis for rows).
    pub(crate) fn new(metadata: Metadata, most_rows: Option<usize>) -> Result<Model> {
        let Metadata { inputs, outputs, axis } = metadata;
        for (side, tensors) in [("inputs", &inputs), ("outputs", &outputs)] {
            if tensors.is_empty() {
                return Err(refused(
                    format!("it declares no {side}; declare them on the server, or in the model description")
                        .into(),
                ));
            }
        }
        let is_chosen = axis.is_some();
        let axis = axis.map_or_else(|| has_axis(&inputs), |axis| Ok(axis == Axis::First))?;
        let batch = match (axis, most_rows) {
            (true, None | Some(0)) => Batch::FirstAxis { most: fixed_rows(&inputs) },
            (true, Some(most)) => Batch::FirstAxis { most },
            (false, _) => Batch::OneRow,
        };
        let rows = |tensors: Vec<Declared>, side| {
            let mut all = Vec::new();
            reserve(&mut all, tensors.len())?;
            tensors.into_iter().try_for_each(|declared| {
                all.push(tensor(declared, side, axis, is_chosen)?);
                Ok(())
            })?;
            Ok(all)
        };
        let (inputs, outputs) = (rows(inputs, "input")?, rows(outputs, "output")?);
        let has_optional = inputs.iter().any(Tensor::is_optional);
        let has_free = inputs.iter().any(Tensor::is_free);
        Ok(Model { inputs, outputs, batch, has_optional, has_free })
    }
}

/// What a user can do if some inputs have an axis for rows.
const NO_COMMON_AXIS: &str = "; set batch_axis in a model description: to null for one row a request, or to 0 if the \
                              first axis of every tensor is that of the rows";

/// What a user can do if an output has no axis for rows.
const NO_AXIS: &str = ", without an axis for rows (-1 first) as the inputs have it; in a model description set \
                       batch_axis to null for one row a request, or list the other outputs";

/// What a user can do if there is no room for a row in the axis of the rows.
const NO_ROWS: &str = ", and batch_axis 0 of the model description makes its first size that of the rows: none fits; \
                       give its shape";

/// What a user can do if an output has several BYTES a row.
const LIST_OTHERS: &str = "; list the other outputs in a model description";

/// Whether the first axis of the inputs is that of the rows: it is of any size in all of them, or in none.
fn has_axis(inputs: &[Declared]) -> Result<bool> {
    let free = |tensor: &&Declared| tensor.shape.first() == Some(&None);
    match (inputs.iter().find(free), inputs.iter().find(|tensor| !free(tensor))) {
        (Some(with), Some(without)) => {
            let message = Message::from("the input \"")
                .quote(&with.name)
                .say("\" has an axis for rows (-1 first), and \"");
            let message = message.quote(&without.name).say("\" has the shape ");
            let message = message.quote(shape_text(&without.shape));
            Err(refused_in(with.described || without.described, message.say(NO_COMMON_AXIS)))
        }
        (with, _) => Ok(with.is_some()),
    }
}

/// The most rows of inputs whose first size is that of the rows: a fixed one limits them.
fn fixed_rows(inputs: &[Declared]) -> usize {
    inputs.iter().filter_map(|input| *input.shape.first()?).min().unwrap_or(usize::MAX)
}

/// A tensor by row. If the user chose the axis of the rows, its size may be fixed.
fn tensor(declared: Declared, side: &str, axis: bool, is_chosen: bool) -> Result<Tensor> {
    let Declared { name, datatype, shape, described, meaning, listed, base64 } = declared;
    let of_it = |what: &str| {
        let named = Message::from(format!("the {side} \"")).quote(&name);
        refused_in(described, named.say("\" has the shape ").quote(shape_text(&shape)).say(what))
    };
    let row = match &*shape {
        [None, row @ ..] if axis => row,
        [Some(0), ..] if axis => return Err(of_it(NO_ROWS)),
        [_, row @ ..] if axis && is_chosen => row,
        _ if axis => return Err(of_it(NO_AXIS)),
        row => row,
    };
    let fixed = || row.iter().copied().flatten();
    let bytes = fixed().try_fold(datatype.size().max(1), |all, size| all.checked_mul(size));
    if bytes.is_none_or(|bytes| isize::try_from(bytes).is_err()) || fixed().any(|size| size == SIZE_ANY) {
        return Err(of_it(", which is larger than memory"));
    }
    let sizes_of = |sizes: &[Option<usize>]| sizes.iter().map(|size| size.unwrap_or(SIZE_ANY)).collect();
    let (whole, sizes): (_, Vec<usize>) = (sizes_of(&shape), sizes_of(row));
    let elements = if row.contains(&None) { None } else { Some(fixed().product()) };
    if datatype.class() == Class::Bytes && !matches!(*sizes, [] | [1]) {
        let what = if side == "output" { LIST_OTHERS } else { "" };
        return Err(of_it(&format!(": BYTES are supported with one element a row{what}")));
    }
    let (shape, pixels) = (sizes, None);
    Ok(Tensor { name, datatype, whole, shape, described, elements, meaning, pixels, listed, base64 })
}

/// A shape as the metadata has it.
fn shape_text(shape: &[Option<usize>]) -> String {
    let sizes: Vec<String> =
        shape.iter().map(|size| size.map_or("-1".to_owned(), |size| size.to_string())).collect();
    format!("[{}]", sizes.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::protocol::open_inference::metadata;
    use crate::protocol::open_inference::overlay::laid_over;

    fn model(inputs: &[&str], outputs: &[&str], most: Option<usize>) -> Result<Model> {
        let list = |shapes: &[&str]| {
            let tensors = shapes.iter().enumerate().map(|(at, shape)| {
                let datatype = if shape.starts_with("b") { "BYTES" } else { "FP32" };
                let shape = shape.trim_start_matches('b');
                format!(r#"{{"name":"t{at}","datatype":"{datatype}","shape":{shape}}}"#)
            });
            tensors.collect::<Vec<_>>().join(",")
        };
        let document = format!(r#"{{"inputs":[{}],"outputs":[{}]}}"#, list(inputs), list(outputs));
        let document = metadata::read(document.as_bytes()).unwrap();
        Model::new(laid_over(document, &Default::default()).unwrap(), most)
    }

    #[test]
    fn the_axis_of_the_rows_is_free_in_all_inputs_or_in_none() {
        let rows = model(&["[-1,2,3]", "[-1]"], &["[-1,1]"], None).unwrap();
        assert_eq!(rows.batch, Batch::FirstAxis { most: usize::MAX });
        assert_eq!((rows.inputs[0].shape.as_slice(), rows.inputs[0].elements), (&[2, 3][..], Some(6)));
        assert_eq!((rows.inputs[1].shape.as_slice(), rows.inputs[1].elements), (&[][..], Some(1)));
        assert_eq!(rows.inputs[0].row_bytes(), 24);
        assert!(rows.inputs[1].is_scalar() && rows.outputs[0].is_scalar() && !rows.inputs[0].is_scalar());
        assert_eq!(model(&["[-1,2]"], &["[-1]"], Some(8)).unwrap().batch.most_rows(), 8);
        assert_eq!(model(&["[-1,2]"], &["[-1]"], Some(0)).unwrap().batch.most_rows(), usize::MAX);
        for most in [None, Some(0)] {
            let one = model(&["[1,2]", "[]"], &["[]", "[3]"], most).unwrap();
            assert_eq!((one.batch, one.batch.most_rows()), (Batch::OneRow, 1));
            assert_eq!(one.inputs[0].shape, [1, 2]);
        }
        assert!(model(&["b[-1,1]"], &["b[-1]"], None).unwrap().inputs[0].is_scalar());
    }

    #[test]
    fn other_sizes_may_be_free() {
        let free = model(&["[-1,-1,2]", "[-1]"], &["[-1,-1]"], None).unwrap();
        assert_eq!((&free.inputs[0].shape[..], free.inputs[0].elements), (&[SIZE_ANY, 2][..], None));
        assert!(free.has_free && free.inputs[0].is_free() && !free.inputs[1].is_free());
        assert!(!free.inputs[0].is_scalar() && !free.outputs[0].is_scalar());
        // Without an axis for rows in the inputs, the first size of an output is free, too.
        let one = model(&["[2]"], &["[-1]"], None).unwrap();
        assert_eq!(
            (one.batch, &one.outputs[0].shape[..], one.has_free),
            (Batch::OneRow, &[SIZE_ANY][..], false)
        );
    }

    #[test]
    fn what_is_not_supported_is_an_error_that_names_the_tensor() {
        let most = format!("[-1,-1,{},0]", usize::MAX);
        for (inputs, outputs, said) in [
            (&[][..], &["[1]"][..], "declares no inputs"),
            (&["[1]"], &[], "declares no outputs"),
            (
                &["[-1,2]", "[3]"],
                &["[-1]"],
                r#"the input "t0" has an axis for rows (-1 first), and "t1" has the shape [3]"#,
            ),
            (&["[-1,2]"], &["[2]"], r#"the output "t0" has the shape [2], without an axis for rows"#),
            (&["b[-1,2]"], &["[-1]"], r#"the input "t0" has the shape [-1, 2]: BYTES"#),
            (&["[2]"], &["b[-1]"], r#"the output "t0" has the shape [-1]: BYTES"#),
            (&[&most], &["[-1]"], "larger than memory"),
            (&["[-1,4294967295,4294967295]"], &["[-1]"], "larger than memory"),
        ] {
            let error = model(inputs, outputs, None).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Describe);
            let text = error.vetted(|_| false).to_string();
            assert!(text.contains(said), "{text}");
        }
    }
}
