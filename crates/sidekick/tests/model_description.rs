//! Models whose metadata say too little, with a description laid over them: on a scripted server.

mod common;

use common::{TOKEN, options, reply};
use sidekick::{
    Deployment, Error, ErrorKind, FeatureType, InputColumn, InputPieces, Options, Result, SIZE_ANY, Specs,
};
use std::sync::{Arc, Mutex};

/// A model with metadata, which answers every request with `answer`. Returns its URL and the requests it got,
/// as JSON.
fn serve(metadata: &'static str, answer: &'static str) -> (String, Arc<Mutex<Vec<serde_json::Value>>>) {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&requests);
    let address = common::listen(move |mut stream| {
        while let Some(request) = common::read_request(&mut stream) {
            let path = request.head[0].split(' ').nth(1).unwrap().to_owned();
            match &*path {
                "/v2/models/m" => reply(&mut stream, "200 OK", metadata),
                "/v2/models/m/infer" => {
                    record.lock().unwrap().push(serde_json::from_str(&request.body).unwrap());
                    reply(&mut stream, "200 OK", answer)
                }
                _ => reply(&mut stream, "404 Not Found", "{}"),
            };
        }
    });
    (format!("http://{address}/v2/models/m"), requests)
}

fn described(description: &str) -> Options {
    let mut options = options();
    options.set_model_description(description).unwrap();
    options
}

fn open(metadata: &'static str, description: &str) -> Result<Deployment> {
    Deployment::open(&serve(metadata, "").0, TOKEN, &described(description))
}

fn refused(metadata: &'static str, description: &str) -> String {
    let error: Error = open(metadata, description).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Describe, "{error}");
    error.to_string()
}

fn shown(specs: &Specs) -> String {
    let spec = |spec: &sidekick::FeatureSpec| {
        let labels: Vec<&str> = spec.categories().iter().map(|label| label.as_str()).collect();
        format!("{} {} {:?} {}", spec.name(), spec.feature_type(), spec.shape(), labels.join("|"))
    };
    specs.iter().map(|specs| spec(specs).trim_end().to_owned()).collect::<Vec<_>>().join(", ")
}

const CLASSIFIER: &str = concat!(
    r#"{"inputs":[{"name":"island","datatype":"INT64","shape":[-1,1]},{"name":"word","datatype":"BYTES","shape":[-1]},"#,
    r#"{"name":"size","datatype":"FP32","shape":[-1]}],"outputs":[{"name":"class","datatype":"INT64","shape":[-1]},"#,
    r#"{"name":"probabilities","datatype":"FP32","shape":[-1,3]},{"name":"sick","datatype":"FP64","shape":[-1,1]}]}"#
);
const CLASSIFIER_ANSWER: &str = concat!(
    r#"{"outputs":[{"name":"sick","datatype":"FP64","shape":[2],"data":[0.25,1]},"#,
    r#"{"name":"class","datatype":"INT64","shape":[2],"data":[1,2]},"#,
    r#"{"name":"probabilities","datatype":"FP32","shape":[2,3],"data":[[0.5,0.25,0.25],[0,0,1]]}]}"#
);
const CLASSIFIER_DESCRIPTION: &str = r#"{
    "inputs": [{"name": "island", "labels": ["Biscoe", "Dream"]}, {"name": "word", "labels": ["yes", "no"]}],
    "outputs": [{"name": "sick", "type": "binary"}, {"name": "probabilities", "labels": ["a", "b", "c"]}],
    "max_batch_size": 2,
    "parameters": {"top": 3, "mode": "fast"}}"#;

