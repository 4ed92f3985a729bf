//! Running a model at start on examples that fit its tensors: one row, and three at once.

use std::collections::BTreeMap;

use crate::category::Category;
use crate::engine::{ALWAYS, EngineError, Model};
use crate::half;
use crate::tensor::{Datatype, Signature, Size, Tensor, TensorSpec, Values};

/// The rows of the larger batch.
const ROWS: usize = 3;

/// Sizes that free axes other than the batch are tried with.
const FREE_SIZES: [usize; 5] = [4, 1, 16, 64, 224];

/// No example has more values than this.
const MOST_VALUES: usize = 1 << 26;

/// What the values of an example are.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// Floats of 0 to 1, integers of 0 to 9.
    Random,
    /// Floats of 0 to 1, integers of 0 and 1: places in a short list.
    Small,
    Zeros,
    Ones,
}

/// The categories that a deployment declares for each column of a tensor that they enter as they are.
pub type Declared = BTreeMap<String, Vec<Vec<Category>>>;

/// Examples that a model runs on, and what it made of them.
pub struct Trial {
    /// The inputs of three rows, or of one if the model has no batch axis or fails on three.
    pub inputs: Vec<Tensor>,
    /// The outputs of the one row, all of them.
    pub one: Vec<Tensor>,
    /// The outputs of three rows, or why there are none.
    pub three: Option<Result<Vec<Tensor>, EngineError>>,
}

/// Runs a model on the first examples that it does not fail on, if possible not on three rows either. The
/// error is that of the first examples.
pub fn try_out(model: &dyn Model, declared: &Declared) -> Result<Trial, EngineError> {
    let signature = model.signature();
    let all: Vec<usize> = (0..signature.outputs.len()).collect();
    let batched = is_batched(signature);
    let (mut first, mut single_rows) = (None, None);
    for kind in [Kind::Random, Kind::Small, Kind::Zeros, Kind::Ones] {
        for &size in sizes(signature) {
            let rows = if batched { ROWS } else { 1 };
            let Some(inputs) = examples(signature, declared, rows, size, kind) else { continue };
            let row = || inputs.iter().map(|tensor| tensor.rows(0..1)).collect();
            let single = if batched { row() } else { inputs.clone() };
            match model.run(single.clone(), &all, ALWAYS) {
                Ok(one) => {
                    let three = batched.then(|| model.run(inputs.clone(), &all, ALWAYS));
                    if !matches!(three, Some(Err(_))) {
                        return Ok(Trial { inputs, one, three });
                    }
                    single_rows.get_or_insert(Trial { inputs: single, one, three });
                }
                Err(error) => first = first.or(Some(error)),
            }
        }
    }
    single_rows.ok_or_else(|| {
        first.unwrap_or_else(|| EngineError::failed("its inputs are too large, or have no shape"))
    })
}

/// Whether every input has a free first axis.
fn is_batched(signature: &Signature) -> bool {
    let free = |spec: &TensorSpec| matches!(spec.sizes().first(), Some(Size::Free(_)));
    !signature.inputs.is_empty() && signature.inputs.iter().all(free)
}

fn sizes(signature: &Signature) -> &'static [usize] {
    let is_free = |size: &Size| matches!(size, Size::Free(_));
    let from = usize::from(is_batched(signature));
    let inner = |spec: &TensorSpec| spec.sizes().iter().skip(from).any(is_free);
    match signature.inputs.iter().any(inner) {
        true => &FREE_SIZES,
        false => &FREE_SIZES[..1],
    }
}

/// Inputs of so many rows; `None` if one has no shape or would be too large.
fn examples(
    signature: &Signature,
    declared: &Declared,
    rows: usize,
    free: usize,
    kind: Kind,
) -> Option<Vec<Tensor>> {
    let batched = is_batched(signature);
    let batch = signature.inputs.first().and_then(|spec| spec.sizes().first()).filter(|_| batched);
    let mut random = Random(0x5eed);
    let input = |spec: &TensorSpec| {
        let size = |(place, size): (usize, &Size)| match size {
            Size::Fixed(size) => *size,
            Size::Free(_) if batched && place == 0 => rows,
            Size::Free(Some(_)) if Some(size) == batch => rows,
            Size::Free(_) => free,
        };
        let shape: Vec<usize> = spec.shape.as_ref()?.iter().enumerate().map(size).collect();
        let count = shape.iter().try_fold(1usize, |count, size| count.checked_mul(*size))?;
        let columns = declared.get(&spec.name).map_or(&[][..], Vec::as_slice);
        let values =
            (count <= MOST_VALUES).then(|| values(spec.datatype, count, columns, kind, &mut random))?;
        Some(Tensor { shape, values })
    };
    signature.inputs.iter().map(input).collect()
}

