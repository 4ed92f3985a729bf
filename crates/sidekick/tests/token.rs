//! Where the token is seen: in the `Authorization` header to the deployment's server, and nowhere else. Every
//! kind of call ends in every way, with servers that quote what they were sent; the texts that come of it are
//! collected and searched. Requests are searched by the servers of `common`.

mod common;

use common::proxies::{self, NOWHERE};
use common::tls::{Authority, Server, self_signed};
use common::{DESCRIBE, TOKEN, listen, numbers, read_request, reply, shown};
use serde_json::{Value, json};
use sidekick::{Array, Cancel, DType, Deployment, Error, ErrorKind, InputColumn, Options, Result};
use std::io::Write;
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Duration;

/// What replaces a server's text that quotes the token.
const LEFT_OUT: &str = "[left out: it holds part of the token or of a header]";
/// A header's value, which is as secret.
const KEY: &str = "k3y";

/// Replies that quote the token, which stands for each `@`; a `~` is the same escaped in JSON. The connection
/// closes behind them.
const QUOTES: &[&str] = &[
    "",
    "HTTP/1.1 403 No\r\n\r\nno @ here",
    "HTTP/1.1 403 @\r\n\r\n",
    "HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer error=\"@\"\r\n\r\n@",
    "HTTP/1.1 503 Busy\r\nRetry-After: @\r\n\r\n@",
    "HTTP/1.1 307 Go\r\nLocation: http://elsewhere.invalid/@\r\n\r\n@",
    "HTTP/1.1 500 Oops\r\n\r\n<html><title>@</title>",
    "HTTP/1.1 403 No\r\n\r\n{\"errorCode\": \"@\", \"errorMessage\": \"not @\"}",
    "HTTP/1.1 400 No\r\n\r\n{\"errorCode\": \"BadData\", \"errorMessage\": \"not ~\"}",
    "HTTP/1.1 200 OK\r\n\r\n{\"errorCode\": \"@\", \"errorMessage\": \"not ~\"}",
    "HTTP/1.1 500 Oops\r\n\r\n{\"error\": {\"message\": \"~\"}}",
    "HTTP/1.1 500 Oops\r\n\r\n{\"detail\": [{\"msg\": \"@\"}]}",
    "HTTP/1.1 200 OK\r\n\r\n@",
    "HTTP/1.1 200 OK\r\n\r\n\"@\"",
    "HTTP/1.1 200 OK\r\n\r\n{\"rows\": \"@\"}",
    "HTTP/1.1 200 OK\r\n\r\n{\"rows\": [{\"@\": 1}]}",
    "HTTP/1.1 200 OK\r\n\r\n{\"rows\": [{\"out\": \"@\"}]}",
    "HTTP/1.1 200 OK\r\n\r\n{\"rows\": [{\"out\": {\"@\": 1}}]}",
    "HTTP/1.1 200 OK\r\n\r\n{\"rows\": [{\"out\": 1, \"@\": 1, \"@\": 2}, @]}",
    "HTTP/1.1 200 OK\r\n\r\n{\"components\": {\"schemas\": {\"input-row\": \
     {\"properties\": {\"in\": {\"x-peltarion\": {\"type\": \"@\"}}}}}}}",
    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n@",
    "HTTP/1.1 200 OK\r\nContent-Length: @\r\n\r\n@",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n@\r\n",
    "HTTP/1.1 200 OK\r\n@\r\n\r\n",
    "HTTP/1.1 @ OK\r\n\r\n",
    "@ 200 OK\r\n\r\n",
];

/// Lines of the log, messages, Debug prints.
static TEXTS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static ANSWERED: AtomicUsize = AtomicUsize::new(0);

fn tell(text: String) {
    TEXTS.lock().unwrap().push(text);
}

/// The kind of an error whose texts are shown.
fn told(error: &Error) -> ErrorKind {
    tell(shown(error));
    error.kind()
}

/// A token longer than what an error shows of a reply.
fn token() -> String {
    TOKEN.repeat(60)
}

fn options() -> Options {
    let mut options = common::options();
    options.set_log(|level, line| tell(format!("{level:?}: {line}")));
    options.set_retries(1);
    options.add_header("X-Api-Key", KEY).unwrap();
    options
}

