//! From the model's output tensors to the numbers of each output feature.

use crate::deployment::{Activation, ArrayOutput, Category, FREE, Mistakes, Output, OutputKind, duplicate};
use crate::half;
use crate::image::Mistake;
use crate::numbers::Transform;
use crate::pooling::pooled;
use crate::specs::{example_sizes, image_sizes, listed, unknown, written};
use crate::tensor::{Datatype, Signature, Size, Tensor, TensorSpec, Values};

/// The values of an output feature, row after row.
#[derive(Default)]
pub struct Column {
    /// The shape of each row's values.
    pub shape: Vec<usize>,
    pub values: Numbers,
    /// The first row for which the model gave a NaN that the values do not show.
    pub nan_row: Option<usize>,
}

/// Numbers in the type in which they are written, or texts.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    F32(Vec<f32>),
    F64(Vec<f64>),
    I64(Vec<i64>),
    U64(Vec<u64>),
    Text(Vec<String>),
}

impl Default for Numbers {
    fn default() -> Numbers {
        Numbers::F32(Vec::new())
    }
}

/// Finds the outputs of the model that each feature is read from, and completes the features by them.
pub fn find(outputs: &mut [Output], signature: &Signature, mistakes: &Mistakes) -> Vec<Vec<usize>> {
    outputs.iter_mut().map(|output| find_one(output, &signature.outputs, mistakes)).collect()
}

fn find_one(output: &mut Output, specs: &[TensorSpec], mistakes: &Mistakes) -> Vec<usize> {
    let path = format!("outputs[{}]", output.place);
    let wrong = |key: &str, problem: String| mistakes.add(&format!("{path}.{key}"), problem);
    if output.tensors.is_empty() {
        match default_tensor(output, specs) {
            Some(name) => output.tensors.push(name),
            None => wrong("tensor", format!("it is missing; write one of {}", listed(specs))),
        }
    }
    let mut places = Vec::with_capacity(output.tensors.len());
    for name in &output.tensors {
        match specs.iter().position(|spec| spec.name == *name) {
            Some(place) => places.push(place),
            None => wrong("tensor", unknown("output", name, specs)),
        }
    }
    let found: Vec<&TensorSpec> = places.iter().map(|&place| &specs[place]).collect();
    if found.is_empty() || mistakes.has(&path) {
        return places;
    }
    if let Err((key, problem)) = complete(output, &found) {
        wrong(key, problem);
    }
    places
}

/// The output of the feature's name, or the only one of a type that the feature can have.
fn default_tensor(output: &Output, specs: &[TensorSpec]) -> Option<String> {
    if let Some(spec) = specs.iter().find(|spec| spec.name == output.name) {
        return Some(spec.name.clone());
    }
    let fits = |spec: &&TensorSpec| match output.kind {
        OutputKind::Categorical(_) | OutputKind::Binary => spec.datatype.is_float(),
        OutputKind::Image { .. } => spec.datatype.is_float() || spec.datatype == Datatype::Uint8,
        OutputKind::Text(ref labels) => labels.is_empty() == (spec.datatype == Datatype::Bytes),
        _ => spec.datatype != Datatype::Bytes,
    };
    let mut fitting = specs.iter().filter(fits);
    let only = fitting.next().filter(|_| fitting.next().is_none())?;
    Some(only.name.clone())
}

