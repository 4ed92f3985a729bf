//! Where the values of the features lie in the model's input tensors.

use crate::deployment::{Input, InputKind, TextEncoding};
use crate::tensor::{Datatype, Tensor, Values};
use crate::tokens::TokenPart;

/// The tensors of one example, and the place of each feature in them.
#[derive(Default)]
pub struct Layout {
    pub tensors: Vec<InputTensor>,
    /// For each input feature, the place of its values.
    pub slots: Vec<Slot>,
    /// The tensors that are filled with tokens.
    pub tokens: Vec<TokenSlot>,
    /// How many values of constants each example takes besides.
    pub constants: usize,
}

/// An input tensor of the model.
pub struct InputTensor {
    pub name: String,
    pub datatype: Datatype,
    /// How many values one example takes; 0 for tokens, whose number each batch decides.
    pub size: usize,
    /// The shape of one example, without tokens.
    pub shape: Vec<usize>,
    /// The axis along which the examples lie, if there is one.
    pub batch_axis: Option<usize>,
}

/// The part of a tensor's example that one feature fills.
pub struct Slot {
    pub tensor: usize,
    pub offset: usize,
    pub size: usize,
}

/// A tensor of tokens.
pub struct TokenSlot {
    pub input: usize,
    pub part: TokenPart,
    pub tensor: usize,
    /// The most tokens of an example.
    pub most: usize,
    /// The tokens of an example of zeros.
    zeros: usize,
}

impl Layout {
    /// Gives each feature its slot. Features of the same tensor follow one after the other. The tensors are
    /// of 32-bit floats until the model says otherwise.
    pub fn new(inputs: &[Input]) -> Layout {
        let slots = Vec::with_capacity(inputs.len());
        let mut layout = Layout { slots, ..Layout::default() };
        for (place, input) in inputs.iter().enumerate() {
            let encoding = input.encoding();
            let size = encoding.iter().product();
            let tensor = layout.tensor(&input.tensor, input.batch_axis);
            let taken = &mut layout.tensors[tensor];
            layout.slots.push(Slot { tensor, offset: taken.size, size });
            taken.size += size;
            // A feature that has the tensor to itself keeps its shape.
            taken.shape = if taken.shape.is_empty() { encoding } else { vec![taken.size] };
            layout.add_tokens(place, input);
        }
        layout
    }

    fn add_tokens(&mut self, place: usize, input: &Input) {
        let InputKind::Text(TextEncoding::Tokens(tokens)) = &input.kind else { return };
        let parts = [
            (TokenPart::Ids, Some(&input.tensor)),
            (TokenPart::AttentionMask, tokens.attention_mask.as_ref()),
            (TokenPart::TokenTypeIds, tokens.token_type_ids.as_ref()),
        ];
        for (part, name) in parts {
            if let Some(name) = name {
                let tensor = self.tensor(name, input.batch_axis);
                let most = tokens.max_length;
                let zeros = if tokens.to_max_length { most } else { most.min(2) };
                self.tokens.push(TokenSlot { input: place, part, tensor, most, zeros });
            }
        }
    }

    fn tensor(&mut self, name: &str, batch_axis: Option<usize>) -> usize {
        let known = self.tensors.iter().position(|tensor| tensor.name == name);
        known.unwrap_or_else(|| {
            let (datatype, shape) = (Datatype::Fp32, Vec::new());
            self.tensors.push(InputTensor { name: name.to_owned(), datatype, size: 0, shape, batch_axis });
            self.tensors.len() - 1
        })
    }

    /// How many values one example takes in all tensors together, at most.
    pub fn size(&self) -> usize {
        let fixed: usize = self.tensors.iter().map(|tensor| tensor.size).sum();
        fixed + self.constants + self.tokens.iter().map(|tokens| tokens.most).sum::<usize>()
    }

    /// Examples of zeros and empty texts.
    pub fn zeros(&self, rows: usize) -> Vec<Tensor> {
        let zeros = |(place, tensor): (usize, &InputTensor)| {
            let tokens = self.tokens.iter().find(|tokens| tokens.tensor == place);
            let example = tokens.map_or(tensor.shape.clone(), |tokens| vec![tokens.zeros]);
            let shape = [&[rows][..], &example].concat();
            Tensor { values: Values::zeros(tensor.datatype, shape.iter().product()), shape }
        };
        self.tensors.iter().enumerate().map(zeros).collect()
    }

    /// The memory that one example takes, without that of texts and tokens.
    pub fn bytes(&self) -> usize {
        let bytes = |datatype: Datatype| datatype.size().unwrap_or(size_of::<String>());
        let constants = self.constants * size_of::<f64>();
        constants + self.tensors.iter().map(|tensor| tensor.size * bytes(tensor.datatype)).sum::<usize>()
    }
}