/// The ways to open and to ask a deployment that differ in what the transport does.
fn variants() -> [Options; 3] {
    let mut several = options();
    several.set_batch_rows(1).unwrap();
    several.set_max_in_flight(2).unwrap();
    several.set_isolate_bad_rows(true);
    several.set_request_gzip(true);
    let mut renewed = options();
    renewed.set_token_source(|refused| Ok(format!("{}{refused}", token())));
    [options(), several, renewed]
}

/// A server that quotes the token to requests of a method, and answers others well.
fn quoting(quote: &'static str, method: &'static str) -> String {
    let address = listen(move |mut stream| {
        while let Some(request) = read_request(&mut stream) {
            let token = request.header("authorization").unwrap().strip_prefix("Bearer ").unwrap();
            assert!(token.starts_with(TOKEN) && request.header("x-api-key") == Some(KEY));
            ANSWERED.fetch_add(1, Ordering::SeqCst);
            if request.head[0].starts_with(method) {
                return answer(&mut stream, quote, token);
            }
            reply(&mut stream, "200 OK", if request.is_post() { "{}" } else { DESCRIBE });
        }
    });
    format!("http://{address}/deployment/x/forward")
}

fn answer(stream: &mut TcpStream, quote: &str, token: &str) {
    let escaped = token.replace('s', "\\u0073");
    let _ = stream.write_all(quote.replace('@', token).replace('~', &escaped).as_bytes());
}

/// Opens, predicts, streams and posts, and returns the results.
fn make_every_call(url: &str, options: &Options) -> Result<()> {
    tell(format!("{options:?}"));
    let deployment = Deployment::open(url, &token(), options).inspect_err(|error| tell(shown(error)))?;
    tell(format!("{deployment:?}"));
    let predicted = deployment.predict(&numbers(&deployment, 100)).inspect_err(|error| tell(shown(error)));
    predicted.iter().flat_map(|it| it.failures()).for_each(|error| tell(shown(error)));
    let mut stream = deployment.stream()?;
    stream.push(&numbers(&deployment, 3))?;
    while let Some(predicted) = stream.next().transpose() {
        let _ = predicted.inspect_err(|error| tell(shown(error)));
    }
    // A reply that is asked for as it came is as it came: its text is the caller's.
    let _ = deployment.post_json("{}").inspect_err(|error| tell(shown(error)));
    predicted.map(|_| ())
}

fn quotes() {
    for quote in QUOTES {
        for options in variants() {
            for method in ["GET ", "POST "] {
                let _ = make_every_call(&quoting(quote, method), &options);
            }
        }
    }
    // The token begins where the message ends.
    for length in (0..300).step_by(7) {
        let quote = format!("HTTP/1.1 403 No\r\n\r\n{}@", "x".repeat(length)).leak();
        let _ = make_every_call(&quoting(quote, "POST "), &options());
    }
}

fn other_hosts() {
    let other = listen(|_| {
        eprintln!("a host was asked that the token was not given for");
        std::process::abort();
    });
    for scheme in ["http", "https"] {
        let quote = format!("HTTP/1.1 307 Go\r\nLocation: {scheme}://{other}/openapi.json\r\n\r\n").leak();
        let error = make_every_call(&quoting(quote, "GET "), &options()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Http);
    }
}

fn proxies() {
    for proxy in
        [format!("http://u:p@{}", proxies::http()), format!("socks5://u:p@{}", proxies::socks5(true))]
    {
        let mut options = options();
        options.set_proxy(&proxy).unwrap();
        make_every_call(NOWHERE, &options).unwrap();
        options.set_proxy(&proxy.replace("u:p", "u:wr0ng")).unwrap();
        assert_eq!(make_every_call(NOWHERE, &options).unwrap_err().kind(), ErrorKind::Connect);
    }
}

fn tls() {
    let authority = Authority::new();
    let mut options = options();
    options.set_ca_pem(authority.pem.as_bytes()).unwrap();
    make_every_call(&Server::new(authority.sign("localhost")).start(), &options).unwrap();
    let bad = [self_signed(), authority.sign("other.example"), authority.sign_until("localhost", 2001)];
    for identity in bad {
        let error = make_every_call(&Server::new(identity).start(), &options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Tls);
    }
}

