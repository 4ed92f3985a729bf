//! The pages for people: which deployments there are, and the deployment view of each.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use serde_json::{Map, Value, json};

use crate::deployment::{
    Category, Deployment, FREE, FeatureType, Input, InputKind, Output, OutputKind, TextEncoding,
};
use crate::served::Served;
use crate::tensor::{Datatype, Signature, TensorSpec};
use crate::{data_url, image, npy};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Nothing from elsewhere is loaded, nothing written inside the page runs.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; \
                      form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// An array of more values is of no use on a command line or in a text field.
const LARGEST_ARRAY: usize = 512;

pub async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

pub async fn script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT).into_response()
}

/// Whether the page was asked for by a name of this very machine, exactly as its own URL has it. Another name
/// that leads here is that of a foreign site, which could read what the page holds.
pub fn asked_locally(uri: &Uri, headers: &HeaderMap, port: u16) -> bool {
    let is_local = |host: &str| {
        let name = host.strip_suffix(&format!(":{port}"));
        let name = name.or_else(|| (port == 80).then_some(host));
        matches!(name, Some("127.0.0.1" | "localhost" | "[::1]"))
    };
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    // A proxy's form of a request names the host in its first line too.
    host.to_str().is_ok_and(is_local) && uri.authority().is_none_or(|authority| is_local(authority.as_str()))
}

/// The list of deployments.
pub fn index(served: &[Arc<Served>]) -> String {
    page(
        "Deployments",
        html! {
            h1 { "Deployments" }
            ul.deployments {
                @for served in served {
                    @let deployment = &served.deployment;
                    li {
                        a href={"/deployment/" (deployment.id)} { (deployment.title) }
                        (state(deployment))
                        @if !deployment.description.is_empty() { div.soft { (deployment.description) } }
                        @if served.trouble().is_some() { div.warning { "a newer version is broken" } }
                    }
                }
            }
        },
    )
}

/// The deployment view; without a token to show, people fill in theirs.
pub fn view(served: &Served, base: &str, show_token: bool) -> String {
    let deployment = &served.deployment;
    let url = format!("{base}{}", deployment.path());
    let token = deployment.tokens.first().filter(|_| show_token).map_or("", String::as_str);
    page(
        &deployment.title,
        html! {
            p { a href="/" { "Deployments" } }
            h1 { (deployment.title) (state(deployment)) }
            p.soft { (deployment.description) }
            (trouble(served, show_token))
            (assumed(served))
            (notes(served))
            dl {
                dt { "URL" } dd { code { (url) } }
                dt { "Token" } dd { @if show_token { code { (token) } } @else { "as printed when the server started" } }
                @if deployment.has_features() {
                    dt { "Open Inference Protocol" } dd { code { (base) "/v2/models/" (deployment.id) } }
                }
                @if let Some(held_out) = &deployment.held_out { (measured(held_out)) }
            }
            @if deployment.has_features() { (features(deployment, &url, token)) }
            @else { (tensors(served.model.signature(), &url, token)) }
        },
    )
}

/// Why the newest version of the files is not what is served. The reason names files, so it is for people at
/// this machine alone.
fn trouble(served: &Served, is_local: bool) -> Markup {
    html! {
        @if let Some(problem) = served.trouble() {
            section.warning {
                h2 { "The files have changed, but the new version is broken" }
                p { "The version before keeps serving." }
                @if is_local { pre { (problem) } } @else { p { "The server's standard error says why." } }
            }
        }
    }
}

/// What a wrong prediction may come from.
fn assumed(served: &Served) -> Markup {
    let model = served.deployment.model.file_name().unwrap_or_default().to_string_lossy();
    html! {
        @if !served.assumed.is_empty() {
            section.warning {
                h2 { "Assumed, because the model does not say" }
                ul { @for line in &served.assumed { li { (line) } } }
                p {
                    "If one of these is wrong, so are the predictions. "
                    code { "sidekick-server init " (model) }
                    " writes them to a deployment.json, to be corrected there."
                }
            }
        }
    }
}

/// What showed when the model was tried at start.
fn notes(served: &Served) -> Markup {
    html! {
        @if !served.model.notes.is_empty() {
            section {
                h2 { "Seen when the model was tried" }
                ul { @for line in &served.model.notes { li { (line) } } }
            }
        }
    }
}

/// The inputs and outputs of the Deployment API.
fn features(deployment: &Deployment, url: &str, token: &str) -> Markup {
    html! {
        h2 { "Inputs" }
        (table(deployment.inputs.iter().map(input_cells)))
        h2 { "Outputs" }
        (table(deployment.outputs.iter().map(output_cells)))
        h2 { "From the command line" }
        pre { code { (call(deployment, url, token)) } }
        h2 { "Try it" }
        (form(deployment, token))
        output id="answer" data-url={"/deployment/" (deployment.id) "/forward"} {}
        script src="/page.js" {}
    }
}

