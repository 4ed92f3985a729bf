//! What is guessed from the tensors of a model.

use serde_json::Value;

use super::*;
use crate::onnx::Node;

fn free(name: &str) -> Size {
    Size::Free(Some(name.to_owned()))
}

/// A tensor [batch, ...sizes].
fn tensor(name: &str, datatype: Datatype, sizes: &[usize]) -> Declared {
    let sizes = sizes.iter().map(|size| Size::Fixed(*size));
    Ok(TensorSpec::new(name, datatype, std::iter::once(free("batch")).chain(sizes).collect()))
}

fn floats(name: &str, sizes: &[usize]) -> Declared {
    tensor(name, Datatype::Fp32, sizes)
}

/// The nodes (operator, input, output) of a graph.
fn model(nodes: &[(&str, &str, &str)], metadata: &[(&str, &str)]) -> OnnxFile {
    let node = |(operator, input, output): &(&str, &str, &str)| Node::new(operator, &[input], &[output]);
    OnnxFile {
        nodes: nodes.iter().map(node).collect(),
        metadata: metadata.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        ..OnnxFile::default()
    }
}

/// The deployment without its comments, and what is assumed.
fn guessed(inputs: Vec<Declared>, outputs: Vec<Declared>, onnx: &OnnxFile) -> (Value, Vec<String>) {
    let known = Known {
        id: "a",
        token: "t",
        model: "a.onnx",
        inputs,
        outputs,
        onnx,
        labels: None,
        has_tokenizer: false,
    };
    let Guess { text, assumed, .. } = guess(&known);
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let text = lines.collect::<Vec<_>>().join("\n");
    (serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")), assumed)
}

/// The one input feature, and what is assumed.
fn input(declared: Declared, onnx: &OnnxFile) -> (Value, Vec<String>) {
    let (mut deployment, assumed) = guessed(vec![declared], vec![floats("y", &[2, 2])], onnx);
    assert_eq!(deployment["inputs"].as_array().unwrap().len(), 1);
    (deployment["inputs"][0].take(), assumed)
}

fn output(declared: Declared, onnx: &OnnxFile) -> (Value, Vec<String>) {
    let (mut deployment, assumed) = guessed(vec![floats("x", &[2, 2])], vec![declared], onnx);
    (deployment["outputs"][0].take(), assumed)
}

#[test]
fn a_deployment_has_all_it_needs() {
    let (deployment, assumed) =
        guessed(vec![floats("x", &[])], vec![floats("y", &[1])], &OnnxFile::default());
    let expected = json!({
        "format": 2, "id": "a", "title": "a", "description": "", "tokens": ["t"], "model": "a.onnx",
        "inputs": [{"name": "x", "type": "numeric", "shape": [1], "tensor": "x"}],
        "outputs": [{"name": "y", "type": "numeric", "shape": [1], "tensor": "y"}],
    });
    assert_eq!(deployment, expected);
    assert!(assumed.is_empty());
}

#[test]
fn images_are_told_from_their_shape() {
    for (sizes, shape, layout) in [
        ([3, 32, 40], Some([32, 40, 3]), true),
        ([1, 28, 28], Some([28, 28, 1]), true),
        ([32, 40, 3], Some([32, 40, 3]), false),
        ([28, 28, 1], Some([28, 28, 1]), false),
        ([3, 32, 3], None, true),
        ([3, 1, 100], None, true),
        ([4, 32, 32], None, true),
    ] {
        let (feature, assumed) = input(floats("x", &sizes), &OnnxFile::default());
        match shape {
            Some(shape) => {
                assert_eq!(feature["shape"], json!(shape), "{sizes:?}");
                assert_eq!(feature.get("layout").is_some(), layout, "{sizes:?}");
                assert_eq!((&feature["type"], &feature["scale"]), (&json!("image"), &json!(1.0 / 255.0)));
                assert_eq!(assumed.len(), 2, "{assumed:?}");
            }
            None => assert_eq!(feature["type"], "numeric", "{sizes:?}"),
        }
    }
    let (feature, assumed) = input(tensor("x", Datatype::Uint8, &[8, 8, 3]), &OnnxFile::default());
    assert_eq!((&feature["scale"], assumed.len()), (&json!(1), 1));
    assert_eq!(input(tensor("x", Datatype::Int64, &[8, 8, 3]), &OnnxFile::default()).0["type"], "numeric");
}

#[test]
fn a_free_size_of_an_image_is_that_of_the_metadata_or_assumed() {
    let image = || {
        Ok(TensorSpec::new("x", Datatype::Fp32, vec![Size::Fixed(1), Size::Fixed(3), free("h"), free("w")]))
    };
    let (feature, assumed) = input(image(), &OnnxFile::default());
    assert_eq!(feature["shape"], json!([224, 224, 3]));
    assert!(assumed.iter().any(|line| line.contains("224 x 224")), "{assumed:?}");
    let (feature, assumed) = input(image(), &model(&[], &[("imgsz", "[640, 480]")]));
    assert_eq!(feature["shape"], json!([640, 480, 3]));
    assert!(!assumed.iter().any(|line| line.contains("any size")), "{assumed:?}");
}

#[test]
fn a_detector_of_ultralytics_has_its_preset() {
    let metadata = [("author", "Ultralytics"), ("task", "detect"), ("names", "{0: 'person'}")];
    let (feature, _) = input(floats("images", &[3, 64, 64]), &model(&[], &metadata));
    assert_eq!((&feature["preset"], feature.get("scale")), (&json!("yolo"), None));
}

#[test]
fn values_have_the_type_of_their_tensor() {
    for (datatype, sizes, feature_type, shape) in [
        (Datatype::Fp32, &[][..], "numeric", json!([1])),
        (Datatype::Int64, &[1], "numeric", json!([1])),
        (Datatype::Bool, &[1], "binary", json!([1])),
        (Datatype::Bytes, &[1], "text", json!([1])),
        (Datatype::Bytes, &[], "text", json!([1])),
        (Datatype::Fp64, &[7], "numeric", json!([7])),
        (Datatype::Int32, &[2, 5, 2, 2], "numeric", json!([2, 5, 2, 2])),
    ] {
        let (feature, assumed) = input(tensor("x", datatype, sizes), &OnnxFile::default());
        assert_eq!((&feature["type"], &feature["shape"]), (&json!(feature_type), &shape), "{datatype:?}");
        assert!(assumed.is_empty());
    }
}

#[test]
fn columns_have_the_names_of_the_metadata() {
    let names = |deployment: &Value| -> Vec<String> {
        let inputs = deployment["inputs"].as_array().unwrap().iter();
        inputs.map(|input| input["name"].as_str().unwrap().to_owned()).collect()
    };
    for (listed, count) in [("a,b,c", 3), (r#"["a", "b", "c"]"#, 3), ("a,b", 1), ("a,a,b", 1)] {
        let onnx = model(&[], &[("feature_names", listed)]);
        let (deployment, _) = guessed(vec![floats("x", &[3])], vec![floats("y", &[])], &onnx);
        assert_eq!(names(&deployment).len(), count, "{listed}");
    }
    let texts = vec![tensor("x", Datatype::Bytes, &[2])];
    let (deployment, _) = guessed(texts, vec![floats("y", &[])], &OnnxFile::default());
    assert_eq!(names(&deployment), ["x 0", "x 1"]);
    assert_eq!(deployment["inputs"][1]["type"], "text");
}

#[test]
fn classes_are_those_of_the_metadata_or_numbers() {
    let softmax = [("Softmax", "x", "y")];
    let named = [("names", "{0: 'a', 1: 'b', 2: 'c'}")];
    let (feature, assumed) = output(floats("y", &[3]), &model(&softmax, &named));
    assert_eq!(feature["categories"], json!(["a", "b", "c"]));
    assert!(assumed.is_empty() && feature.get("activation").is_none());
    let (feature, assumed) = output(floats("y", &[3]), &model(&softmax, &[]));
    assert_eq!(feature["categories"], json!([0, 1, 2]));
    assert_eq!(assumed.len(), 1);
    let (feature, assumed) = output(floats("y", &[3]), &model(&[("Gemm", "x", "y")], &named));
    assert_eq!((&feature["activation"], assumed.len()), (&json!("softmax"), 1));
    let (feature, _) = output(floats("y", &[4]), &model(&[("Gemm", "x", "y")], &named));
    assert_eq!((&feature["type"], &feature["shape"]), (&json!("numeric"), &json!([4])));
    let labelled = TensorSpec {
        labels: Some(vec![Category::Integer(7), Category::Integer(9)]),
        ..floats("y", &[2]).unwrap()
    };
    let (feature, _) = output(Ok(labelled), &model(&[], &[]));
    assert_eq!((&feature["categories"], feature.get("activation")), (&json!([7, 9]), None));
}

#[test]
fn a_probability_ends_with_a_sigmoid() {
    let (feature, _) = output(floats("y", &[1]), &model(&[("Sigmoid", "x", "y")], &[]));
    assert_eq!(feature["type"], "binary");
    let (feature, _) = output(floats("y", &[1]), &model(&[("Gemm", "x", "y")], &[]));
    assert_eq!(feature["type"], "numeric");
    for (datatype, feature_type) in
        [(Datatype::Bytes, "text"), (Datatype::Bool, "numeric"), (Datatype::Int64, "numeric")]
    {
        let (feature, _) = output(tensor("y", datatype, &[]), &model(&[], &[]));
        assert_eq!((&feature["type"], &feature["shape"]), (&json!(feature_type), &json!([1])));
    }
}

#[test]
fn a_batch_of_one_is_a_batch() {
    let spec = TensorSpec::new("x", Datatype::Fp32, vec![Size::Fixed(1), Size::Fixed(5)]);
    assert_eq!(input(Ok(spec), &OnnxFile::default()).0["shape"], json!([5]));
}

#[test]
fn tensors_that_are_no_features_leave_the_open_inference_protocol() {
    let without = |sizes: Vec<Size>| Ok(TensorSpec::new("x", Datatype::Fp32, sizes));
    for (declared, reason) in [
        (without(vec![free("batch"), free("length")]), "\"length\""),
        (without(vec![]), "no batch axis"),
        (without(vec![Size::Fixed(2), Size::Fixed(2)]), "a first axis of 2"),
        (Err("input \"x\" is no tensor".to_owned()), "is no tensor"),
        (tensor("x", Datatype::Bytes, &[2, 2]), "strings in more than one axis"),
    ] {
        let (deployment, assumed) = guessed(vec![declared], vec![floats("y", &[])], &OnnxFile::default());
        assert!(deployment.get("inputs").is_none() && deployment.get("outputs").is_none(), "{reason}");
        assert!(assumed.len() == 1 && assumed[0].contains(reason), "{assumed:?}");
    }
}

#[test]
fn an_output_without_a_batch_is_left_out() {
    let loss = Ok(TensorSpec::new("loss", Datatype::Fp32, Vec::new()));
    let outputs = vec![floats("a", &[]), loss, floats("b", &[])];
    let (deployment, _) = guessed(vec![floats("x", &[])], outputs, &OnnxFile::default());
    let outputs = deployment["outputs"].as_array().unwrap();
    assert_eq!(outputs.iter().map(|output| &output["name"]).collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn comments_say_what_was_found_and_assumed() {
    let onnx = model(&[], &[]);
    let (inputs, outputs) = (vec![floats("x", &[3, 8, 8])], vec![floats("a\nb", &[])]);
    let known = Known {
        id: "a",
        token: "t",
        model: "a.onnx",
        inputs,
        outputs,
        onnx: &onnx,
        labels: None,
        has_tokenizer: false,
    };
    let text = guess(&known).text;
    assert!(text.contains("// found: input \"x\": "), "{text}");
    assert!(text.contains("// assumed: input \"x\" is an image: channels first, RGB"), "{text}");
    assert!(text.contains("// found: output \"a\\nb\": "), "{text}");
    assert!(text.contains("// if not: \"scale\": 1 for 0..255"), "{text}");
}

#[test]
fn an_output_without_a_declared_shape_has_the_one_that_comes() {
    let spec = TensorSpec { shape: None, ..floats("y", &[]).unwrap() };
    let (feature, _) = output(Ok(spec), &OnnxFile::default());
    assert_eq!(feature, json!({"name": "y", "type": "numeric", "tensor": "y"}));
}

#[test]
fn a_state_is_a_constant_of_zeros() {
    let state =
        |name| Ok(TensorSpec::new(name, Datatype::Fp32, vec![Size::Fixed(2), free("batch"), Size::Fixed(8)]));
    let rate = Ok(TensorSpec::new("sr", Datatype::Int64, Vec::new()));
    let inputs = vec![floats("x", &[5]), state("state"), rate];
    let (deployment, assumed) =
        guessed(inputs, vec![floats("y", &[1]), state("stateN")], &OnnxFile::default());
    let constants = json!({"state": {"value": 0, "shape": [2, "batch", 8]}, "sr": 16000});
    assert_eq!(deployment["constants"], constants);
    assert_eq!((deployment["outputs"].as_array().unwrap().len(), assumed.len()), (1, 2));
    let (deployment, _) = guessed(vec![floats("state", &[8])], vec![floats("y", &[1])], &OnnxFile::default());
    assert_eq!(deployment["inputs"][0]["name"], "state");
}

#[test]
fn tokens_are_a_text_if_the_tokenizer_is_there() {
    let tokens = |name: &str| Ok(TensorSpec::new(name, Datatype::Int64, vec![free("batch"), free("length")]));
    let known = |has_tokenizer| {
        let (inputs, outputs) =
            (vec![tokens("input_ids"), tokens("attention_mask")], vec![floats("y", &[3])]);
        let onnx = &OnnxFile::default();
        guess(&Known {
            id: "a",
            token: "t",
            model: "a.onnx",
            inputs,
            outputs,
            onnx,
            labels: None,
            has_tokenizer,
        })
    };
    let Guess { text, files, .. } = known(true);
    let tokenizer = r#""tokenizer": {"file": "tokenizer.json", "attention_mask": "attention_mask"}, "tensor": "input_ids""#;
    assert!(text.contains(tokenizer), "{text}");
    assert_eq!(files, ["tokenizer.json"]);
    let Guess { assumed, files, .. } = known(false);
    assert!(assumed[0].contains("put the tokenizer.json") && files.is_empty(), "{assumed:?}");
}

#[test]
fn the_categories_of_an_encoder_are_those_of_the_input() {
    let encoder = |zeros| {
        let mut node = Node::new("OneHotEncoder", &["x"], &["y"]).with_list("cats_strings", &["a", "b"]);
        node.operator.domain = crate::onnx::ML.to_owned();
        OnnxFile { nodes: vec![node.with_integer("zeros", zeros)], ..OnnxFile::default() }
    };
    let texts = || tensor("x", Datatype::Bytes, &[1]);
    let (feature, assumed) = input(texts(), &encoder(0));
    let expected = json!({
        "name": "x", "type": "categorical", "categories": ["a", "b"], "encoding": "raw", "tensor": "x",
    });
    assert_eq!((feature, assumed.len()), (expected, 0));
    let text = |zeros| {
        let onnx = &encoder(zeros);
        let known = Known {
            id: "a",
            token: "t",
            model: "a.onnx",
            inputs: vec![texts()],
            outputs: vec![floats("y", &[2])],
            onnx,
            labels: None,
            has_tokenizer: false,
        };
        guess(&known).text
    };
    assert!(text(1).contains("the model takes other values too") && !text(0).contains("other values"));
}
