//! The pages for people: which deployments there are, and the deployment view of each.

mod calls;
mod examples;
mod playground;
mod tables;

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use serde_json::{Map, Value, json};

use crate::deployment::Deployment;
use crate::served::Served;
use crate::switches::Switches;
use crate::tensor::{Datatype, Signature, TensorSpec};
use examples::Row;

/// The style and the scripts of the pages, by their file names.
const FILES: &[(&str, &str)] = &[
    ("page.css", include_str!("page.css")),
    ("page.js", include_str!("page.js")),
    ("live.js", include_str!("live.js")),
    ("playground.js", include_str!("playground.js")),
    ("fields.js", include_str!("fields.js")),
    ("answer.js", include_str!("answer.js")),
    ("npy.js", include_str!("npy.js")),
    ("rows.js", include_str!("rows.js")),
];

/// Nothing from elsewhere is loaded, nothing written inside the page runs.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      img-src data: blob:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// A tensor of more values is of no use on a command line.
const LARGEST_TENSOR: usize = 512;

/// A file of the pages.
pub fn file(name: &str) -> Option<Response> {
    let (_, content) = FILES.iter().find(|(known, _)| *known == name)?;
    let media =
        if name.ends_with(".css") { "text/css; charset=utf-8" } else { "text/javascript; charset=utf-8" };
    Some(([(header::CONTENT_TYPE, media)], *content).into_response())
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

/// Whether a browser asks: programs do not name HTML.
pub fn is_wanted(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html"))
}

/// The list of deployments.
pub fn index(served: &[Arc<Served>], switches: &Switches) -> String {
    page("Deployments", html! { h1 { "Deployments" } (list(served, switches)) })
}

/// There is no such deployment; these there are.
pub fn missing(problem: &str, served: &[Arc<Served>], switches: &Switches) -> String {
    page(
        "Not found",
        html! {
            h1 { "Not found" }
            p { (problem) }
            h2 { "Deployments" }
            (list(served, switches))
        },
    )
}

fn list(served: &[Arc<Served>], switches: &Switches) -> Markup {
    html! {
        ul.deployments {
            @for served in served {
                @let deployment = &served.deployment;
                li {
                    a href={"/deployment/" (deployment.id)} { (deployment.title) }
                    (state(switches.is_enabled(deployment)))
                    @if !deployment.description.is_empty() { div.soft { (deployment.description) } }
                    @if served.trouble().is_some() { div.warning { "a newer version is broken" } }
                    div.soft { "engine: " (served.model.engine()) }
                    div data-recent=(deployment.id) {}
                }
            }
        }
        script type="module" src="/page/live.js" {}
    }
}

/// What a page of a deployment depends on, beside the deployment.
pub struct Shown {
    pub show_token: bool,
    pub enabled: bool,
    pub can_switch: bool,
}

/// The deployment view; without a token to show, people fill in theirs.
pub fn view(served: &Served, base: &str, shown: &Shown) -> String {
    let show_token = shown.show_token;
    let deployment = &served.deployment;
    let url = format!("{base}{}", deployment.path());
    let token = deployment.tokens.first().filter(|_| show_token).map_or("", String::as_str);
    page(
        &deployment.title,
        html! {
            nav { a href="/" { "Deployments" } }
            h1 { (deployment.title) (state(shown.enabled)) }
            p.soft { (deployment.description) }
            (trouble(served, show_token))
            (assumed(served))
            (notes(served))
            dl {
                dt { "URL" } dd { code data-copy { (url) } }
                dt { "Token" }
                dd {
                    @if show_token { code.secret data-copy { (token) } }
                    @else { "as printed when the server started" }
                }
                @if deployment.has_features() {
                    dt { "Open Inference Protocol" }
                    dd { code data-copy { (base) "/v2/models/" (deployment.id) } }
                }
                @if let Some(held_out) = &deployment.held_out { (measured(held_out)) }
            }
            @if deployment.has_features() { (features(deployment, &url, token)) }
            @else { (tensors(served.model.signature(), &url, token)) }
            h2 { "Last hour" }
            div data-recent=(deployment.id) data-bars {}
            @if shown.can_switch { (switch(deployment, shown.enabled)) }
            script type="module" src="/page/live.js" {}
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

/// The inputs and outputs of the Deployment API, calls, and the form.
fn features(deployment: &Deployment, url: &str, token: &str) -> Markup {
    let row = Row::of(deployment);
    html! {
        (playground::section(deployment, &row, token))
        (tables::inputs(deployment))
        (tables::outputs(deployment))
        h2 { "Call it" }
        (calls::section(deployment, &row, url, token))
    }
}

/// The inputs and outputs of the Open Inference Protocol, for a deployment without features.
fn tensors(signature: &Signature, url: &str, token: &str) -> Markup {
    let token = if token.is_empty() { "TOKEN" } else { token };
    let call = calls::curl_of(&format!("{url}/infer"), token, &example_request(signature));
    html! {
        p { "The deployment has no features: it answers the Open Inference Protocol alone." }
        (tables::tensors(signature))
        h2 { "Call it" }
        (calls::program("curl", &call, &calls::within_shell_quotes(token)))
    }
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
        let data = (count <= LARGEST_TENSOR && spec.datatype.is_in_json()).then(|| vec![zero; count])?;
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
                link rel="stylesheet" href="/page/page.css";
                script type="module" src="/page/page.js" {}
            }
            body { main { (body) } }
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

/// The form that enables or disables the deployment.
fn switch(deployment: &Deployment, enabled: bool) -> Markup {
    html! {
        h2 { "Switch" }
        form id="switch" data-url={"/deployment/" (deployment.id) "/enabled"} data-enable=(!enabled) {
            div.field {
                label for="admin-token" { "Admin token" }
                input id="admin-token" type="password" autocomplete="off";
            }
            button { @if enabled { "Disable" } @else { "Enable" } }
            output role="status" {}
        }
    }
}

fn state(enabled: bool) -> Markup {
    match enabled {
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

/// An example in the form of the Deployment API, if all of its values are short.
pub fn example_row(deployment: &Deployment) -> Option<Map<String, Value>> {
    Row::of(deployment).features()
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
}