/// The inputs and outputs of the Open Inference Protocol, for a deployment without features.
fn tensors(signature: &Signature, url: &str, token: &str) -> Markup {
    html! {
        p { "The deployment has no features: it answers the Open Inference Protocol alone." }
        h2 { "Inputs" }
        (table(signature.inputs.iter().map(tensor_cells)))
        h2 { "Outputs" }
        (table(signature.outputs.iter().map(tensor_cells)))
        h2 { "From the command line" }
        pre { code { (command(&format!("{url}/infer"), token, &example_request(signature))) } }
    }
}

fn tensor_cells(spec: &TensorSpec) -> Cells {
    let size = |size: &i64| if *size < 0 { "any".to_owned() } else { size.to_string() };
    let sizes: Vec<String> = spec.wire_shape().iter().map(size).collect();
    [spec.name.clone(), spec.datatype.name().to_owned(), sizes.join(" × "), String::new()]
}

/// Tensors of zeros, every free size 1, if they are short enough to be shown.
fn example_request(signature: &Signature) -> String {
    let input = |spec: &TensorSpec| {
        let shape: Vec<usize> = spec.sizes().iter().map(|size| size.fixed().unwrap_or(1)).collect();
        let count = shape.iter().product();
        let zero = match spec.datatype {
            Datatype::Bool => json!(false),
            Datatype::Bytes => json!(""),
            _ => json!(0),
        };
        let data = (count <= LARGEST_ARRAY && spec.datatype.is_in_json()).then(|| vec![zero; count])?;
        Some(json!({"name": spec.name, "shape": shape, "datatype": spec.datatype.name(), "data": data}))
    };
    let inputs: Option<Vec<Value>> = signature.inputs.iter().map(input).collect();
    inputs.map_or("@request.json".to_owned(), |inputs| json!({"inputs": inputs}).to_string())
}

fn page(title: &str, body: Markup) -> String {
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="stylesheet" href="/page.css";
            }
            body { (body) }
        }
    };
    document.into_string()
}

/// The response that carries a page.
pub fn respond(page: Bytes) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (headers, page).into_response()
}

fn state(deployment: &Deployment) -> Markup {
    match deployment.enabled {
        true => html! { span.state.enabled { "enabled" } },
        false => html! { span.state { "not enabled" } },
    }
}

/// The figures of a held-out set, if they are in the expected place.
fn measured(held_out: &Value) -> Markup {
    let rows = held_out["rows"].as_u64().unwrap_or_default();
    let metrics = held_out["metrics"].as_object().into_iter().flatten();
    html! {
        @for (name, value) in metrics {
            dt { (name) } dd { (value) span.soft { " on " (rows) " held-out rows" } }
        }
    }
}

/// The cells of a feature's line: name, type, shape, values.
type Cells = [String; 4];

fn table(lines: impl Iterator<Item = Cells>) -> Markup {
    html! {
        table {
            tr { th { "Name" } th { "Type" } th { "Shape" } th { "Values" } }
            @for cells in lines { tr { @for cell in cells { td { (cell) } } } }
        }
    }
}

fn input_cells(input: &Input) -> Cells {
    let values = match &input.kind {
        InputKind::Categorical(categories, _) | InputKind::Binary(categories, _) => {
            names(categories.list()).join(", ")
        }
        InputKind::Text(TextEncoding::Date(..)) => "a date".to_owned(),
        _ => String::new(),
    };
    let values = match &input.fill {
        Some(fill) if values.is_empty() => format!("left out: {fill}"),
        Some(fill) => format!("{values}; left out: {fill}"),
        None => values,
    };
    cells(&input.name, input.feature_type(), &input.shape, values)
}

fn output_cells(output: &Output) -> Cells {
    let values = match &output.kind {
        OutputKind::Categorical(categories) => names(categories).join(", "),
        OutputKind::Text(labels) => labels.join(", "),
        OutputKind::Array(array) => array.columns.join(", "),
        _ => String::new(),
    };
    cells(&output.name, output.feature_type(), &output.shape, values)
}

fn cells(name: &str, feature_type: FeatureType, shape: &[usize], values: String) -> Cells {
    let size = |&size: &usize| if size == FREE { "any".to_owned() } else { size.to_string() };
    let sizes: Vec<String> = shape.iter().map(size).collect();
    [name.to_owned(), format!("{feature_type:?}").to_lowercase(), sizes.join(" × "), values]
}

fn names(categories: &[Category]) -> Vec<String> {
    categories.iter().map(Category::name).collect()
}

/// A curl call that works as pasted.
fn call(deployment: &Deployment, url: &str, token: &str) -> String {
    let row = example_row(deployment);
    command(url, token, &row.map_or("@rows.json".to_owned(), |row| json!({"rows": [row]}).to_string()))
}