#[test]
fn labels_make_categories_in_both_directions() {
    let (url, requests) = serve(CLASSIFIER, CLASSIFIER_ANSWER);
    let deployment = common::open(&url, &described(CLASSIFIER_DESCRIPTION));
    let inputs = "island categorical [2] Biscoe|Dream, word categorical [2] yes|no, size numeric [1]";
    assert_eq!(shown(deployment.inputs()), inputs);
    assert_eq!(shown(deployment.outputs()), "sick binary [1], probabilities categorical [3] a|b|c");
    assert_eq!(deployment.batch_limit(), Some(2));
    let tensors =
        |specs: &Specs| specs.iter().map(|spec| spec.tensor_shape().unwrap().to_vec()).collect::<Vec<_>>();
    assert_eq!(tensors(deployment.inputs()), [vec![SIZE_ANY, 1], vec![SIZE_ANY], vec![SIZE_ANY]]);
    assert_eq!(tensors(deployment.outputs()), [[SIZE_ANY, 1], [SIZE_ANY, 3]]);

    let mut rows = deployment.rows();
    for (island, word) in [("Dream", "yes"), ("Biscoe", "no")] {
        rows.add_category("island", island).unwrap();
        rows.add_category("word", word).unwrap();
        rows.add_number("size", 0.5).unwrap();
        rows.end_row().unwrap();
    }
    let islands: InputPieces = ["Dream", "Biscoe"].iter().collect();
    let columns = [
        ("island", islands.column()),
        ("word", InputColumn::of(&[0i64, 1])),
        ("size", InputColumn::of(&[0.5, 0.5])),
    ];
    rows.add_columns(2, &columns).unwrap();
    let predictions = deployment.predict(&rows).unwrap();
    let probabilities = predictions.probabilities("probabilities").unwrap();
    assert_eq!(probabilities.matrix(), [0.5, 0.25, 0.25, 0.0, 0.0, 1.0].repeat(2));
    assert_eq!((probabilities.of(0, "b").unwrap(), probabilities.labels()[2].as_str()), (0.25, "c"));
    assert_eq!(predictions.numbers("sick").unwrap(), [0.25, 1.0, 0.25, 1.0]);

    // The limit of the description splits the rows.
    let requests = requests.lock().unwrap();
    assert_eq!(requests.len(), 2);
    for request in &*requests {
        let inputs = &request["inputs"];
        assert_eq!(
            (&inputs[0]["data"], &inputs[0]["shape"]),
            (&serde_json::json!([1, 0]), &serde_json::json!([2, 1]))
        );
        assert_eq!(inputs[1]["data"], serde_json::json!(["yes", "no"]));
        assert_eq!(request["parameters"], serde_json::json!({"top": 3, "mode": "fast"}));
        let names: Vec<_> =
            request["outputs"].as_array().unwrap().iter().map(|output| &output["name"]).collect();
        assert_eq!(names, ["sick", "probabilities"]);
    }
}

#[test]
fn a_category_is_given_by_its_label_or_its_index() {
    let description = r#"{"inputs": [{"name": "island", "labels": ["Biscoe", "Dream"]},
        {"name": "size", "labels": ["30", "10"]}]}"#;
    let deployment = open(CLASSIFIER, description).unwrap();
    let mut rows = deployment.rows();
    rows.add_integer("island", 1).unwrap();
    let error = |result: Result<()>| {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.row()), (ErrorKind::FeatureValue, Some(1)));
        error.to_string()
    };
    // Labels that are numbers are meant by them.
    rows.add_integer("size", 10).unwrap();
    rows.add_text("word", "x").unwrap();
    rows.end_row().unwrap();
    assert!(error(rows.add_integer("size", 1)).contains("1 is none of its categories: \"30\", \"10\""));
    assert!(
        error(rows.add_integer("island", 2)).contains("2 is no index of its categories, which are 0 to 1")
    );
    assert!(error(rows.add_integer("island", -1)).contains("-1 is no index"));
    assert!(error(rows.add_category("island", "dream")).contains("\"dream\" is none of its categories"));
    assert_eq!(rows.add_number("island", 1.0).unwrap_err().kind(), ErrorKind::FeatureType);
}

const LISTED: &str = concat!(
    r#"{"inputs":[{"name":"x","datatype":"FP32","shape":[-1]}],"outputs":["#,
    r#"{"name":"a","datatype":"FP32","shape":[-1,2],"parameters":{"labels":["cat","dog"]}},"#,
    r#"{"name":"b","datatype":"FP32","shape":[-1,3],"parameters":{"labels":["cat","dog"]}},"#,
    r#"{"name":"c","datatype":"INT64","shape":[-1,2],"parameters":{"labels":["cat","dog"]}},"#,
    r#"{"name":"d","datatype":"FP32","shape":[-1,3]}],"#,
    r#""rt_info":{"model_info":{"labels":"one two three"}}}"#
);

