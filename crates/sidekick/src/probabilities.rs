//! The probabilities of categories, and their order.

use crate::code_points::look_alike;
use crate::error::{Error, ErrorKind, Result};
use crate::memory::collected;
use crate::message::shortened;
use crate::results::Categories;
use crate::spec::FeatureSpec;
use crate::text::NulString;
use std::cmp::Ordering;

/// The probabilities of a categorical output: a row-major matrix, rows x categories.
#[derive(Clone, Copy)]
pub struct Probabilities<'a> {
    pub(crate) spec: &'a FeatureSpec,
    pub(crate) categories: &'a Categories,
}

impl<'a> Probabilities<'a> {
    /// The categories, in the order of the columns.
    pub fn labels(&self) -> &'a [NulString] {
        self.categories.labels.list()
    }

    /// The category of a column.
    pub fn label(&self, category: usize) -> Result<&'a NulString> {
        self.labels().get(category).ok_or_else(|| missing("category", category))
    }

    /// The whole matrix.
    pub fn matrix(&self) -> &'a [f64] {
        &self.categories.probabilities
    }

    /// The probabilities of a row, one a category.
    #[inline]
    pub fn row(&self, row: usize) -> Result<&'a [f64]> {
        let count = self.labels().len();
        let range = row.checked_mul(count).and_then(|start| Some(start..start.checked_add(count)?));
        let found = range.and_then(|range| self.matrix().get(range)).filter(|found| !found.is_empty());
        found.ok_or_else(|| missing("row", row))
    }

    /// The probability of a category, by its label.
    pub fn of(&self, row: usize, label: &str) -> Result<f64> {
        let values = self.row(row)?;
        let place = self.categories.labels.find(label);
        place.and_then(|place| values.get(place)).copied().ok_or_else(|| {
            let alike = look_alike(label, self.categories.labels.list().iter().map(NulString::as_str));
            let label = shortened(label, 512);
            let message =
                format!("there is no category \"{label}\"; it has {}{alike}", self.spec.quoted_labels());
            self.spec.in_feature(Error::new(ErrorKind::Argument, message))
        })
    }

    /// The places of the `count` most probable categories of a row, the most probable first; ties in label
    /// order, NaN last.
    #[inline(never)]
    pub fn top(&self, row: usize, count: usize) -> Result<Vec<usize>> {
        let values = self.row(row)?;
        let value = |place: &usize| values.get(*place).copied().unwrap_or_default();
        let order = |a: &usize, b: &usize| most_first(value(a), value(b)).then(a.cmp(b));
        let mut places = collected(0..values.len())?;
        if count < places.len() {
            places.select_nth_unstable_by(count, order);
            places.truncate(count);
        }
        places.sort_unstable_by(order);
        Ok(places)
    }

    /// The category at a place when a row's categories are sorted as [`Probabilities::top`] does, and its
    /// probability.
    pub fn at_rank(&self, row: usize, rank: usize) -> Result<(&'a NulString, f64)> {
        let values = self.row(row)?;
        let place = if rank == 0 {
            most_probable(values)
        } else {
            self.top(row, rank.saturating_add(1))?.get(rank).copied()
        };
        let found = place.and_then(|place| self.labels().get(place).zip(values.get(place)));
        let found = found.map(|(label, &probability)| (label, probability));
        found.ok_or_else(|| missing("category of rank", rank))
    }
}

#[cold]
fn missing(what: &str, number: usize) -> Error {
    Error::new(ErrorKind::Argument, format!("there is no {what} {number}"))
}

