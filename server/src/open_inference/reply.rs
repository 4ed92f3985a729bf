//! The response of `/infer`: a header in JSON, then the tensors that were requested in binary.

use crate::error::ApiError;
use crate::open_inference::metadata::VERSION;
use crate::open_inference::request::Wanted;
use crate::open_inference::tensors;
use crate::tensor::{Signature, Tensor};
use crate::work::Work;

/// The body of a response, and the length of its JSON if bytes follow.
pub struct Reply {
    pub body: Vec<u8>,
    pub json_length: Option<usize>,
}

/// Writes the requested outputs, in their order.
pub fn write(
    model: &str,
    id: Option<&str>,
    signature: &Signature,
    outputs: &[(Wanted, Tensor)],
    work: &Work,
) -> Result<Reply, ApiError> {
    let mut body = Vec::new();
    body.extend_from_slice(b"{\"model_name\":");
    json(&mut body, model)?;
    body.extend_from_slice(b",\"model_version\":");
    json(&mut body, VERSION)?;
    if let Some(id) = id {
        body.extend_from_slice(b",\"id\":");
        json(&mut body, id)?;
    }
    body.extend_from_slice(b",\"outputs\":[");
    for (number, (wanted, tensor)) in outputs.iter().enumerate() {
        if number > 0 {
            body.push(b',');
        }
        head(&mut body, signature, wanted, tensor, work)?;
    }
    body.extend_from_slice(b"]}");
    let json_length = body.len();
    let binary = || outputs.iter().filter(|(wanted, _)| wanted.binary).map(|(_, tensor)| &tensor.values);
    work.reserve(&mut body, binary().map(tensors::binary_size).sum())?;
    for values in binary() {
        work.step()?;
        tensors::write_binary(values, &mut body);
    }
    // Like Triton: no header if all binary outputs are empty.
    let json_length = (body.len() > json_length).then_some(json_length);
    Ok(Reply { body, json_length })
}

/// The JSON of one output.
fn head(
    body: &mut Vec<u8>,
    signature: &Signature,
    wanted: &Wanted,
    tensor: &Tensor,
    work: &Work,
) -> Result<(), ApiError> {
    let spec = &signature.outputs[wanted.place];
    body.extend_from_slice(b"{\"name\":");
    json(body, &spec.name)?;
    body.extend_from_slice(b",\"datatype\":");
    json(body, spec.datatype.name())?;
    body.extend_from_slice(b",\"shape\":");
    json(body, &tensor.shape)?;
    match wanted.binary {
        true => {
            body.extend_from_slice(b",\"parameters\":{\"binary_data_size\":");
            json(body, &tensors::binary_size(&tensor.values))?;
            body.push(b'}');
        }
        false => {
            body.extend_from_slice(b",\"data\":");
            tensors::write_json(&tensor.values, body, work)?;
        }
    }
    body.push(b'}');
    Ok(())
}

fn json(body: &mut Vec<u8>, value: &(impl serde::Serialize + ?Sized)) -> Result<(), ApiError> {
    serde_json::to_writer(body, value).map_err(|error| ApiError::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::{Datatype, Size, TensorSpec, Values};

    fn signature() -> Signature {
        let spec = |name, datatype| TensorSpec::new(name, datatype, vec![Size::Free(None)]);
        let outputs = vec![spec("x", Datatype::Fp32), spec("\"y\"", Datatype::Int64)];
        Signature { outputs, ..Signature::default() }
    }

    fn written(id: Option<&str>, outputs: &[(Wanted, Tensor)]) -> (String, Option<usize>, Vec<u8>) {
        let mut reply = write("m", id, &signature(), outputs, &Work::unbounded()).unwrap();
        let binary = reply.body.split_off(reply.json_length.unwrap_or(reply.body.len()));
        (String::from_utf8(reply.body).unwrap(), reply.json_length, binary)
    }

    fn output(place: usize, binary: bool, values: Values) -> (Wanted, Tensor) {
        (Wanted { place, binary }, Tensor { shape: vec![values.len()], values })
    }

    #[test]
    fn json_and_binary_outputs_mix() {
        let outputs = [output(1, true, Values::I64(vec![-2])), output(0, false, Values::F32(vec![0.5]))];
        let (json, length, binary) = written(Some("a\"b"), &outputs);
        assert_eq!(
            json,
            concat!(
                r#"{"model_name":"m","model_version":"1","id":"a\"b","outputs":["#,
                r#"{"name":"\"y\"","datatype":"INT64","shape":[1],"parameters":{"binary_data_size":8}},"#,
                r#"{"name":"x","datatype":"FP32","shape":[1],"data":[0.5]}]}"#
            )
        );
        assert_eq!(length, Some(json.len()));
        assert_eq!(binary, (-2i64).to_le_bytes());
    }

    #[test]
    fn without_binary_tensors_there_is_no_length() {
        let (json, length, binary) = written(None, &[output(0, true, Values::F32(vec![]))]);
        assert!(json.ends_with(r#""shape":[0],"parameters":{"binary_data_size":0}}]}"#), "{json}");
        assert!(!json.contains("\"id\""));
        assert_eq!((length, binary), (None, vec![]));
    }
}