/// The curl call that posts a body, or a file of that name.
fn command(url: &str, token: &str, body: &str) -> String {
    let token = if token.is_empty() { "TOKEN" } else { token };
    [
        format!("curl {url}"),
        format!("--header {}", quote(&format!("Authorization: Bearer {token}"))),
        "--header 'Content-Type: application/json'".to_owned(),
        format!("--data {}", quote(body)),
    ]
    .join(" \\\n  ")
}

/// One word of a shell's command line.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A value for each feature, if all are short enough to be shown.
pub fn example_row(deployment: &Deployment) -> Option<Map<String, Value>> {
    let example = |input: &Input| Some((input.name.clone(), example(input, deployment.tensorjson)?));
    deployment.inputs.iter().map(example).collect()
}

/// A value the input takes, if one is short enough to be shown.
fn example(input: &Input, tensorjson: bool) -> Option<Value> {
    let value = match &input.kind {
        InputKind::Number(_) => json!(example_number(input)),
        InputKind::Categorical(categories, _) | InputKind::Binary(categories, _) => {
            json!(categories.list()[0])
        }
        InputKind::Text(TextEncoding::Date(..)) => json!("2024-05-17"),
        InputKind::Text(_) => json!("some text"),
        InputKind::Image { .. } => json!(image::grey_pixel()),
        InputKind::Array(_) => array(&input.shape, tensorjson)?,
    };
    Some(value)
}

/// A number that has a logarithm, if it needs one.
fn example_number(input: &Input) -> u8 {
    match &input.kind {
        InputKind::Number(transform) => u8::from(transform.log.is_some()),
        _ => 0,
    }
}

fn array(shape: &[usize], tensorjson: bool) -> Option<Value> {
    let size = shape.iter().product();
    let zeros = (size <= LARGEST_ARRAY).then(|| vec![0.0f32; size])?;
    Some(match tensorjson {
        true => json!({"shape": shape, "data": zeros}),
        false => json!(data_url::format(data_url::NPY, &npy::write(shape, &zeros))),
    })
}

/// The form posts a single example as multipart/form-data, a field per feature.
fn form(deployment: &Deployment, token: &str) -> Markup {
    html! {
        form id="try" {
            @for input in &deployment.inputs { label { (input.name) (field(input, deployment.tensorjson)) } }
            label { "Token" input id="token" type="password" autocomplete="off" value=(token); }
            button { "Predict" }
        }
    }
}

fn field(input: &Input, tensorjson: bool) -> Markup {
    let name = &input.name;
    match &input.kind {
        InputKind::Number(_) => {
            html! { input name=(name) inputmode="decimal" value=(example_number(input)); }
        }
        InputKind::Text(_) => html! { textarea name=(name) rows="2" {} },
        InputKind::Image { .. } => html! { input name=(name) type="file" accept="image/png, image/jpeg"; },
        InputKind::Array(_) => match array(&input.shape, tensorjson).filter(|_| tensorjson) {
            Some(zeros) => html! { textarea name=(name) rows="3" { (zeros) } },
            None => html! { input name=(name) type="file" accept=".npy"; },
        },
        InputKind::Categorical(categories, _) | InputKind::Binary(categories, _) => html! {
            select name=(name) { @for category in names(categories.list()) { option value=(category) { (category) } } }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_names_of_this_machine_are_local() {
        let asked = |uri: &str, hosts: &[&str], port| {
            let hosts = hosts.iter().map(|host| (header::HOST, host.parse().unwrap()));
            let mut headers = HeaderMap::new();
            for (name, host) in hosts {
                headers.append(name, host);
            }
            asked_locally(&uri.parse().unwrap(), &headers, port)
        };
        for host in ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"] {
            assert!(asked("/", &[host], 8000), "{host}");
            assert!(asked(&format!("http://{host}/"), &[host], 8000), "{host}");
            assert!(!asked("http://example.org:8000/", &[host], 8000), "{host}");
            assert!(!asked("/", &[host], 80), "{host}");
            assert!(!asked("/", &[host, host], 8000), "{host}");
        }
        assert!(asked("/", &["localhost"], 80) && asked("/", &["localhost:80"], 80));
        for host in [
            "",
            "localhost",
            "localhost:80",
            "localhost:08000",
            "LOCALHOST:8000",
            "localhost.:8000",
            "127.1.2.3:8000",
            "127.1:8000",
            "::1:8000",
            "[::2]:8000",
            "[::1%lo]:8000",
            "example.org:8000",
            "localhost.example.org:8000",
            "user@localhost:8000",
            "localhost:8000,localhost:8000",
        ] {
            assert!(!asked("/", &[host], 8000), "{host}");
        }
        assert!(!asked("/", &[], 8000));
    }

    #[test]
    fn a_quote_in_a_shell_word_is_written_out() {
        assert_eq!(quote("it's"), r"'it'\''s'");
    }
}
