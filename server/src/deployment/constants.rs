//! Tensors that are the same for every request.

/// A tensor that no feature fills.
#[derive(Clone, Debug, PartialEq)]
pub struct Constant {
    pub tensor: String,
    /// The sizes of the axes; `None` if they are those of the model.
    pub shape: Option<Vec<Extent>>,
    /// One value for all elements, or one for each of them or of an example's.
    pub values: Vec<Scalar>,
    /// The sizes of the lists in which the values are written; none for a single value.
    pub nesting: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Extent {
    Size(usize),
    /// As many as the batch has rows.
    Batch,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    Integer(i64),
    Number(f64),
    Text(String),
}