fn no_reply() {
    let silent = listen(|stream| {
        sleep(Duration::from_millis(500));
        drop(stream);
    });
    let url = format!("http://{silent}/forward");
    let mut hasty = options();
    hasty.set_response_timeout(Duration::from_millis(20));
    assert_eq!(make_every_call(&url, &hasty).unwrap_err().kind(), ErrorKind::Timeout);
    hasty.set_call_timeout(Duration::from_millis(10));
    assert_eq!(make_every_call(&url, &hasty).unwrap_err().kind(), ErrorKind::Timeout);
    let mut options = options();
    let cancel = Cancel::new().unwrap();
    cancel.trigger();
    tell(format!("{cancel:?}"));
    let error = Deployment::open_cancellable(&url, &token(), &options, Some(&cancel)).unwrap_err();
    assert_eq!(told(&error), ErrorKind::Cancelled);
    assert_eq!(make_every_call("http://127.0.0.1:1/", &options).unwrap_err().kind(), ErrorKind::Connect);
    options.set_allow_token_over_http(true);
    assert_eq!(make_every_call(NOWHERE, &options).unwrap_err().kind(), ErrorKind::Connect);
}

fn refused_before_they_are_asked() {
    let token = token();
    for (url, token) in [
        ("http://127.0.0.1:1/", &*format!("{token}\n")),
        ("http://nowhere.invalid/", &token),
        (&*format!("http://{token}@127.0.0.1:1/"), &token),
        (&*format!("http://127.0.0.1:{token}/"), &token),
        (&*format!("ftp://{token}/"), &token),
        (&*format!("http://127.0.0.1/{token} /"), &token),
    ] {
        let error = Deployment::open(url, token, &options()).unwrap_err();
        assert_eq!(told(&error), ErrorKind::Argument);
    }
    let mut options = options();
    for error in [
        options.set_proxy(&format!("ftp://u:{token}@h")).unwrap_err(),
        options.add_header("X-Api-Key", &format!("{token}\n")).unwrap_err(),
    ] {
        assert_eq!(told(&error), ErrorKind::Argument);
    }
}

#[test]
fn the_token_is_in_the_authorization_header_and_nowhere_else() {
    quotes();
    other_hosts();
    proxies();
    tls();
    no_reply();
    refused_before_they_are_asked();
    let texts = TEXTS.lock().unwrap();
    for secret in [TOKEN, KEY, "wr0ng"] {
        let found: Vec<_> = texts.iter().filter(|text| text.contains(secret)).collect();
        assert!(found.is_empty(), "{secret} is in {found:#?}");
    }
    // There was something to find.
    let quoted = texts.iter().filter(|text| text.contains(LEFT_OUT)).count();
    assert!(quoted > 100 && texts.len() > 1000, "{quoted} of {} texts quote the token", texts.len());
    assert!(ANSWERED.load(Ordering::SeqCst) > 200);
    for level in ["Error: ", "Warning: ", "Info: ", "Debug: "] {
        assert!(texts.iter().any(|text| text.starts_with(level)), "the log has no {level}");
    }
}

/// A deployment whose server answers predictions with this text as an error's message.
fn saying(text: impl Fn(&str) -> String + Send + Sync + 'static) -> String {
    common::deployment(move |request, stream| {
        let token = request.header("authorization").unwrap().strip_prefix("Bearer ").unwrap();
        let said = text(token).replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let body = format!("{{\"errorCode\": \"BadData\", \"errorMessage\": \"{said}\"}}");
        reply(stream, "400 Bad", &body)
    })
}

fn refusal(url: &str, options: &Options, token: &str) -> Error {
    let deployment = Deployment::open(url, token, options).unwrap();
    deployment.predict(&numbers(&deployment, 1)).err().unwrap()
}

fn plain_options() -> Options {
    let mut options = Options::default();
    options.set_proxy("").unwrap();
    options
}

/// Writes the token in another way.
type Spelling = Box<dyn Fn(&str) -> String + Send + Sync>;