/// Takes from the tensors what the feature leaves open, and checks the rest.
fn complete(output: &mut Output, specs: &[&TensorSpec]) -> Result<(), (&'static str, String)> {
    let first = specs[0];
    let sizes = example_sizes(first, output.batch_axis);
    let known: Option<Vec<usize>> =
        sizes.as_ref().and_then(|sizes| sizes.iter().map(Size::fixed).collect::<Option<Vec<usize>>>());
    let size = known.map(|sizes| sizes.iter().fold(1, |size: usize, next| size.saturating_mul(*next)));
    let holds = |what: String| ("tensor", format!("{} is no {what}", written(first)));
    match &mut output.kind {
        OutputKind::Number(_) | OutputKind::Array(_) => complete_array(output, specs),
        OutputKind::Categorical(_) | OutputKind::Binary if !first.datatype.is_float() => {
            Err(holds("tensor of probabilities; name another, or use the type text or numeric".to_owned()))
        }
        OutputKind::Categorical(categories) => {
            if categories.is_empty() {
                let none =
                    || ("categories", "they are missing, and the model names none; write them".to_owned());
                *categories = first.labels.clone().ok_or_else(none)?;
                let twice = |name| ("categories", format!("the model names {name:?} twice; write them"));
                duplicate(categories).map_or(Ok(()), |name| Err(twice(name)))?;
            }
            output.shape = vec![categories.len()];
            let fits = size.is_none_or(|size| size == categories.len());
            let problem =
                || holds(format!("list of {} values for each row, one for each category", categories.len()));
            fits.then_some(()).ok_or_else(problem)
        }
        OutputKind::Binary => {
            let fits = size.is_none_or(|size| matches!(size, 1 | 2));
            fits.then_some(())
                .ok_or_else(|| holds("one value for each row, nor two; use the type categorical".to_owned()))
        }
        OutputKind::Text(labels) => complete_labels(labels, first, size),
        OutputKind::Image { .. } => complete_image(output, first, size),
    }
}

fn complete_labels(
    labels: &mut Vec<String>,
    spec: &TensorSpec,
    size: Option<usize>,
) -> Result<(), (&'static str, String)> {
    if spec.datatype == Datatype::Bytes {
        let needless = || ("labels", format!("{} holds texts already; leave them out", written(spec)));
        return labels.is_empty().then_some(()).ok_or_else(needless);
    }
    if labels.is_empty() {
        let none =
            || ("labels", format!("they are missing; write a label for each place of {}", written(spec)));
        *labels = spec.labels.as_ref().ok_or_else(none)?.iter().map(Category::name).collect();
    }
    let is_place = !spec.datatype.is_float() && size == Some(1);
    let fits = is_place || size.is_none_or(|size| size == labels.len());
    let problem = || format!("{} has no value for each of {} labels", written(spec), labels.len());
    fits.then_some(()).ok_or_else(|| ("tensor", problem()))
}

fn complete_image(
    output: &mut Output,
    spec: &TensorSpec,
    size: Option<usize>,
) -> Result<(), (&'static str, String)> {
    let OutputKind::Image(image) = &mut output.kind else { return Ok(()) };
    let sizes = image_sizes(spec, output.batch_axis);
    let first =
        |mistakes: Vec<Mistake>| mistakes.into_iter().next().map(|mistake| (mistake.key, mistake.problem));
    let completed = image.complete(&mut output.shape, sizes.as_deref()).map_err(first);
    completed.or_else(|mistake| mistake.map_or(Ok(()), Err))?;
    let fits = size.is_none_or(|size| size == output.size());
    let problem = || ("tensor", format!("{} is no image of {:?}", written(spec), output.shape));
    fits.then_some(()).ok_or_else(problem)
}

fn complete_array(output: &mut Output, specs: &[&TensorSpec]) -> Result<(), (&'static str, String)> {
    if let Some(spec) = specs.iter().find(|spec| spec.datatype == Datatype::Bytes) {
        return Err(("tensor", format!("{} holds texts; use the type text", written(spec))));
    }
    let natural = match output.kind {
        OutputKind::Array(ArrayOutput { pool: Some(_), .. }) => Some(pooled_sizes(specs, output.batch_axis)?),
        _ => joined_sizes(specs, output.batch_axis),
    };
    if output.shape.is_empty() {
        let unknown = || ("shape", format!("the model has no shape for {}; write it", written(specs[0])));
        output.shape = natural.clone().ok_or_else(unknown)?;
    }
    if let Some(natural) = natural.filter(|natural| !natural.contains(&FREE) && !output.shape.contains(&FREE))
    {
        let fits = natural.iter().fold(1, |size: usize, next| size.saturating_mul(*next)) == output.size();
        let problem =
            || format!("a row of {} is {natural:?}, the shape says {:?}", written(specs[0]), output.shape);
        fits.then_some(()).ok_or_else(|| ("tensor", problem()))?;
    }
    if output.shape == [1] {
        if let OutputKind::Array(ArrayOutput { transform, .. }) = &mut output.kind {
            output.kind = OutputKind::Number(std::mem::take(transform));
        }
        return Ok(());
    }
    let OutputKind::Array(array) = &output.kind else { return Ok(()) };
    let last = output.shape.last().copied().unwrap_or(1);
    for (key, count) in [
        ("columns", array.columns.len()),
        ("mean", array.transform.mean.len()),
        ("std", array.transform.std.len()),
    ] {
        let one = count == 1 && key != "columns";
        if count > 0 && !one && last != FREE && count != last {
            return Err((
                key,
                format!("there are {count}, the last axis of the output has {last}; write {last}"),
            ));
        }
    }
    Ok(())
}

