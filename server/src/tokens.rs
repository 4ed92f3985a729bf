//! Texts as tokens: what the `tokenizer.json` beside a model makes of them.

use std::path::Path;

use crate::tensor::{Datatype, Tensor, Values};
#[cfg(feature = "serve")]
use tokenizers::{PaddingDirection, PostProcessor, Tokenizer, TruncationDirection, TruncationParams};

/// The most tokens of a text, if neither the deployment nor the tokenizer's file says.
const DEFAULT_MAX_LENGTH: usize = 512;

/// A tokenizer and the tensors that its tokens fill beside their own.
#[derive(Debug)]
pub struct Tokens {
    tokenizer: Tokenizer,
    /// The tensor of ones where a token is, zeros where there is padding.
    pub attention_mask: Option<String>,
    /// The tensor that says which of two texts a token is of: all of the first here.
    pub token_type_ids: Option<String>,
    /// Longer texts are cut.
    pub max_length: usize,
    /// Whether shorter texts are padded to `max_length`, not just to the longest of their batch.
    pub to_max_length: bool,
    padding: Padding,
}

#[derive(Clone, Copy, Debug, Default)]
struct Padding {
    id: u32,
    type_id: u32,
    left: bool,
}

/// The tokens of the texts of a batch.
#[derive(Default)]
pub struct TokenRows {
    ids: Vec<u32>,
    types: Vec<u32>,
    /// Where each text ends.
    ends: Vec<usize>,
}

/// What a tensor is filled with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TokenPart {
    Ids,
    AttentionMask,
    TokenTypeIds,
}

#[cfg(feature = "serve")]
impl Tokens {
    /// Reads the file; `max_length` is the deployment's own limit.
    pub fn load(file: &Path, max_length: Option<usize>) -> Result<Tokens, String> {
        let mut tokenizer = Tokenizer::from_file(file).map_err(|error| error.to_string())?;
        let declared = tokenizer.get_truncation().map(|truncation| truncation.max_length);
        let max_length = max_length.or(declared).unwrap_or(DEFAULT_MAX_LENGTH);
        let padding = tokenizer.get_padding().map_or(Padding::default(), |padding| Padding {
            id: padding.pad_id,
            type_id: padding.pad_type_id,
            left: matches!(padding.direction, PaddingDirection::Left),
        });
        tokenizer.with_padding(None);
        truncate(&mut tokenizer, max_length)?;
        let (attention_mask, token_type_ids, to_max_length) = (None, None, false);
        Ok(Tokens { tokenizer, attention_mask, token_type_ids, max_length, to_max_length, padding })
    }

    /// Makes every text so many tokens long.
    pub fn fix_length(&mut self, length: usize) -> Result<(), String> {
        truncate(&mut self.tokenizer, length)?;
        (self.max_length, self.to_max_length) = (length, true);
        Ok(())
    }

    /// Appends the tokens of a text.
    pub fn encode(&self, text: &str, rows: &mut TokenRows) -> Result<(), String> {
        let encoding = self.tokenizer.encode_fast(text, true).map_err(|error| error.to_string())?;
        rows.ids.extend_from_slice(encoding.get_ids());
        rows.types.extend_from_slice(encoding.get_type_ids());
        rows.ends.push(rows.ids.len());
        Ok(())
    }
}

/// Cuts each text to so many tokens, on the side that the file says. There is one text, and what is cut off
/// is not used: the strategy and the stride of the file are for others.
#[cfg(feature = "serve")]
fn truncate(tokenizer: &mut Tokenizer, max_length: usize) -> Result<(), String> {
    let added = tokenizer.get_post_processor().map_or(0, |processor| processor.added_tokens(false));
    if max_length <= added {
        return Err(format!(
            "{max_length} tokens leave none for the text, to which the tokenizer adds {added}; {} is the least",
            added + 1
        ));
    }
    let direction = tokenizer.get_truncation().map_or(TruncationDirection::Right, |found| found.direction);
    let truncation = TruncationParams { max_length, direction, ..TruncationParams::default() };
    tokenizer.with_truncation(Some(truncation)).map(drop).map_err(|error| error.to_string())
}

/// Without the feature `serve` there are no tokenizers.
#[cfg(not(feature = "serve"))]
#[derive(Debug)]
enum Tokenizer {}

#[cfg(not(feature = "serve"))]
impl Tokens {
    pub fn load(_: &Path, _: Option<usize>) -> Result<Tokens, String> {
        Err(format!("there are no tokenizers of {DEFAULT_MAX_LENGTH} tokens here"))
    }

    pub fn fix_length(&mut self, _: usize) -> Result<(), String> {
        match self.tokenizer {}
    }

    pub fn encode(&self, _: &str, _: &mut TokenRows) -> Result<(), String> {
        match self.tokenizer {}
    }
}

impl Tokens {
    /// How many values a tensor of the padded texts has.
    pub fn padded(&self, rows: &TokenRows) -> usize {
        self.length(rows).saturating_mul(rows.ends.len())
    }

    /// The tokens of each text with its padding.
    fn length(&self, rows: &TokenRows) -> usize {
        if self.to_max_length { self.max_length } else { rows.longest() }
    }

    /// The tokens of a batch, padded to the same length. `None` if there is no memory for them.
    pub fn tensor(&self, rows: &TokenRows, part: TokenPart, datatype: Datatype) -> Option<Tensor> {
        let values = match datatype {
            Datatype::Int64 => Values::I64(self.pad(rows, part, i64::from)?),
            Datatype::Int32 => Values::I32(self.pad(rows, part, |number| number as i32)?),
            _ => Values::F32(self.pad(rows, part, |number| number as f32)?),
        };
        Some(Tensor { shape: vec![rows.ends.len(), self.length(rows)], values })
    }

    /// The values of a tensor.
    fn pad<T: Clone>(&self, rows: &TokenRows, part: TokenPart, number: impl Fn(u32) -> T) -> Option<Vec<T>> {
        let length = self.length(rows);
        let padding = match part {
            TokenPart::Ids => number(self.padding.id),
            TokenPart::AttentionMask => number(0),
            TokenPart::TokenTypeIds => number(self.padding.type_id),
        };
        let mut values = Vec::new();
        values.try_reserve_exact(self.padded(rows)).ok()?;
        let mut start = 0;
        for &end in &rows.ends {
            let spare = std::iter::repeat_n(padding.clone(), length - (end - start));
            let of_text = |values: &mut Vec<T>| match part {
                TokenPart::Ids => values.extend(rows.ids[start..end].iter().map(|&id| number(id))),
                TokenPart::TokenTypeIds => values.extend(rows.types[start..end].iter().map(|&id| number(id))),
                TokenPart::AttentionMask => values.extend(std::iter::repeat_n(number(1), end - start)),
            };
            if self.padding.left {
                values.extend(spare);
                of_text(&mut values);
            } else {
                of_text(&mut values);
                values.extend(spare);
            }
            start = end;
        }
        Some(values)
    }
}

impl TokenRows {
    /// The tokens of the longest text; a model takes one at least.
    fn longest(&self) -> usize {
        let starts = std::iter::once(&0).chain(&self.ends);
        self.ends.iter().zip(starts).map(|(end, start)| end - start).max().unwrap_or_default().max(1)
    }

    /// What the text that was added last takes here.
    pub fn last_bytes(&self) -> usize {
        let before = self.ends.len().checked_sub(2).map_or(0, |place| self.ends[place]);
        2 * size_of::<u32>() * (self.ids.len() - before) + size_of::<usize>()
    }
}
