//! Hashed character n-grams: how a text becomes a vector.

use serde::Deserialize;

/// Lengths of the n-grams and number of buckets they are hashed to.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ngrams {
    pub min: usize,
    pub max: usize,
    pub buckets: usize,
}

impl Ngrams {
    /// Fills `vector` (all zero, `buckets` long) with the n-gram counts of `text`, scaled to Euclidean length
    /// 1.
    pub fn encode(&self, text: &str, vector: &mut [f32]) {
        for word in text.to_lowercase().split_whitespace() {
            self.count(word, vector);
        }
        normalize(vector);
    }

    fn count(&self, word: &str, vector: &mut [f32]) {
        let word = format!("^{word}$");
        let bounds = || word.char_indices().map(|(at, _)| at).chain([word.len()]);
        for n in self.min..=self.max {
            for (from, to) in bounds().zip(bounds().skip(n)) {
                let gram = &word.as_bytes()[from..to];
                vector[fnv1a(gram) as usize % self.buckets] += 1.0;
            }
        }
    }
}

fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(2_166_136_261, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619))
}

fn normalize(vector: &mut [f32]) {
    let length = vector.iter().map(|&count| f64::from(count).powi(2)).sum::<f64>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|count| *count = (f64::from(*count) / length) as f32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(text: &str, ngrams: Ngrams) -> Vec<f32> {
        let mut vector = vec![0.0; ngrams.buckets];
        ngrams.encode(text, &mut vector);
        vector
    }

    #[test]
    fn fnv1a_gives_its_published_values() {
        assert_eq!(fnv1a(b""), 0x811c_9dc5);
        assert_eq!(fnv1a(b"a"), 0xe40c_292c);
        assert_eq!(fnv1a(b"foobar"), 0xbf9c_f968);
    }

    #[test]
    fn one_word_counts_its_runs() {
        let ngrams = Ngrams { min: 2, max: 2, buckets: 1 << 16 };
        let vector = vector("Aé", ngrams);
        for gram in ["^a", "aé", "é$"] {
            let bucket = fnv1a(gram.as_bytes()) as usize % ngrams.buckets;
            assert!((vector[bucket] - 1.0 / 3f32.sqrt()).abs() < 1e-7, "{gram}");
        }
        assert_eq!(vector.iter().filter(|&&count| count != 0.0).count(), 3);
    }

    #[test]
    fn case_and_white_space_do_not_count() {
        let ngrams = Ngrams { min: 1, max: 4, buckets: 512 };
        assert_eq!(vector("Hej du", ngrams), vector(" hEJ \n\t du\u{a0}", ngrams));
        assert_ne!(vector("Hej du", ngrams), vector("Hejdu", ngrams));
    }

    #[test]
    fn a_text_without_ngrams_stays_zero() {
        let ngrams = Ngrams { min: 3, max: 4, buckets: 8 };
        assert_eq!(vector(" \n", ngrams), [0.0; 8]);
        assert_eq!(vector("", ngrams), [0.0; 8]);
    }
}