/// The shape of a row without its axis of tokens.
fn pooled_sizes(
    specs: &[&TensorSpec],
    batch_axis: Option<usize>,
) -> Result<Vec<usize>, (&'static str, String)> {
    let sizes = joined_sizes(specs, batch_axis).unwrap_or_default();
    match sizes.get(1..) {
        Some(rest) if !rest.is_empty() && !rest.contains(&FREE) => Ok(rest.to_vec()),
        _ => Err(("pool", format!("{} has no vector for each token; leave it out", written(specs[0])))),
    }
}

/// The shape of a row of joined tensors: their last axes are added. One that has an axis less counts as a
/// single column.
fn joined_sizes(specs: &[&TensorSpec], batch_axis: Option<usize>) -> Option<Vec<usize>> {
    let size = |size: &Size| size.fixed().unwrap_or(FREE);
    let sizes: Option<Vec<Vec<usize>>> =
        specs.iter().map(|spec| Some(example_sizes(spec, batch_axis)?.iter().map(size).collect())).collect();
    let mut sizes = sizes?;
    if sizes.len() == 1 {
        let shape = sizes.remove(0);
        return Some(if shape.iter().all(|&size| size == 1) { vec![1] } else { shape });
    }
    let rank = sizes.iter().map(Vec::len).max()?.max(1);
    let lasts = sizes.iter().map(|shape| if shape.len() < rank { 1 } else { shape[rank - 1] });
    let last = lasts.fold(0usize, |sum, last| if last == FREE { FREE } else { sum.saturating_add(last) });
    let mut joined: Vec<usize> = sizes.iter().find(|shape| shape.len() == rank)?[..rank - 1].to_vec();
    joined.push(last);
    Some(joined)
}

impl Column {
    /// The values of a feature, from the tensors that it is read from. The mask says which tokens are no
    /// padding.
    pub fn read(
        output: &Output,
        tensors: Vec<Tensor>,
        rows: usize,
        mask: Option<&[bool]>,
    ) -> Result<Column, String> {
        let moved = tensors.into_iter().map(|tensor| from_axis(tensor, output.batch_axis));
        let mut tensor = join_columns(moved.collect(), rows)?;
        if let OutputKind::Array(ArrayOutput { pool: Some(pool), .. }) = &output.kind {
            let is_double = tensor.values.datatype() == Datatype::Fp64;
            let (shape, list) = pooled(&tensor.shape, Numbers::of(tensor.values).doubles(), *pool, mask)?;
            let singles = |list: Vec<f64>| Values::F32(list.into_iter().map(|value| value as f32).collect());
            tensor = Tensor { shape, values: if is_double { Values::F64(list) } else { singles(list) } };
        }
        let Some((&found, example)) = tensor.shape.split_first() else {
            return Err(wrong(output, &tensor.shape, rows));
        };
        let size: usize = example.iter().product();
        let is_integer = !tensor.values.datatype().is_float();
        let fits = found == rows
            && match &output.kind {
                OutputKind::Text(labels) => size == labels.len().max(1) || is_integer && size == 1,
                OutputKind::Binary => size == 1 || size == 2,
                _ => {
                    size == output.size() || output.shape.contains(&FREE) && fits_open(&output.shape, example)
                }
            };
        if !fits {
            return Err(wrong(output, &tensor.shape, rows));
        }
        let shape = if output.shape.contains(&FREE) { example.to_vec() } else { output.shape.clone() };
        let mut values = Numbers::of(tensor.values);
        let mut nan_row = None;
        if let Some(activation) = output.activation {
            values.activate(activation, size);
        }
        match &output.kind {
            OutputKind::Number(transform) => values.undo(transform, 1),
            OutputKind::Array(ArrayOutput { transform, normalize, .. }) => {
                values.undo(transform, shape.last().copied().unwrap_or(1));
                values.normalize(size, *normalize);
            }
            // Of two probabilities, that of the second category.
            OutputKind::Binary if size == 2 => {
                nan_row = values.nan().map(|place| place / size);
                values = values.every_second();
            }
            OutputKind::Text(labels) if !labels.is_empty() => {
                nan_row = values.nan().map(|place| place / size);
                values = values.labels(labels, size, is_integer)?
            }
            _ => (),
        }
        Ok(Column { shape, values, nan_row })
    }
}