#[test]
fn the_token_is_not_quoted_in_any_spelling() {
    let token = "Abc.Def-123~xyz_9";
    let each =
        |write: fn(char) -> String| move |token: &str| -> String { token.chars().map(write).collect() };
    let spellings: [Spelling; 10] = [
        Box::new(|token| token.to_uppercase()),
        Box::new(|token| token[3..9].to_owned()),
        Box::new(each(|c| format!("%{:02x}", u32::from(c)))),
        Box::new(each(|c| format!("\\u{:04x}", u32::from(c)))),
        Box::new(each(|c| format!("&#x{:x};", u32::from(c)))),
        Box::new(each(|c| format!("{c} "))),
        Box::new(each(|c| format!("{c}\n-"))),
        Box::new(each(|c| format!("{:02x}", u32::from(c)))),
        Box::new(|_| "QmVhcmVyIEFiYy5EZWYtMTIzfnh5el85".to_owned()),
        Box::new(|_| "see ZXIgQWJjLkRlZi0xMjN-eHl6Xzk, it says".to_owned()),
    ];
    for (number, spelling) in spellings.into_iter().enumerate() {
        let error = refusal(&saying(spelling), &plain_options(), token);
        assert!(error.to_string().ends_with(&format!("BadData: {LEFT_OUT}")), "{number}: {error}");
        assert_eq!((error.server_code(), error.server_message()), (Some("BadData"), Some(LEFT_OUT)));
    }
    let error = refusal(&saying(|_| "no row 3: see Abc.D".to_owned()), &plain_options(), token);
    assert!(error.to_string().ends_with("status 400: BadData: no row 3: see Abc.D"), "{error}");
}

#[test]
fn the_tokens_of_a_callback_are_not_quoted_later() {
    let number = AtomicUsize::new(0);
    let mut options = plain_options();
    options.set_token_source(move |_| {
        let names = ["the-first-one", "another-secret", "something-else"];
        Ok(names[number.fetch_add(1, Ordering::SeqCst).min(2)].to_owned())
    });
    let url = saying(|token| if token == "something-else" { "not first-one" } else { "well" }.to_owned());
    let deployment = Deployment::open(&url, "unused", &options).unwrap();
    let ask = || deployment.predict(&numbers(&deployment, 1)).err().unwrap();
    assert_eq!(ask().server_message(), Some("well"));
    assert_eq!(ask().server_message(), Some(LEFT_OUT));
}

#[test]
fn short_and_common_tokens_do_not_touch_our_own_words() {
    for token in ["Token", "t", "the", "Error", "status", "answered", "BadData"] {
        let error = refusal(&saying(|token| format!("not {token}")), &plain_options(), token);
        let expected = format!("the server answered with status 400: BadData: {LEFT_OUT}");
        assert!(error.to_string().ends_with(&expected), "{token}: {error}");
        assert_eq!(error.server_code(), Some("BadData"));
        let error = refusal(&saying(|_| "no row 5".to_owned()), &plain_options(), token);
        assert!(error.to_string().ends_with("status 400: BadData: no row 5"), "{token}: {error}");
    }
}

/// A deployment of the Deployment API with this document, which answers predictions with this body.
fn answering(document: String, body: String) -> String {
    let address = listen(move |mut stream| {
        while let Some(request) = read_request(&mut stream) {
            reply(&mut stream, "200 OK", if request.is_post() { &body } else { &document });
        }
    });
    format!("http://{address}/deployment/x/forward")
}

#[test]
fn a_feature_named_by_the_token_is_not_named_in_messages() {
    let url = answering(DESCRIBE.replace("\"in\"", "\"my 5ome-t0ken\""), "{}".to_owned());
    let deployment = Deployment::open(&url, "5ome-t0ken", &plain_options()).unwrap();
    let mut rows = deployment.rows();
    for error in [rows.add_number("other", 1.0).unwrap_err(), rows.add_text(0, "x").unwrap_err()] {
        assert!(error.to_string().contains(LEFT_OUT) && !error.to_string().contains("t0ken"), "{error}");
    }
}