fn values(
    datatype: Datatype,
    count: usize,
    columns: &[Vec<Category>],
    kind: Kind,
    random: &mut Random,
) -> Values {
    // The examples of a batch have their columns side by side.
    let categories = |place: usize| columns.get(place % columns.len().max(1)).map_or(&[][..], Vec::as_slice);
    macro_rules! integers {
        ($variant:ident) => {
            Values::$variant(
                (0..count).map(|place| random.integer_of(kind, categories(place)) as _).collect(),
            )
        };
    }
    match datatype {
        Datatype::Bool => Values::Bool((0..count).map(|_| random.integer(kind) % 2 == 1).collect()),
        Datatype::Int8 => integers!(I8),
        Datatype::Int16 => integers!(I16),
        Datatype::Int32 => integers!(I32),
        Datatype::Int64 => integers!(I64),
        Datatype::Uint8 => integers!(U8),
        Datatype::Uint16 => integers!(U16),
        Datatype::Uint32 => integers!(U32),
        Datatype::Uint64 => integers!(U64),
        Datatype::Fp16 => Values::F16((0..count).map(|_| half::from_f32(random.float(kind))).collect()),
        Datatype::Bf16 => {
            Values::Bf16((0..count).map(|_| (random.float(kind).to_bits() >> 16) as u16).collect())
        }
        Datatype::Fp32 => Values::F32((0..count).map(|_| random.float(kind)).collect()),
        Datatype::Fp64 => Values::F64((0..count).map(|_| f64::from(random.float(kind))).collect()),
        Datatype::Bytes => {
            Values::Text((0..count).map(|place| random.text(kind, categories(place))).collect())
        }
    }
}

/// SplitMix64: the same numbers at every start.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn integer(&mut self, kind: Kind) -> u8 {
        match kind {
            Kind::Random => (self.next() % 10) as u8,
            Kind::Small => (self.next() % 2) as u8,
            Kind::Zeros => 0,
            Kind::Ones => 1,
        }
    }

    fn float(&mut self, kind: Kind) -> f32 {
        match kind {
            Kind::Random | Kind::Small => (self.next() >> 40) as f32 / (1u64 << 24) as f32,
            Kind::Zeros => 0.0,
            Kind::Ones => 1.0,
        }
    }

    /// One of the categories, if there are any.
    fn category<'a>(&mut self, kind: Kind, categories: &'a [Category]) -> Option<&'a Category> {
        let place = match kind {
            Kind::Random | Kind::Small => (self.next() >> 11) as usize,
            Kind::Zeros => 0,
            Kind::Ones => 1,
        };
        categories.get(place % categories.len().max(1))
    }

    fn integer_of(&mut self, kind: Kind, categories: &[Category]) -> i64 {
        match self.category(kind, categories) {
            Some(Category::Integer(number)) => *number,
            _ => i64::from(self.integer(kind)),
        }
    }

    fn text(&mut self, kind: Kind, categories: &[Category]) -> String {
        if let Some(category) = self.category(kind, categories) {
            return category.name();
        }
        match kind {
            Kind::Zeros => String::new(),
            kind => self.integer(kind).to_string(),
        }
    }
}

/// Two values of an output that should be the same.
#[derive(Debug, PartialEq)]
pub struct Difference {
    pub place: usize,
    pub one: String,
    pub other: String,
}

/// How far two values of the same may be apart, as a part of them.
const TOLERANCE: f64 = 1e-3;

/// The first place at which two tensors of the same shape differ by more than rounding.
pub fn difference(one: &Values, other: &Values) -> Option<Difference> {
    if let (Some(one), Some(other)) = (floats(one), floats(other)) {
        let largest =
            other.iter().map(|value| value.abs()).filter(|value| value.is_finite()).fold(0.0, f64::max);
        let same = |(a, b): (&f64, &f64)| {
            let allowed = TOLERANCE * b.abs() + TOLERANCE / 100.0 * largest;
            a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= allowed
        };
        let place = one.iter().zip(&other).position(|pair| !same(pair))?;
        return Some(Difference { place, one: one[place].to_string(), other: other[place].to_string() });
    }
    let place = (0..one.len().min(other.len()))
        .find(|&place| one.part(place..place + 1) != other.part(place..place + 1));
    let shown = |values: &Values, place: usize| {
        let shown = format!("{:?}", values.part(place..place + 1));
        shown.split_once('[').map_or(shown.clone(), |(_, rest)| rest.trim_end_matches("])").to_owned())
    };
    place.map(|place| Difference { place, one: shown(one, place), other: shown(other, place) })
}