fn wrong(output: &Output, shape: &[usize], rows: usize) -> String {
    let (names, place) = (output.tensors.join(", "), output.place);
    format!(
        "outputs[{place}].tensor: {names:?} is of shape {shape:?}, {rows} rows of {} values are expected",
        output.size()
    )
}

/// Whether an example has the declared shape, in which some sizes are open.
fn fits_open(declared: &[usize], example: &[usize]) -> bool {
    let fits = |(declared, size): (&usize, &usize)| *declared == FREE || declared == size;
    declared.len() == example.len() && declared.iter().zip(example).all(fits)
}

/// A tensor of rows as the model takes it: with the rows along this axis, or the one row without an axis.
pub fn to_axis(mut tensor: Tensor, batch_axis: Option<usize>) -> Tensor {
    match batch_axis {
        Some(axis) => move_axis(tensor, 0, axis),
        None => {
            if tensor.shape.first() == Some(&1) {
                tensor.shape.remove(0);
            }
            tensor
        }
    }
}

/// The other way round.
pub fn from_axis(mut tensor: Tensor, batch_axis: Option<usize>) -> Tensor {
    match batch_axis {
        Some(axis) => move_axis(tensor, axis, 0),
        None => {
            tensor.shape.insert(0, 1);
            tensor
        }
    }
}

/// The same tensor with an axis at another place.
fn move_axis(tensor: Tensor, from: usize, to: usize) -> Tensor {
    if from == to || from.max(to) >= tensor.shape.len() {
        return tensor;
    }
    let mut order: Vec<usize> = (0..tensor.shape.len()).collect();
    let axis = order.remove(from);
    order.insert(to, axis);
    transposed(&tensor, &order)
}

/// The tensor whose axes are those of another one in this order.
fn transposed(tensor: &Tensor, order: &[usize]) -> Tensor {
    let mut strides = vec![1; tensor.shape.len()];
    for axis in (1..strides.len()).rev() {
        strides[axis - 1] = strides[axis] * tensor.shape[axis];
    }
    let shape: Vec<usize> = order.iter().map(|&axis| tensor.shape[axis]).collect();
    let strides: Vec<usize> = order.iter().map(|&axis| strides[axis]).collect();
    let mut places = Vec::with_capacity(tensor.values.len());
    let mut position = vec![0; shape.len()];
    let mut from = 0;
    for _ in 0..tensor.values.len() {
        places.push(from);
        for axis in (0..shape.len()).rev() {
            position[axis] += 1;
            from += strides[axis];
            if position[axis] < shape[axis] {
                break;
            }
            from -= strides[axis] * shape[axis];
            position[axis] = 0;
        }
    }
    Tensor { shape, values: tensor.values.taken(&places) }
}