#[test]
fn an_output_named_by_the_token_is_not_named_in_messages() {
    for (row, said) in [
        (r#"{"my 5ome-t0ken": 1, "my 5ome-t0ken": 2}"#, "the output is a duplicate"),
        (r#"{"my 5ome-t0ken": null}"#, "the output is numeric [1]"),
        (r#"{"my 5ome-t0ken": 1e999}"#, "is beyond a 64-bit float"),
        ("{}", "the response lacks this output"),
    ] {
        let body = format!(r#"{{"rows": [{row}]}}"#);
        let url = answering(DESCRIBE.replace("\"out\"", "\"my 5ome-t0ken\""), body);
        let error = refusal(&url, &plain_options(), "5ome-t0ken");
        assert!(error.to_string().contains(said) && error.to_string().contains(LEFT_OUT), "{error}");
        assert!(!format!("{error} {error:?}").contains("t0ken"), "{error}");
    }
}

/// The date of a token, which is a number as servers send them.
const DATE: usize = 20_240_917;
const DATED: &str = "ab-20240917";

fn tensor(datatype: &str, shape: Value) -> Value {
    json!({"name": "y", "datatype": datatype, "shape": shape})
}

/// A model of the Open Inference Protocol with these tensors. It answers predictions with this output, and
/// with so many bytes behind the JSON.
fn model(input: &Value, output: &Value, answer: &Value, bytes: usize) -> String {
    let input = json!({"name": "in", "datatype": "FP32", "shape": input});
    let metadata = json!({"inputs": [input], "outputs": [output]}).to_string();
    let mut body = json!({"outputs": [answer]}).to_string();
    let header = format!("Inference-Header-Content-Length: {}", body.len());
    body.push_str(&"\0".repeat(bytes));
    let address = listen(move |mut stream| {
        while let Some(request) = read_request(&mut stream) {
            let document = if request.head[0].contains("/v2/models/m ") { &metadata } else { "{}" };
            match request.is_post() {
                true if bytes > 0 => reply(&mut stream, &format!("200 OK\r\n{header}"), &body),
                true => reply(&mut stream, "200 OK", &body),
                false => reply(&mut stream, "200 OK", document),
            };
        }
    });
    format!("http://{address}/v2/models/m")
}

/// Checks that a message says this, and shows nothing of the token.
fn hides_the_date(error: &Error, said: &str) {
    let text = shown(error);
    assert!(!text.contains("240917"), "{text}");
    assert!(text.contains(LEFT_OUT) && text.contains(said), "{text} instead of {said}");
}

#[test]
fn a_number_of_the_token_is_not_quoted_from_a_tensor() {
    let output = |datatype, shape, data| {
        let mut output = tensor(datatype, shape);
        output["data"] = data;
        output
    };
    let binary = |shape, size| {
        let mut output = tensor("FP32", shape);
        output["parameters"] = json!({"binary_data_size": size});
        output
    };
    let huge = 1u64 << 40;
    for (declared, answer, bytes, said) in [
        (
            tensor("FP32", json!([-1])),
            output("FP32", json!([DATE]), json!([])),
            0,
            "rows were sent, and the shape",
        ),
        (tensor("FP32", json!([-1, 2])), output("FP32", json!([1, DATE]), json!([])), 0, " a row, and "),
        (
            tensor("FP32", json!([-1, -1, -1])),
            output("FP32", json!([1, DATE, huge]), json!([])),
            0,
            "which is larger than memory",
        ),
        (
            tensor("FP32", json!([-1, -1])),
            output("FP32", json!([1, DATE]), json!([1])),
            0,
            "has only 1 elements where",
        ),
        (
            tensor("FP32", json!([-1, -1, -1])),
            output("FP32", json!([1, 2, DATE]), json!([[[1], [2]]])),
            0,
            "a list at depth 2 has the length 1, but the shape",
        ),
        (
            tensor("INT8", json!([-1])),
            output("INT8", json!([1]), json!([DATE])),
            0,
            "does not fit INT8, which holds",
        ),
        (
            tensor("INT8", json!([-1])),
            output("INT8", json!([1]), json!([20240917.5])),
            0,
            "is not a whole number",
        ),
        (
            tensor("FP16", json!([-1])),
            output("FP16", json!([1]), json!([DATE])),
            0,
            "does not fit FP16: it is too large",
        ),
        (
            tensor("FP32", json!([-1])),
            binary(json!([1]), DATE),
            0,
            " bytes follow the JSON, but its outputs have ",
        ),
        (tensor("FP32", json!([-1, -1])), binary(json!([1, DATE]), 4), 4, "has 4 bytes for"),
        (tensor("FP32", json!([-1, DATE])), output("FP32", json!([1, 3]), json!([])), 0, " a row, and "),
    ] {
        let url = model(&json!([-1]), &declared, &answer, bytes);
        hides_the_date(&refusal(&url, &plain_options(), DATED), said);
    }
    let mut options = plain_options();
    options.set_model_description(r#"{"outputs": [{"name": "y", "type": "image"}]}"#).unwrap();
    let answer = output("UINT8", json!([1, 0, DATE, 3]), json!([]));
    let url = model(&json!([-1]), &tensor("UINT8", json!([-1, -1, -1, 3])), &answer, 0);
    hides_the_date(&refusal(&url, &options, DATED), "pixels came back");
}

#[test]
fn a_number_of_the_token_is_not_quoted_from_metadata() {
    let refused = |input: Value, output: &Value, description: &str| {
        let mut options = plain_options();
        options.set_model_description(description).unwrap();
        Deployment::open(&model(&input, output, &json!({}), 0), DATED, &options).unwrap_err()
    };
    for (input, shape, said) in [
        (json!([-1]), json!([DATE]), "without an axis for rows"),
        (json!([-1, DATE, 1u64 << 62]), json!([-1]), "which is larger than memory"),
    ] {
        hides_the_date(&refused(input, &tensor("FP32", shape), "{}"), said);
    }
    let binary = r#"{"outputs": [{"name": "y", "type": "binary"}]}"#;
    hides_the_date(
        &refused(json!([-1]), &tensor("FP32", json!([-1, DATE])), binary),
        "but a binary tensor is",
    );
    let image = r#"{"inputs": [{"name": "in", "type": "image"}]}"#;
    for shape in [json!([-1, 2, 2, DATE]), json!([-1, DATE, 2, 3])] {
        hides_the_date(&refused(shape, &tensor("FP32", json!([-1])), image), "but an image has ");
    }
    let two = r#"{"inputs": [{"name": "in"}, {"name": "more", "datatype": "FP32", "shape": [-1]}]}"#;
    hides_the_date(&refused(json!([DATE]), &tensor("FP32", json!([-1])), two), "\" has the shape");
}

#[test]
fn a_number_of_the_token_is_not_quoted_from_an_array() {
    let document = DESCRIBE.replace(
        r#""out": {"x-peltarion": {"type": "numeric", "shape": [1]"#,
        r#""out": {"x-peltarion": {"type": "numeric", "shape": [-1]"#,
    );
    let body = format!(r#"{{"rows": [{{"out": {{"shape": [{DATE}], "data": [1]}}}}]}}"#);
    let error = refusal(&answering(document, body), &plain_options(), DATED);
    hides_the_date(&error, "1 values, but the shape");
}

#[test]
fn a_declared_shape_that_holds_the_token_is_not_shown() {
    let url = model(&json!([-1, DATE]), &tensor("FP32", json!([-1])), &json!({}), 0);
    let deployment = Deployment::open(&url, DATED, &plain_options()).unwrap();
    let mut rows = deployment.rows();
    let array = Array::of(&[2], &[1.0f32, 2.0]).unwrap();
    hides_the_date(&rows.add_array("in", &array).unwrap_err(), "expected an array of shape ");
    hides_the_date(&rows.add_text("in", "a").unwrap_err(), "is numeric ");
    for (shape, said) in [([2], "of the shape [2], expected "), ([DATE], "but 1 rows take ")] {
        let column = InputColumn::Arrays { dtype: DType::F32, bytes: &[0; 8], shape: &shape };
        hides_the_date(&rows.add_columns(1, &[("in", column)]).unwrap_err(), said);
    }
    let document = DESCRIBE.replace(
        r#""out": {"x-peltarion": {"type": "numeric", "shape": [1]"#,
        &format!(r#""out": {{"x-peltarion": {{"type": "numeric", "shape": [{DATE}, -1]"#),
    );
    for (value, said) in [
        (r#"{"shape": [2, 2], "data": []}"#, ", but the output has "),
        (r#"{"shape": [2, 2, 2], "data": []}"#, " dimensions, but the output has "),
        ("true", "the output is numeric "),
    ] {
        let body = format!(r#"{{"rows": [{{"out": {value}}}]}}"#);
        hides_the_date(&refusal(&answering(document.clone(), body), &plain_options(), DATED), said);
    }
}
