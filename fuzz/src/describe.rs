//! Describe documents, and the responses that refuse a request.

use serde_json::Value;
use serde_json::value::RawValue;
use sidekick::internal::{self, Model};
use sidekick::{FeatureSpec, Specs};

use crate::json;

/// What a plain reader finds: each feature's name, type, shape and labels.
type Features = Vec<(String, String, Vec<usize>, Vec<String>)>;

/// Any bytes as a describe document.
pub fn read(bytes: &[u8]) {
    let found = Model::new(bytes).ok();
    let expected = std::str::from_utf8(bytes).ok().and_then(plain);
    let Some(model) = found else {
        assert!(expected.is_none(), "{} is refused", String::from_utf8_lossy(bytes));
        return;
    };
    check_names(model.inputs());
    check_names(model.outputs());
    // The library takes a little more, such as a list for an object.
    if let Some((inputs, outputs)) = expected {
        assert_eq!((features(model.inputs()), features(model.outputs())), (inputs, outputs));
    }
    // A response without rows is read whatever the outputs are.
    assert!(model.read_response(b"{\"rows\":[]}", 0).is_ok());
}

fn check_names(specs: &Specs) {
    for (index, spec) in specs.iter().enumerate() {
        assert_eq!(specs.index_of(spec.name()).ok(), Some(index), "{:?} is found", spec.name());
        // A free size has no count.
        assert!(spec.element_count().is_none_or(|count| count.checked_mul(4).is_some()));
    }
}

fn features(specs: &Specs) -> Features {
    let feature = |spec: &FeatureSpec| {
        let labels = spec.categories().iter().map(|label| label.to_string()).collect();
        (spec.name().to_string(), spec.feature_type().to_string(), spec.shape().to_vec(), labels)
    };
    specs.iter().map(feature).collect()
}

/// The plain reader: only what surely is right, each key once.
fn plain(text: &str) -> Option<(Features, Features)> {
    let document = json::document(text)?;
    let schemas = member(member(document, "components")?, "schemas")?;
    let inputs = member(member(schemas, "input-row")?, "properties")?;
    let rows = member(member(member(schemas, "output-row-batch")?, "properties")?, "rows")?;
    // A mark of another type is an error; what the document says of paths beyond it is not looked at.
    if json::object(document)?.iter().any(|(key, _)| key == "paths") {
        let paths: Value = serde_json::from_str(member(document, "paths")?.get()).ok()?;
        let marks = paths.as_object()?.values().map(|path| {
            path.as_object()?
                .get("x-peltarion-tensorjson")
                .map_or(Some(()), |mark| mark.as_bool().map(|_| ()))
        });
        marks.collect::<Option<Vec<()>>>()?;
    }
    Some((plain_features(inputs)?, plain_features(member(rows, "properties")?)?))
}

fn plain_features(properties: &RawValue) -> Option<Features> {
    let members = json::object(properties)?;
    let names: Vec<&String> = members.iter().map(|(name, _)| name).collect();
    if has_twice(&names) {
        return None;
    }
    members.iter().map(|(name, property)| plain_feature(name, property)).collect()
}

fn plain_feature(name: &str, property: &RawValue) -> Option<(String, String, Vec<usize>, Vec<String>)> {
    let keys = json::object(property)?;
    if keys.iter().any(|(key, _)| key == "extensions") {
        return None;
    }
    let marks = member(property, "x-peltarion")?;
    let feature_type = json::text(member(marks, "type")?)?;
    let shape: Vec<usize> = serde_json::from_str(member(marks, "shape")?.get()).ok()?;
    let bytes = shape.iter().try_fold(4usize, |bytes, &extent| bytes.checked_mul(extent));
    let bytes = bytes.filter(|_| !shape.contains(&usize::MAX));
    let labels: Vec<Value> = match keys.iter().any(|(key, _)| key == "enum") {
        true => serde_json::from_str(member(property, "enum")?.get()).ok()?,
        false => Vec::new(),
    };
    let labels: Vec<String> = labels.iter().map(label).collect::<Option<_>>()?;
    let known = ["numeric", "categorical", "binary", "text", "image"].contains(&feature_type.as_str());
    (known && bytes.is_some() && !has_twice(&labels)).then_some((
        name.to_owned(),
        feature_type,
        shape,
        labels,
    ))
}

fn label(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_i64().map(|number| number.to_string()))
}

fn has_twice<T: PartialEq>(list: &[T]) -> bool {
    (1..list.len()).any(|place| list[..place].contains(&list[place]))
}

/// A member of an object that has it once.
fn member<'a>(value: &'a RawValue, key: &str) -> Option<&'a RawValue> {
    let members = json::object(value)?;
    let mut found = members.into_iter().filter(|(name, _)| name == key);
    found.next().filter(|_| found.next().is_none()).map(|(_, value)| value)
}

/// Most that a message is to hold of what a server says.
const MOST_FOREIGN: usize = 8 << 10;

/// Any bytes as the body of a response that refuses a request, behind two bytes for its status.
pub fn refusal(bytes: &[u8]) {
    let Some((status, body)) = bytes.split_first_chunk() else { return };
    let error = internal::refusal(u16::from_le_bytes(*status), body);
    let message = error.to_string();
    assert!(message.len() < MOST_FOREIGN, "{} bytes of message", message.len());
    let hidden = |character: char| character.is_control();
    assert!(!message.contains(hidden), "{message:?} has control characters");
    let code = std::str::from_utf8(body).ok().and_then(plain_code);
    if let Some(code) = code {
        assert_eq!(error.server_code(), Some(code.as_str()));
    }
}

fn plain_code(body: &str) -> Option<String> {
    let document = json::document(body)?;
    let messages = json::object(document)?.into_iter().filter(|(key, _)| key == "errorMessage").count();
    let text = match messages {
        0 => true,
        _ => member(document, "errorMessage").is_some_and(|message| json::text(message).is_some()),
    };
    json::text(member(document, "errorCode")?).filter(|code| text && code.len() < 64)
}