fn floats(values: &Values) -> Option<Vec<f64>> {
    match values {
        Values::F32(values) => Some(values.iter().map(|value| f64::from(*value)).collect()),
        Values::F64(values) => Some(values.clone()),
        Values::F16(values) => Some(values.iter().map(|value| f64::from(half::to_f32(*value))).collect()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(datatype: Datatype, shape: Vec<Size>) -> TensorSpec {
        TensorSpec::new("x", datatype, shape)
    }

    fn named(name: &str) -> Size {
        Size::Free(Some(name.to_owned()))
    }

    #[test]
    fn examples_fit_the_tensors() {
        let inputs = vec![
            spec(Datatype::Fp32, vec![named("n"), Size::Fixed(2), named("width")]),
            spec(Datatype::Int64, vec![named("n"), named("n")]),
            spec(Datatype::Bytes, vec![Size::Free(None)]),
        ];
        let signature = Signature { inputs, ..Signature::default() };
        let made = examples(&signature, &Declared::new(), 3, 5, Kind::Random).unwrap();
        let shapes: Vec<&[usize]> = made.iter().map(|tensor| &tensor.shape[..]).collect();
        assert_eq!(shapes, [&[3, 2, 5][..], &[3, 3], &[3]]);
        assert!(made.iter().all(|tensor| tensor.values.len() == tensor.shape.iter().product::<usize>()));
        let Values::F32(values) = &made[0].values else { panic!() };
        assert!(values.iter().all(|value| (0.0..1.0).contains(value)) && values[0] != values[1]);
        assert_eq!(examples(&signature, &Declared::new(), 3, 5, Kind::Random), Some(made));
        let fixed = spec(Datatype::Fp32, vec![Size::Fixed(2), named("n")]);
        let signature = Signature { inputs: vec![fixed], ..Signature::default() };
        assert_eq!(examples(&signature, &Declared::new(), 1, 5, Kind::Ones).unwrap()[0].shape, [2, 5]);
        let huge = spec(Datatype::Fp32, vec![Size::Free(None), Size::Fixed(MOST_VALUES)]);
        assert_eq!(
            examples(
                &Signature { inputs: vec![huge], ..Signature::default() },
                &Declared::new(),
                3,
                5,
                Kind::Ones
            ),
            None
        );
    }

    #[test]
    fn categories_are_those_that_are_declared() {
        let spec = spec(Datatype::Bytes, vec![named("n"), Size::Fixed(3)]);
        let signature = Signature { inputs: vec![spec], ..Signature::default() };
        let texts = |names: &[&str]| names.iter().map(|&name| Category::Text(name.to_owned())).collect();
        let declared: Declared =
            [("x".to_owned(), vec![texts(&["a", "b"]), Vec::new(), texts(&["c"])])].into();
        for kind in [Kind::Random, Kind::Small, Kind::Zeros, Kind::Ones] {
            let made = examples(&signature, &declared, 3, 1, kind).unwrap();
            let Values::Text(values) = &made[0].values else { panic!() };
            let rows = values.chunks(3);
            assert!(rows.len() == 3 && rows.clone().all(|row| ["a", "b"].contains(&row[0].as_str())));
            assert!(rows.clone().all(|row| row[2] == "c" && row[1] != "c"));
        }
        let integers = [("x".to_owned(), vec![vec![Category::Integer(2007)]])].into();
        let spec = TensorSpec::new("x", Datatype::Int64, vec![named("n")]);
        let signature = Signature { inputs: vec![spec], ..Signature::default() };
        let made = examples(&signature, &integers, 2, 1, Kind::Random).unwrap();
        assert_eq!(made[0].values, Values::I64(vec![2007, 2007]));
    }

    #[test]
    fn rounding_is_no_difference() {
        let floats = |values: &[f32]| Values::F32(values.to_vec());
        let same = [1.0, 1e-7, f32::NAN, f32::INFINITY, 100.0];
        assert_eq!(
            difference(&floats(&same), &floats(&[1.0005, 2e-7, f32::NAN, f32::INFINITY, 100.05])),
            None
        );
        let found = difference(&floats(&[1.0, 0.5]), &floats(&[1.0, 0.502])).unwrap();
        assert_eq!((found.place, found.one.as_str()), (1, "0.5"));
        assert!(difference(&floats(&[f32::NAN]), &floats(&[1.0])).is_some());
        let texts = |text: &str| Values::Text(vec![text.to_owned()]);
        assert_eq!(difference(&texts("a"), &texts("a")), None);
        let found = difference(&texts("a"), &texts("b")).unwrap();
        assert_eq!((found.one.as_str(), found.other.as_str()), ("\"a\"", "\"b\""));
        let found = difference(&Values::I64(vec![1, 2]), &Values::I64(vec![1, 3])).unwrap();
        assert_eq!(found, Difference { place: 1, one: "2".to_owned(), other: "3".to_owned() });
    }
}