#[test]
fn labels_of_the_server_count_where_they_fit() {
    let plain = Deployment::open(&serve(LISTED, "").0, TOKEN, &options()).unwrap();
    let outputs = "a categorical [2] cat|dog, b numeric [3], c numeric [2], d categorical [3] one|two|three";
    assert_eq!(shown(plain.outputs()), outputs);
    let description =
        r#"{"outputs": [{"name": "d", "labels": ["x", "y", "z"]}, {"name": "a", "type": "numeric"}]}"#;
    let described = open(LISTED, description).unwrap();
    assert_eq!(shown(described.outputs()), "d categorical [3] x|y|z, a numeric [2]");
    let text = refused(LISTED, r#"{"outputs": [{"name": "b", "type": "categorical"}]}"#);
    assert!(
        text.contains("the model description: the output \"b\" is FP32 of the shape [3] a row"),
        "{text}"
    );
}

const EMPTY: &str = r#"{"name":"m","versions":[],"platform":"","inputs":[],"outputs":[],"parameters":{}}"#;
const WRONG: &str = concat!(
    r#"{"inputs":[{"name":"x","datatype":"FLOAT","shape":"?"},{"name":"y","datatype":"FP32","shape":[-1]}],"#,
    r#""outputs":[{"shape":[]},{"name":"z","datatype":"FP64","shape":[-1,4]}]}"#
);
const ANSWER: &str = r#"{"outputs":[{"name":"z","datatype":"FP64","shape":[1],"data":[7]},{"name":"junk"}]}"#;

#[test]
fn a_description_stands_for_metadata_that_are_empty_or_wrong() {
    let whole = r#"{"inputs": [{"name": "x", "datatype": "FP32", "shape": [-1, 2]}],
        "outputs": [{"name": "z", "datatype": "FP64", "shape": [-1]}]}"#;
    let (url, _) = serve(EMPTY, ANSWER);
    let deployment = common::open(&url, &described(whole));
    let mut rows = deployment.rows();
    rows.add_array("x", &sidekick::Array::of(&[2], &[1.0, 2.0]).unwrap()).unwrap();
    rows.end_row().unwrap();
    assert_eq!(deployment.predict(&rows).unwrap().numbers("z").unwrap(), [7.0]);

    let wrong = open(WRONG, whole).unwrap();
    assert_eq!(shown(wrong.inputs()), "x numeric [2], y numeric [1]");
    assert_eq!(shown(wrong.outputs()), "z numeric [1]");
    // One of datatype and shape leaves the other as it is.
    let description = r#"{"inputs": [{"name": "x", "datatype": "FP32", "shape": [-1]}, {"name": "y", "datatype": "BOOL"}],
        "outputs": [{"name": "z", "shape": [-1, 2]}]}"#;
    let partly = open(WRONG, description).unwrap();
    assert_eq!(partly.inputs().get(1).unwrap().feature_type(), FeatureType::Binary);
    assert_eq!(shown(partly.outputs()), "z numeric [2]");

    let text = refused(WRONG, r#"{"outputs": [{"name": "z"}]}"#);
    assert!(text.contains("the input \"x\" has the datatype \"FLOAT\""), "{text}");
    let text = refused(EMPTY, r#"{"inputs": [{"name": "x"}]}"#);
    assert!(
        text.contains("the model's metadata have no input \"x\"; they have none. Give its datatype"),
        "{text}"
    );
    let text = refused(CLASSIFIER, r#"{"outputs": [{"name": "z", "datatype": "FP32"}]}"#);
    assert!(
        text.contains("have no output \"z\"; they have \"class\", \"probabilities\", \"sick\""),
        "{text}"
    );
    let text = refused(EMPTY, "{}");
    assert!(
        text.contains("declares no inputs; declare them on the server, or in the model description"),
        "{text}"
    );
}

const FIXED: &str = concat!(
    r#"{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2]}],"#,
    r#""outputs":[{"name":"y","datatype":"FP32","shape":[1,2]}]}"#
);
const FREE: &str = concat!(
    r#"{"inputs":[{"name":"x","datatype":"FP32","shape":[-1]}],"#,
    r#""outputs":[{"name":"y","datatype":"FP32","shape":[-1]}]}"#
);
const SCALAR: &str = concat!(
    r#"{"inputs":[{"name":"x","datatype":"FP32","shape":[]}],"#,
    r#""outputs":[{"name":"y","datatype":"FP32","shape":[1]}]}"#
);

#[test]
fn the_axis_of_the_rows_can_be_chosen() {
    let limit = |metadata, description| {
        let deployment = open(metadata, description).unwrap();
        (shown(deployment.inputs()), deployment.batch_limit())
    };
    assert_eq!(limit(FIXED, "{}"), ("x numeric [1, 2]".to_owned(), Some(1)));
    // A fixed size limits the rows, unless the description says how many fit.
    assert_eq!(limit(FIXED, r#"{"batch_axis": 0}"#), ("x numeric [2]".to_owned(), Some(1)));
    let none = r#"{"inputs": [{"name": "x", "shape": [0, 2]}], "batch_axis": 0}"#;
    assert!(refused(FIXED, none).contains("the input \"x\" has the shape [0, 2], and batch_axis 0"));
    let wide = r#"{"batch_axis": 0, "max_batch_size": 8}"#;
    assert_eq!(limit(FIXED, wide), ("x numeric [2]".to_owned(), Some(8)));
    assert_eq!(limit(FREE, r#"{"batch_axis": 0}"#), ("x numeric [1]".to_owned(), None));
    assert_eq!(limit(FREE, r#"{"max_batch_size": 3}"#), ("x numeric [1]".to_owned(), Some(3)));
    let text = refused(SCALAR, r#"{"batch_axis": 0}"#);
    assert!(text.contains("the input \"x\" has the shape [], without an axis for rows"), "{text}");
    let text = refused(FIXED, r#"{"max_batch_size": 3}"#);
    assert!(text.contains("max_batch_size is 3, but the model has no axis for rows"), "{text}");
    open(FIXED, r#"{"max_batch_size": 1}"#).unwrap();
}

#[test]
fn what_does_not_fit_the_model_is_named_when_it_is_opened() {
    for (description, said) in [
        (
            r#"{"inputs": [{"name": "size", "type": "text"}]}"#,
            "the input \"size\" is FP32 of the shape [] a row, but text",
        ),
        (
            r#"{"inputs": [{"name": "word", "type": "numeric"}]}"#,
            "the input \"word\" is BYTES of the shape [] a row, which",
        ),
        (r#"{"inputs": [{"name": "size", "type": "categorical"}]}"#, "and has no labels"),
        (
            r#"{"inputs": [{"name": "size", "labels": ["a"], "shape": [-1, 2]}]}"#,
            "but one of 1 labels needs one number that holds their indices, or BYTES",
        ),
        (r#"{"outputs": [{"name": "probabilities", "labels": ["a", "b"]}]}"#, "but 2 labels need 2 floats"),
        (r#"{"outputs": [{"name": "class", "labels": ["a"]}]}"#, "but 1 labels need 1 floats"),
        (
            r#"{"outputs": [{"name": "probabilities", "type": "binary"}]}"#,
            "but a binary tensor is one number",
        ),
    ] {
        let text = refused(CLASSIFIER, description);
        assert!(text.contains("/v2/models/m: the model description: ") && text.contains(said), "{text}");
    }
}

#[test]
fn a_shape_that_is_wrong_in_the_description_is_found_there() {
    for (description, said) in [
        (
            r#"{"inputs": [{"name": "size", "shape": [3]}]}"#,
            "an axis for rows (-1 first), and \"size\" has the shape [3]",
        ),
        (
            r#"{"outputs": [{"name": "sick", "shape": [2]}]}"#,
            "the output \"sick\" has the shape [2], without an axis",
        ),
        (
            r#"{"inputs": [{"name": "word", "shape": [-1, 2]}]}"#,
            "the input \"word\" has the shape [-1, 2]: BYTES",
        ),
    ] {
        let text = refused(CLASSIFIER, description);
        assert!(text.contains("/v2/models/m: the model description: ") && text.contains(said), "{text}");
    }
    let description = r#"{"outputs": [{"name": "probabilities", "shape": [-1, 4]}]}"#;
    let deployment = common::open(&serve(CLASSIFIER, CLASSIFIER_ANSWER).0, &described(description));
    let mut rows = deployment.rows();
    let texts: InputPieces = ["", ""].iter().collect();
    let two = InputColumn::of(&[1i64, 2]);
    rows.add_columns(2, &[("island", two), ("word", texts.column()), ("size", two)]).unwrap();
    let error = deployment.predict(&rows).err().unwrap().to_string();
    let said = "has the shape [4] a row in the model description, and [3] came back";
    assert!(error.ends_with(said), "{error}");
}

#[test]
fn a_value_of_another_type_says_what_a_description_can_make_of_its_tensor() {
    let deployment = common::open(&serve(CLASSIFIER, CLASSIFIER_ANSWER).0, &options());
    let mut rows = deployment.rows();
    let said = rows.add_text("size", "x").unwrap_err().to_string();
    let expected = "row 0: feature \"size\": is numeric [1], got text; \
                    a model description can make it binary or categorical";
    assert_eq!(said, expected);
    let said = rows.add_image("word", b"").unwrap_err().to_string();
    assert!(said.ends_with("can make it bytes, image or categorical"), "{said}");
    let texts: InputPieces = ["a", "b"].iter().collect();
    let two = InputColumn::of(&[1i64, 2]);
    let error = rows.add_columns(2, &[("island", texts.column()), ("word", texts.column()), ("size", two)]);
    assert!(
        error
            .unwrap_err()
            .to_string()
            .ends_with("got text; a model description can make it binary or categorical")
    );
    rows.add_columns(2, &[("island", two), ("word", texts.column()), ("size", two)]).unwrap();
    let predictions = deployment.predict(&rows).unwrap();
    let said = predictions.probabilities("probabilities").err().unwrap().to_string();
    assert!(said.ends_with("read as a category; a model description can make it categorical"), "{said}");
    let said = predictions.text("class", 0).unwrap_err().to_string();
    assert!(said.ends_with("read as text; a model description can make it binary"), "{said}");
}

const OPTIONAL: &str = concat!(
    r#"{"inputs":[{"name":"x","datatype":"FP32","shape":[-1,2]},{"name":"t","datatype":"BYTES","shape":[-1]},"#,
    r#"{"name":"n","datatype":"INT16","shape":[-1]}],"outputs":[{"name":"y","datatype":"FP32","shape":[-1]}]}"#
);

/// The inputs of each request: their names and data.
fn sent(requests: &Mutex<Vec<serde_json::Value>>) -> Vec<Vec<String>> {
    let input = |input: &serde_json::Value| format!("{}={}", input["name"].as_str().unwrap(), input["data"]);
    let inputs =
        |request: &serde_json::Value| request["inputs"].as_array().unwrap().iter().map(input).collect();
    requests.lock().unwrap().drain(..).map(|request| inputs(&request)).collect()
}

#[test]
fn rows_that_lack_different_inputs_share_no_request() {
    let description = r#"{"inputs": [{"name": "t", "optional": true}, {"name": "n", "optional": true}]}"#;
    // It answers for one row, so the requests of more fail after they are recorded.
    let (url, requests) =
        serve(OPTIONAL, r#"{"outputs":[{"name":"y","datatype":"FP32","shape":[1],"data":[7]}]}"#);
    let deployment = common::open(&url, &described(description));
    assert_eq!(
        deployment.inputs().iter().map(sidekick::FeatureSpec::is_optional).collect::<Vec<_>>(),
        [false, true, true]
    );
    let mut rows = deployment.rows();
    let add = |rows: &mut sidekick::Rows, x: f32, t: Option<&str>, n: Option<i64>| {
        rows.add_array("x", &sidekick::Array::of(&[2], &[x, x]).unwrap()).unwrap();
        t.iter().for_each(|text| rows.add_text("t", text).unwrap());
        n.iter().for_each(|number| rows.add_integer("n", *number).unwrap());
        rows.end_row().unwrap();
    };
    add(&mut rows, 1.0, None, Some(1));
    add(&mut rows, 2.0, Some(""), Some(2));
    add(&mut rows, 3.0, None, None);
    // What is dropped leaves no trace, also of an optional input.
    rows.add_text("t", "dropped").unwrap();
    rows.add_integer("n", 9).unwrap();
    let error = rows.end_row().unwrap_err();
    assert_eq!((error.kind(), error.row()), (ErrorKind::RowIncomplete, Some(3)));
    assert!(error.to_string().ends_with("the row lacks \"x\""), "{error}");
    rows.discard_row();
    assert_eq!(rows.add_packed(&[1]).unwrap_err().kind(), ErrorKind::Argument);
    add(&mut rows, 4.0, Some("d"), None);
    let predictions = deployment.predict(&rows).unwrap();
    assert_eq!(predictions.numbers("y").unwrap(), [7.0; 4]);
    let expected = [
        vec!["x=[1.0,1.0]", "n=[1]"],
        vec!["x=[2.0,2.0]", "t=[\"\"]", "n=[2]"],
        vec!["x=[3.0,3.0]"],
        vec!["x=[4.0,4.0]", "t=[\"d\"]"],
    ];
    assert_eq!(sent(&requests), expected);

    // A stream copies the rows.
    let mut stream = deployment.stream().unwrap();
    stream.push(&rows).unwrap();
    while stream.next().unwrap().is_some() {}
    assert_eq!(sent(&requests), expected);

    // Neighbours that lack the same share one; columns are for all rows or none.
    rows.clear();
    add(&mut rows, 5.0, None, Some(5));
    let numbers = InputColumn::of(&[6.0f32, 6.0, 7.0, 7.0]);
    rows.add_columns(2, &[("x", numbers), ("n", InputColumn::of(&[6i16, 7]))]).unwrap();
    rows.add_columns(2, &[("x", numbers)]).unwrap();
    let error = rows.add_columns(2, &[("n", InputColumn::of(&[6i16, 7]))]).unwrap_err();
    assert!(error.to_string().ends_with("there is no column for \"x\""), "{error}");
    assert_eq!(rows.len(), 5);
    assert_eq!(deployment.predict(&rows).err().unwrap().kind(), ErrorKind::ReplyRows);
    assert_eq!(sent(&requests), [["x=[5.0,5.0,6.0,6.0,7.0,7.0]", "n=[5,6,7]"]]);
}

const FILES: &str = concat!(
    r#"{"inputs":[{"name":"x","datatype":"BYTES","shape":[-1]},"#,
    r#"{"name":"t","datatype":"BYTES","shape":[-1],"parameters":{"content_type":"base64"}}],"#,
    r#""outputs":[{"name":"y","datatype":"BYTES","shape":[-1]}]}"#
);

#[test]
fn bytes_are_base64_in_json_as_the_description_says() {
    let answer = concat!(
        r#"{"outputs":[{"name":"y","datatype":"BYTES","shape":[1],"data":["/wD+"],"#,
        r#""parameters":{"content_type":"str"}}]}"#
    );
    let (url, requests) = serve(FILES, answer);
    let description = r#"{"inputs": [{"name": "x", "type": "bytes", "content_type": "base64"},
        {"name": "t", "content_type": "str"}],
        "outputs": [{"name": "y", "type": "bytes", "content_type": "base64"}]}"#;
    let deployment = common::open(&url, &described(description));
    let mut rows = deployment.rows();
    rows.add_bytes("x", b"\xff\0").unwrap();
    rows.add_text("t", "text").unwrap();
    rows.end_row().unwrap();
    let predictions = deployment.predict(&rows).unwrap();
    assert_eq!(predictions.bytes("y", 0).unwrap(), b"\xff\0\xfe");
    let requests = requests.lock().unwrap();
    let inputs = &requests[0]["inputs"];
    assert_eq!(inputs[0]["parameters"], serde_json::json!({"content_type": "base64"}));
    assert_eq!(inputs[0]["data"], serde_json::json!(["/wA="]));
    assert_eq!(inputs[1]["parameters"], serde_json::Value::Null);
    assert_eq!(inputs[1]["data"], serde_json::json!(["text"]));

    let said = refused(OPTIONAL, r#"{"inputs": [{"name": "x", "content_type": "base64"}]}"#);
    let expected = r#"the input "x" is FP32 of the shape [2] a row, but content_type is for BYTES"#;
    assert!(said.ends_with(expected), "{said}");
}

const NO_ELEMENTS: &str = concat!(
    r#"{"inputs":[{"name":"x","datatype":"FP32","shape":[-1]},{"name":"e","datatype":"INT8","shape":[-1,0]}],"#,
    r#""outputs":[{"name":"y","datatype":"FP32","shape":[-1]}]}"#
);

#[test]
fn an_optional_array_of_no_elements_is_sent_if_it_is_given() {
    let answer = r#"{"outputs":[{"name":"y","datatype":"FP32","shape":[1],"data":[7]}]}"#;
    let (url, requests) = serve(NO_ELEMENTS, answer);
    let deployment = common::open(&url, &described(r#"{"inputs": [{"name": "e", "optional": true}]}"#));
    let mut rows = deployment.rows();
    let add = |rows: &mut sidekick::Rows, x: f64, has_array: bool| {
        rows.add_number("x", x).unwrap();
        if has_array {
            rows.add_array("e", &sidekick::Array::of::<f32>(&[0], &[]).unwrap()).unwrap();
        }
    };
    for (x, has_array) in [(1.0, false), (2.0, true), (3.0, false)] {
        add(&mut rows, x, has_array);
        rows.end_row().unwrap();
    }
    add(&mut rows, 4.0, true);
    rows.discard_row();
    add(&mut rows, 5.0, false);
    rows.end_row().unwrap();
    let expected = [vec!["x=[1.0]"], vec!["x=[2.0]", "e=[]"], vec!["x=[3.0,5.0]"]];
    let error = deployment.predict(&rows).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::ReplyRows);
    assert_eq!(sent(&requests), expected);
    let mut stream = deployment.stream().unwrap();
    stream.push(&rows).unwrap();
    while let Ok(Some(_)) = stream.next() {}
    assert_eq!(sent(&requests), expected);

    rows.clear();
    let (numbers, arrays) = (InputColumn::of(&[6.0f32]), InputColumn::of::<i8>(&[]));
    rows.add_columns(1, &[("x", numbers), ("e", arrays)]).unwrap();
    rows.add_columns(1, &[("x", numbers)]).unwrap();
    deployment.predict(&rows).unwrap();
    assert_eq!(sent(&requests), [vec!["x=[6.0]", "e=[]"], vec!["x=[6.0]"]]);
}

const ANY_IMAGE: &str = concat!(
    r#"{"inputs":[{"name":"x","datatype":"UINT8","shape":[-1,-1,-1,1]}],"#,
    r#""outputs":[{"name":"y","datatype":"FP32","shape":[-1]}]}"#
);

const PIXELS_OUT: &str = concat!(
    r#"{"inputs":[{"name":"x","datatype":"FP32","shape":[-1]}],"outputs":["#,
    r#"{"name":"chw","datatype":"UINT8","shape":[-1,3,1,2]},{"name":"any","datatype":"UINT8","shape":[-1,-1,-1,1]},"#,
    r#"{"name":"f","datatype":"FP32","shape":[-1,1,2,3]}]}"#
);

#[test]
fn outputs_of_pixels_are_images() {
    let answer = concat!(
        r#"{"outputs":[{"name":"chw","datatype":"UINT8","shape":[2,3,1,2],"#,
        r#""data":[[[[1,2]],[[3,4]],[[5,6]]],[[[7,8]],[[9,10]],[[11,12]]]]},"#,
        r#"{"name":"any","datatype":"UINT8","shape":[2,3,1,1],"data":[1,2,3,4,5,255]}]}"#
    );
    let description = r#"{"outputs": [{"name": "chw", "type": "image"}, {"name": "any", "type": "image"}]}"#;
    let deployment = common::open(&serve(PIXELS_OUT, answer).0, &described(description));
    assert_eq!(
        shown(deployment.outputs()),
        format!("chw image [1, 2, 3], any image {:?}", [sidekick::SIZE_ANY, sidekick::SIZE_ANY, 1])
    );
    let predictions = deployment.predict(&rows_of(&deployment)).unwrap();
    let first = predictions.image_pixels("chw", 0).unwrap();
    assert_eq!((first.width, first.height, first.channels), (2, 1, 3));
    assert_eq!(first.bytes, [1, 3, 5, 2, 4, 6]);
    assert_eq!(predictions.image_pixels("chw", 1).unwrap().bytes, [7, 9, 11, 8, 10, 12]);
    assert_eq!(predictions.image_size("any", 1).unwrap(), (1, 3, 1));
    assert_eq!(predictions.image_pixels("any", 1).unwrap().bytes, [4, 5, 255]);
    assert_eq!(predictions.image("any", 0).unwrap().media_type.name(), "image/png");

    // An image has pixels.
    let empty = r#"{"outputs":[{"name":"any","datatype":"UINT8","shape":[2,0,1,1],"data":[]}]}"#;
    let any = r#"{"outputs": [{"name": "any", "type": "image", "layout": "HWC"}]}"#;
    let deployment = common::open(&serve(PIXELS_OUT, empty).0, &described(any));
    let error = deployment.predict(&rows_of(&deployment)).err().unwrap();
    assert_eq!((error.kind(), error.feature(), error.row()), (ErrorKind::ReplyShape, Some("any"), Some(0)));
    for (description, said) in [
        (
            r#"{"outputs": [{"name": "f", "type": "image"}]}"#,
            "but an image that a model returns is UINT8, or BYTES",
        ),
        (
            r#"{"outputs": [{"name": "chw", "type": "image", "layout": "HWC"}]}"#,
            "1 or 3 channels; set its layout",
        ),
    ] {
        let text = refused(PIXELS_OUT, description);
        assert!(text.ends_with(said), "{text}");
    }
}

fn rows_of(deployment: &Deployment) -> sidekick::Rows {
    let mut rows = deployment.rows();
    rows.add_columns(2, &[("x", InputColumn::of(&[1.0f32, 2.0]))]).unwrap();
    rows
}

#[test]
fn images_of_different_sizes_share_no_request() {
    let answer = r#"{"outputs":[{"name":"y","datatype":"FP32","shape":[1],"data":[7]}]}"#;
    let (url, requests) = serve(ANY_IMAGE, answer);
    let description = r#"{"inputs": [{"name": "x", "type": "image"}]}"#;
    let deployment = common::open(&url, &described(description));
    let shape = [sidekick::SIZE_ANY, sidekick::SIZE_ANY, 1];
    assert_eq!(deployment.inputs().get(0).unwrap().shape(), shape);
    let mut rows = deployment.rows();
    for (width, height, bytes) in [(2, 1, &[1, 2][..]), (1, 2, &[3, 4]), (1, 1, &[5])] {
        let pixels = sidekick::Pixels { width, height, channels: 1, row_stride: 0, bytes };
        rows.add_pixels("x", &pixels, sidekick::PixelEncoding::Png).unwrap();
        rows.end_row().unwrap();
    }
    assert_eq!(deployment.predict(&rows).unwrap().numbers("y").unwrap(), [7.0; 3]);
    assert_eq!(sent(&requests), [["x=[1,2]"], ["x=[3,4]"], ["x=[5]"]]);
}

#[test]
fn an_input_is_missing_in_all_rows_of_a_column_or_in_none() {
    let every = r#"{"inputs": [{"name": "x", "optional": true}, {"name": "t", "optional": true},
        {"name": "n", "optional": true}]}"#;
    let deployment = open(OPTIONAL, every).unwrap();
    let mut rows = deployment.rows();
    // A row has something.
    let error = rows.end_row().unwrap_err();
    assert!(error.to_string().ends_with("the row lacks \"x\", \"t\", \"n\""), "{error}");
    assert_eq!(rows.add_columns::<&str>(2, &[]).unwrap_err().kind(), ErrorKind::RowIncomplete);
    rows.add_integer("n", 1).unwrap();
    rows.end_row().unwrap();
}

#[test]
fn a_description_is_set_from_text_or_a_file_and_can_be_removed() {
    let mut options = options();
    let error = options.set_model_description(r#"{"inputs": [{"name": "x", "scal": 1}]}"#).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("the model description: inputs[0].scal: is unknown; the keys of"), "{text}");
    let folder = std::env::temp_dir().join(format!("sidekick-description-{}", std::process::id()));
    std::fs::write(&folder, r#"{"batch_axis": 0}"#).unwrap();
    options.set_model_description_file(&folder).unwrap();
    assert_eq!(common::open(&serve(FIXED, "").0, &options).inputs().get(0).unwrap().shape(), [2]);
    // A deployment of the Deployment API describes itself.
    let error = Deployment::open("http://127.0.0.1:1/deployment/x", TOKEN, &options).unwrap_err();
    assert!(
        error.kind() == ErrorKind::Argument && error.to_string().contains("a model description is set"),
        "{error}"
    );
    options.set_model_description("").unwrap();
    assert_eq!(common::open(&serve(FIXED, "").0, &options).inputs().get(0).unwrap().shape(), [1, 2]);
    std::fs::write(&folder, "").unwrap();
    assert_eq!(options.set_model_description_file(&folder).unwrap_err().kind(), ErrorKind::Argument);
    std::fs::remove_file(&folder).unwrap();
    assert_eq!(options.set_model_description_file(&folder).unwrap_err().kind(), ErrorKind::File);
}
