//! What the server reads: requests in JSON and as multipart forms.

use std::path::Path;
use std::sync::LazyLock;

use arbitrary::Unstructured;
use axum::body::Bytes;
use serde_json::value::RawValue;
use sidekick_server::deployment::{Categories, Deployment, Input, InputKind, TextEncoding};
use sidekick_server::encode::Encoder;
use sidekick_server::layout::Layout;
use sidekick_server::tensor::{Tensor, Values};
use sidekick_server::{data_url, image, multipart, npy, request};

use crate::json;

struct Served {
    deployment: Deployment,
    layout: Layout,
}

/// Every type of input; arrays as JSON, and as `.npy` files.
static SERVED: LazyLock<[Served; 2]> = LazyLock::new(|| [served(true), served(false)]);

fn served(tensorjson: bool) -> Served {
    let text = serde_json::json!({
        "id": "fuzz", "tokens": ["token"], "tensorjson": tensorjson,
        "inputs": [
            {"name": "number", "type": "numeric", "shape": [1], "tensor": "shared"},
            {"name": "class", "type": "categorical", "shape": [3], "tensor": "shared",
             "categories": ["a", 7, "b\"\u{e9}"]},
            {"name": "binary", "type": "binary", "shape": [1], "tensor": "shared",
             "categories": ["no", "yes"]},
            {"name": "array", "type": "numeric", "shape": [2, 2], "tensor": "array"},
            {"name": "text", "type": "text", "shape": [1], "tensor": "text",
             "ngrams": {"min": 1, "max": 2, "buckets": 16}},
            {"name": "image", "type": "image", "shape": [2, 3, 3], "tensor": "image"}],
        "outputs": [{"name": "y", "type": "numeric", "shape": [1], "tensor": "y"}]});
    let deployment = Deployment::parse(&text.to_string(), Path::new("folder"));
    let deployment = deployment.unwrap_or_else(|problem| panic!("{problem}"));
    let layout = Layout::new(&deployment.inputs);
    Served { deployment, layout }
}

/// The tensors of a request, or that it is refused.
type Tensors = Option<(usize, Vec<Vec<u32>>)>;

/// The values of tensors, all of which are 32-bit floats here.
fn floats(tensors: Vec<Tensor>) -> Vec<Vec<f32>> {
    let values = |tensor: Tensor| match tensor.values {
        Values::F32(values) => values,
        other => panic!("{:?}", other.datatype()),
    };
    tensors.into_iter().map(values).collect()
}

fn bits((rows, values): (usize, Vec<Vec<f32>>)) -> (usize, Vec<Vec<u32>>) {
    (rows, values.iter().map(|values| values.iter().map(|value| value.to_bits()).collect()).collect())
}

/// The first byte says how arrays travel, the others are the JSON of a request.
pub fn read_json(bytes: &[u8]) {
    let Some((choice, body)) = bytes.split_first() else { return };
    let served = &SERVED[usize::from(choice & 1)];
    let mut encoder = Encoder::new(&served.deployment, &served.layout);
    let found = request::read(body, &mut encoder);
    if let Err(error) = &found {
        assert!(error.message.len() < 4 << 10, "{} bytes of message", error.message.len());
    }
    let found: Tensors = found.is_ok().then(|| {
        let (rows, tensors) = encoder.finish().expect("the bounds are none");
        bits((rows, floats(tensors)))
    });
    // What is skipped need not be UTF-8.
    let Ok(text) = std::str::from_utf8(body) else { return };
    let expected = plain(text.strip_prefix('\u{feff}').unwrap_or(text), served).map(bits);
    assert_eq!(found, expected, "{text}");
}

/// The plain reader.
fn plain(text: &str, served: &Served) -> Option<(usize, Vec<Vec<f32>>)> {
    let members = json::object(json::document(text)?)?;
    let mut lists = members.iter().filter(|(key, _)| key == "rows");
    let rows = json::list(lists.next()?.1)?;
    if lists.next().is_some() {
        return None;
    }
    let Served { deployment, layout } = served;
    let mut tensors = vec![Vec::new(); layout.tensors.len()];
    for row in &rows {
        let members = json::object(row)?;
        for (input, slot) in deployment.inputs.iter().zip(&layout.slots) {
            let mut values = members.iter().filter(|(key, _)| *key == input.name);
            let (_, value) = values.next().filter(|_| values.next().is_none())?;
            tensors[slot.tensor].extend(encode(input, deployment.tensorjson, value)?);
        }
    }
    Some((rows.len(), tensors))
}