/// The order of probabilities: the largest first, NaN last. Zeros of either sign are equal.
fn most_first(a: f64, b: f64) -> Ordering {
    b.partial_cmp(&a).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// The index of the value that is the first by that order, the first of several. It compares without a
/// branch, which could not be predicted.
fn most_probable(values: &[f64]) -> Option<usize> {
    // Nothing would compare as larger than NaN.
    let start = values.iter().position(|value| !value.is_nan()).unwrap_or(0);
    let (&first, others) = values.get(start..)?.split_first()?;
    let (mut place, mut most) = (start, first);
    for (next, &value) in (start + 1..).zip(others) {
        place = if value > most { next } else { place };
        most = if value > most { value } else { most };
    }
    Some(place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Names;
    use crate::spec::FeatureType;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    fn probabilities(labels: &[&str], values: &[f64]) -> (FeatureSpec, Categories) {
        let labels = labels.iter().map(|&label| label.into()).collect();
        let labels = Names::new(labels).unwrap().unwrap();
        let spec = FeatureSpec {
            name: "kind".into(),
            feature_type: FeatureType::Categorical,
            shape: vec![labels.list().len()],
            dtype: None,
            tensor_shape: None,
            categories: labels.clone(),
            by_index: false,
            types: "",
            optional: false,
            hidden: false,
            hides_shape: false,
        };
        (spec, Categories { labels, probabilities: values.to_vec() })
    }

    #[test]
    fn the_most_probable_come_first_and_ties_keep_their_order() {
        let (spec, categories) = probabilities(&["a", "b", "c"], &[0.1, 0.8, 0.1, 0.5, 0.5, 0.0]);
        let it = Probabilities { spec: &spec, categories: &categories };
        assert_eq!(it.top(0, 3).unwrap(), [1, 0, 2]);
        assert_eq!(it.top(1, 1).unwrap(), [0]);
        assert!(it.top(1, 0).unwrap().is_empty());
        assert_eq!(it.top(1, 9).unwrap(), [0, 1, 2]);
        assert_eq!(it.of(0, "b").unwrap(), 0.8);
        let ranked = |row, rank| it.at_rank(row, rank).unwrap().0.as_str();
        assert_eq!([ranked(0, 0), ranked(0, 1), ranked(0, 2), ranked(1, 0)], ["b", "a", "c", "a"]);
        assert!(it.at_rank(0, 3).is_err());
        for (values, order) in [
            ([-0.0, 0.0, -1.0], ["a", "b", "c"]),
            ([f64::NAN, -0.0, 0.0], ["b", "c", "a"]),
            ([-f64::NAN, f64::NEG_INFINITY, f64::NAN], ["b", "a", "c"]),
            ([f64::NAN; 3], ["a", "b", "c"]),
        ] {
            let (spec, categories) = probabilities(&["a", "b", "c"], &values);
            let it = Probabilities { spec: &spec, categories: &categories };
            let ranked = [0, 1, 2].map(|rank| it.at_rank(0, rank).unwrap().0.as_str());
            assert_eq!(ranked, order, "{values:?}");
        }
        for error in [it.top(2, 1).unwrap_err(), it.of(0, "d").unwrap_err(), it.row(usize::MAX).unwrap_err()]
        {
            assert_eq!(error.kind(), ErrorKind::Argument);
        }
        let said = it.of(0, "d").unwrap_err().to_string();
        assert_eq!(said, r#"feature "kind": there is no category "d"; it has "a", "b", "c""#);
    }

    /// The order of a row's values, from how many come before each.
    fn plainly_ordered(values: &[f64]) -> Vec<usize> {
        let is_before = |first: usize, second: usize| {
            let (a, b) = (values[first], values[second]);
            let larger = a > b || b.is_nan() && !a.is_nan();
            larger || first < second && (a == b || a.is_nan() && b.is_nan())
        };
        let mut order = vec![0; values.len()];
        for place in 0..values.len() {
            let before = (0..values.len()).filter(|&other| is_before(other, place)).count();
            order[before] = place;
        }
        order
    }

    const FEW: [f64; 8] = [f64::NEG_INFINITY, -0.0, 0.0, 0.25, 0.5, f64::INFINITY, f64::NAN, -f64::NAN];

    proptest! {
        #[test]
        fn every_label_has_one_rank(
            values in vec(prop_oneof![select(&FEW[..]), any::<f64>()], 1..40),
            count in 0..40usize,
        ) {
            let labels: Vec<String> = (0..values.len()).map(|place| place.to_string()).collect();
            let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
            let (spec, categories) = probabilities(&labels, &values);
            let it = Probabilities { spec: &spec, categories: &categories };
            let order = plainly_ordered(&values);
            prop_assert_eq!(&it.top(0, count).unwrap()[..], &order[..count.min(order.len())]);
            for (rank, place) in order.into_iter().enumerate() {
                let (label, value) = it.at_rank(0, rank).unwrap();
                prop_assert_eq!((label.as_str(), value.to_bits()), (labels[place], values[place].to_bits()));
            }
        }
    }
}