/// Joins tensors along their last axis; one that has an axis less is a column by itself.
fn join_columns(mut tensors: Vec<Tensor>, rows: usize) -> Result<Tensor, String> {
    if tensors.len() == 1 {
        return Ok(tensors.remove(0));
    }
    let rank = tensors.iter().map(|tensor| tensor.shape.len()).max().unwrap_or_default().max(2);
    for tensor in &mut tensors {
        if tensor.shape.len() + 1 == rank {
            tensor.shape.push(1);
        }
    }
    let first = tensors[0].shape.clone();
    let fits = |tensor: &Tensor| tensor.shape.len() == rank && tensor.shape[..rank - 1] == first[..rank - 1];
    if !tensors.iter().all(fits) || first.first() != Some(&rows) {
        let shapes: Vec<String> = tensors.iter().map(|tensor| format!("{:?}", tensor.shape)).collect();
        return Err(format!("tensors of the shapes {} cannot be joined", shapes.join(", ")));
    }
    let lines: usize = first[..rank - 1].iter().product();
    let widths: Vec<usize> = tensors.iter().map(|tensor| tensor.shape[rank - 1]).collect();
    let lists: Vec<Vec<f64>> =
        tensors.into_iter().map(|tensor| Numbers::of(tensor.values).doubles()).collect();
    let mut joined = Vec::with_capacity(lines * widths.iter().sum::<usize>());
    for line in 0..lines {
        for (list, width) in lists.iter().zip(&widths) {
            joined.extend_from_slice(&list[line * width..][..*width]);
        }
    }
    let shape = [&first[..rank - 1], &[widths.iter().sum()]].concat();
    Ok(Tensor { shape, values: Values::F64(joined) })
}

impl Numbers {
    pub fn of(values: Values) -> Numbers {
        match values {
            Values::F32(list) => Numbers::F32(list),
            Values::F64(list) => Numbers::F64(list),
            Values::F16(list) => Numbers::F32(list.into_iter().map(half::to_f32).collect()),
            Values::Bf16(list) => {
                Numbers::F32(list.into_iter().map(|bits| f32::from_bits(u32::from(bits) << 16)).collect())
            }
            Values::I64(list) => Numbers::I64(list),
            Values::U64(list) => Numbers::U64(list),
            Values::Bool(list) => Numbers::I64(list.into_iter().map(i64::from).collect()),
            Values::I8(list) => Numbers::I64(list.into_iter().map(i64::from).collect()),
            Values::I16(list) => Numbers::I64(list.into_iter().map(i64::from).collect()),
            Values::I32(list) => Numbers::I64(list.into_iter().map(i64::from).collect()),
            Values::U8(list) => Numbers::I64(list.into_iter().map(i64::from).collect()),
            Values::U16(list) => Numbers::I64(list.into_iter().map(i64::from).collect()),
            Values::U32(list) => Numbers::I64(list.into_iter().map(i64::from).collect()),
            Values::Text(list) => Numbers::Text(list),
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Numbers::F32(list) => list.len(),
            Numbers::F64(list) => list.len(),
            Numbers::I64(list) => list.len(),
            Numbers::U64(list) => list.len(),
            Numbers::Text(list) => list.len(),
        }
    }