fn encode(input: &Input, tensorjson: bool, value: &RawValue) -> Option<Vec<f32>> {
    let integer = || json::number(value)?.parse::<i64>().ok().filter(|_| value.get() != "-0");
    match &input.kind {
        InputKind::Number(_) => {
            let number = json::finite_f64(value)? as f32;
            number.is_finite().then(|| vec![number])
        }
        InputKind::Categorical(categories, _) => {
            let place = category(categories, json::text(value).or_else(|| Some(integer()?.to_string()))?)?;
            Some((0..categories.list().len()).map(|other| if other == place { 1.0 } else { 0.0 }).collect())
        }
        InputKind::Binary(categories, _) => match integer() {
            Some(number @ 0..=1) => Some(vec![number as f32]),
            _ => {
                let name = json::text(value).or_else(|| Some(integer()?.to_string()))?;
                Some(vec![category(categories, name)? as f32])
            }
        },
        InputKind::Text(TextEncoding::Ngrams(ngrams)) => {
            let mut values = vec![0.0; ngrams.buckets];
            ngrams.encode(&json::text(value)?, &mut values);
            Some(values)
        }
        InputKind::Image(declared) => {
            let decoded = declared.from_data_url(&json::text(value)?, image::DEFAULT_MAX_PIXELS).ok()?;
            let mut values = vec![0.0; input.shape.iter().product()];
            declared.encode(decoded, false, |value| value as f32, &mut values).ok()?;
            Some(values)
        }
        InputKind::Array(_) if tensorjson => array(input, value),
        InputKind::Array(_) => {
            let (media_type, file) = data_url::parse(&json::text(value)?).ok()?;
            let array = npy::read(&file).ok().filter(|_| media_type == data_url::NPY)?;
            let finite = array.data.iter().all(|value| value.is_finite());
            (array.shape == input.shape && finite).then_some(array.data)
        }
        InputKind::Text(_) => None,
    }
}

fn category(categories: &Categories, name: String) -> Option<usize> {
    categories.list().iter().position(|category| category.name() == name)
}

fn array(input: &Input, value: &RawValue) -> Option<Vec<f32>> {
    let members = json::object(value)?;
    let once = |name: &str| {
        let mut found = members.iter().filter(|(key, _)| key == name);
        found.next().filter(|_| found.next().is_none()).map(|(_, value)| *value)
    };
    let shape = json::list(once("shape")?)?.into_iter().map(|size| json::number(size)?.parse::<usize>().ok());
    let data = json::list(once("data")?)?.into_iter().map(json::finite_f32);
    let (shape, data): (Vec<usize>, Vec<f32>) = (shape.collect::<Option<_>>()?, data.collect::<Option<_>>()?);
    (shape == input.shape && data.len() == input.shape.iter().product::<usize>()).then_some(data)
}

const BOUNDARY: &str = "multipart/form-data; boundary=b";

/// The first byte says whether the others are a form, or choose the parts of one that is put together here.
pub fn read_form(bytes: &[u8]) {
    let Some((choice, body)) = bytes.split_first() else { return };
    let served = &SERVED[usize::from(choice & 1)];
    if choice & 2 != 0 {
        return drop(read_parts(served, BOUNDARY, body.to_vec()));
    }
    let mut input = Unstructured::new(body);
    let (mut form, mut given) = (Vec::new(), Vec::new());
    // A form of many more parts than there are features is refused.
    while let (true, false, Ok(place), Ok(value)) =
        (given.len() < 100, input.is_empty(), input.int_in_range(0..=7usize), input.arbitrary::<&[u8]>())
    {
        let name = served.deployment.inputs.get(place).map_or("other", |input| &input.name);
        // A boundary in a value ends it.
        if value.windows(3).any(|three| three == b"--b") {
            return;
        }
        let head = format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        form.extend([head.as_bytes(), value, b"\r\n"].concat());
        given.push((name.to_owned(), value.to_vec()));
    }
    form.extend_from_slice(b"--b--\r\n");
    let parts = read_parts(served, BOUNDARY, form).expect("a form is split");
    assert!(parts.into_iter().map(|(name, bytes)| (name, bytes.to_vec())).eq(given));
}

fn read_parts(served: &Served, content_type: &str, form: Vec<u8>) -> Option<Vec<multipart::Part>> {
    let mut encoder = Encoder::single(&served.deployment, &served.layout);
    let parts = multipart::split(content_type, Bytes::from(form), &encoder).ok()?;
    if multipart::read(parts.clone(), &mut encoder).is_ok() {
        let (rows, tensors) = encoder.finish().expect("the bounds are none");
        assert_eq!(rows, 1);
        let tensors = floats(tensors);
        let sizes = served.layout.tensors.iter().map(|tensor| tensor.size);
        assert!(tensors.iter().map(Vec::len).eq(sizes));
        assert!(tensors.iter().flatten().all(|value| value.is_finite()), "an input is finite");
    }
    Some(parts)
}
