//! Where the values of the features lie in the model's input tensors, as the features alone decide it.

use crate::deployment::Input;

/// The tensors of one example, and the place of each feature in them.
pub struct Layout {
    pub tensors: Vec<Tensor>,
    /// For each input feature, the place of its values.
    pub slots: Vec<Slot>,
}

/// An input tensor of the model.
pub struct Tensor {
    pub name: String,
    /// How many values one example takes.
    pub size: usize,
}

/// The part of a tensor's example that one feature fills.
pub struct Slot {
    pub tensor: usize,
    pub offset: usize,
    pub size: usize,
}

impl Layout {
    /// Gives each feature its slot. Features of the same tensor follow one after the other.
    pub fn new(inputs: &[Input]) -> Layout {
        let mut layout = Layout { tensors: Vec::new(), slots: Vec::with_capacity(inputs.len()) };
        for input in inputs {
            let tensor = layout.tensor(&input.tensor);
            let size = input.encoding().iter().product();
            let taken = &mut layout.tensors[tensor].size;
            layout.slots.push(Slot { tensor, offset: *taken, size });
            *taken += size;
        }
        layout
    }

    fn tensor(&mut self, name: &str) -> usize {
        let known = self.tensors.iter().position(|tensor| tensor.name == name);
        known.unwrap_or_else(|| {
            self.tensors.push(Tensor { name: name.to_owned(), size: 0 });
            self.tensors.len() - 1
        })
    }

    /// How many values one example takes in all tensors together.
    pub fn size(&self) -> usize {
        self.tensors.iter().map(|tensor| tensor.size).sum()
    }
}