    /// The memory of the values.
    pub fn bytes(&self) -> usize {
        match self {
            Numbers::F32(list) => size_of_val(&**list),
            Numbers::F64(list) => size_of_val(&**list),
            Numbers::I64(list) => size_of_val(&**list),
            Numbers::U64(list) => size_of_val(&**list),
            Numbers::Text(list) => list.iter().map(|text| size_of::<String>() + text.len()).sum(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The place of the first value that JSON cannot carry.
    pub fn not_finite(&self) -> Option<usize> {
        match self {
            Numbers::F32(list) => list.iter().position(|value| !value.is_finite()),
            Numbers::F64(list) => list.iter().position(|value| !value.is_finite()),
            _ => None,
        }
    }

    /// The place of the first double beyond the 32-bit floats.
    pub fn beyond_singles(&self) -> Option<usize> {
        match self {
            Numbers::F64(list) => list.iter().position(|value| !(*value as f32).is_finite()),
            _ => None,
        }
    }

    /// The place of the first NaN.
    fn nan(&self) -> Option<usize> {
        match self {
            Numbers::F32(list) => list.iter().position(|value| value.is_nan()),
            Numbers::F64(list) => list.iter().position(|value| value.is_nan()),
            _ => None,
        }
    }

    pub fn doubles(self) -> Vec<f64> {
        match self {
            Numbers::F32(list) => list.into_iter().map(f64::from).collect(),
            Numbers::F64(list) => list,
            Numbers::I64(list) => list.into_iter().map(|value| value as f64).collect(),
            Numbers::U64(list) => list.into_iter().map(|value| value as f64).collect(),
            Numbers::Text(_) => Vec::new(),
        }
    }

    /// Changes each example of so many numbers. Floats keep their type.
    fn change(&mut self, size: usize, change: impl Fn(&mut [f64])) {
        if let Numbers::F32(list) = self {
            let mut example = vec![0.0; size];
            for singles in list.chunks_mut(size.max(1)) {
                example.iter_mut().zip(&*singles).for_each(|(double, single)| *double = f64::from(*single));
                change(&mut example);
                singles.iter_mut().zip(&example).for_each(|(single, double)| *single = *double as f32);
            }
            return;
        }
        if let Numbers::Text(_) = self {
            return;
        }
        let mut list = std::mem::replace(self, Numbers::Text(Vec::new())).doubles();
        list.chunks_mut(size.max(1)).for_each(change);
        *self = Numbers::F64(list);
    }

    fn activate(&mut self, activation: Activation, size: usize) {
        match activation {
            Activation::Softmax => self.change(size, softmax),
            Activation::Sigmoid => self.change(size, |example| {
                example.iter_mut().for_each(|value| *value = 1.0 / (1.0 + (-*value).exp()));
            }),
        }
    }

    fn undo(&mut self, transform: &Transform, last: usize) {
        if !transform.is_identity() {
            self.change(last, |example| {
                example
                    .iter_mut()
                    .enumerate()
                    .for_each(|(place, value)| *value = transform.undo(*value, place));
            });
        }
    }

    /// Scales each example to the Euclidean length 1; zeros stay zeros.
    fn normalize(&mut self, size: usize, normalize: bool) {
        if normalize {
            self.change(size, |example| {
                let length = example.iter().map(|value| value * value).sum::<f64>().sqrt();
                if length > 0.0 {
                    example.iter_mut().for_each(|value| *value /= length);
                }
            });
        }
    }

    fn every_second(self) -> Numbers {
        match self {
            Numbers::F32(list) => Numbers::F32(list.into_iter().skip(1).step_by(2).collect()),
            other => Numbers::F64(other.doubles().into_iter().skip(1).step_by(2).collect()),
        }
    }

    /// The label with the largest value of each example, or that at the place which the number is.
    fn labels(self, labels: &[String], size: usize, is_place: bool) -> Result<Numbers, String> {
        let label = |place: usize| labels.get(place).cloned();
        if is_place && size == 1 {
            let place = |number: f64| {
                let found = (number >= 0.0).then(|| label(number as usize)).flatten();
                found.ok_or_else(|| {
                    format!("the model gave the place {number}, there are {} labels", labels.len())
                })
            };
            return Ok(Numbers::Text(self.doubles().into_iter().map(place).collect::<Result<_, _>>()?));
        }
        let of = |example: &[f64]| label(largest(example)).unwrap_or_default();
        Ok(Numbers::Text(self.doubles().chunks(size.max(1)).map(of).collect()))
    }
}

fn softmax(example: &mut [f64]) {
    let most = example.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    example.iter_mut().for_each(|value| *value = (*value - most).exp());
    let sum: f64 = example.iter().sum();
    example.iter_mut().for_each(|value| *value /= sum);
}

/// The place of the largest value, the first of equals.
fn largest(values: &[f64]) -> usize {
    (1..values.len()).fold(0, |best, place| if values[place] > values[best] { place } else { best })
}
