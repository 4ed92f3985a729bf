//! The vectors of the tokens of a text as one.

use crate::deployment::Pool;

/// Makes one vector of those along the second axis of a tensor. The mask has a value for each row and token.
/// Returns the shape and the values.
pub fn pooled(
    shape: &[usize],
    list: Vec<f64>,
    pool: Pool,
    mask: Option<&[bool]>,
) -> Result<(Vec<usize>, Vec<f64>), String> {
    let &[rows, tokens, ref rest @ ..] = shape else {
        return Err(format!("an output of shape {shape:?} has no vector for each token"));
    };
    let size = rest.iter().product::<usize>();
    let mask = mask.filter(|mask| mask.len() == rows * tokens);
    let counts = |row: usize, token: usize| match pool {
        Pool::First => token == 0,
        Pool::Mean => mask.is_none_or(|mask| mask[row * tokens + token]),
    };
    let mut vectors = vec![0.0; rows * size];
    for (row, vector) in vectors.chunks_mut(size.max(1)).enumerate() {
        let counted: Vec<usize> = (0..tokens).filter(|&token| counts(row, token)).collect();
        for token in &counted {
            let start = (row * tokens + token) * size;
            vector.iter_mut().zip(&list[start..]).for_each(|(sum, value)| *sum += value);
        }
        let count = counted.len().max(1) as f64;
        vector.iter_mut().for_each(|sum| *sum /= count);
    }
    Ok(([&[rows], rest].concat(), vectors))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [f64; 8] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];

    #[test]
    fn padding_does_not_count() {
        let mean = |mask: Option<&[bool]>| pooled(&[2, 2, 2], VALUES.to_vec(), Pool::Mean, mask).unwrap();
        assert_eq!(mean(None), (vec![2, 2], vec![2.0, 3.0, 6.0, 7.0]));
        assert_eq!(mean(Some(&[true, false, true, true])).1, [1.0, 2.0, 6.0, 7.0]);
        assert_eq!(mean(Some(&[false; 4])).1, [0.0; 4]);
    }

    #[test]
    fn the_first_token_stands_for_the_text() {
        let first = pooled(&[2, 2, 2], VALUES.to_vec(), Pool::First, Some(&[false; 4]));
        assert_eq!(first, Ok((vec![2, 2], vec![1.0, 2.0, 5.0, 6.0])));
        assert!(pooled(&[8], VALUES.to_vec(), Pool::First, None).is_err());
    }
}
