//! The form that tries a deployment: a field for each input, which the scripts bring to life.

use maud::{Markup, html};
use serde_json::Value;

use super::examples::{Row, range};
use super::tables::names;
use crate::deployment::{Deployment, FREE, Input, InputKind, TextEncoding};

/// More categories are searched by their beginning, not listed.
const MOST_LISTED: usize = 20;

pub fn section(deployment: &Deployment, row: &Row, token: &str) -> Markup {
    // Who draws wants to see the answer change. Without a token each stroke would be refused.
    let is_image = |input: &Input| matches!(input.kind, InputKind::Image { .. });
    let follows = !token.is_empty() && deployment.inputs.iter().any(is_image);
    html! {
        section.playground id="try" {
            h2 { "Try it" }
            form id="form" data-url={"/deployment/" (deployment.id) "/forward"} {
                @for (place, (input, value)) in deployment.inputs.iter().zip(&row.values).enumerate() {
                    (field(deployment, input, value, place))
                }
                div.field {
                    label for="token" { "Token" }
                    input id="token" type="password" autocomplete="off" value=(token);
                }
                div.actions {
                    button { "Predict" }
                    label.inline { input id="live" type="checkbox" checked[follows]; " at each change" }
                }
            }
            output id="answer" aria-live="polite" {}
        }
        @if deployment.inputs.iter().all(fits_a_cell) { (rows()) }
        script type="module" src="/page/playground.js" {}
    }
}

/// Whether a cell of a CSV file can hold a value of the input.
fn fits_a_cell(input: &Input) -> bool {
    !matches!(input.kind, InputKind::Image { .. } | InputKind::Array(_))
}

/// Several rows, from a CSV file.
fn rows() -> Markup {
    html! {
        section id="rows" {
            h2 { "Many rows" }
            p { "Drop a CSV file here, or choose one. Its first line names the inputs." }
            div.field {
                label for="csv" { "CSV file" }
                input id="csv" type="file" accept=".csv,text/csv";
            }
            div id="progress" role="status" {}
            div.wide id="results" {}
        }
    }
}

fn field(deployment: &Deployment, input: &Input, value: &Value, place: usize) -> Markup {
    let id = format!("input-{place}");
    let name = &input.name;
    match &input.kind {
        InputKind::Number(_) => number(name, &id, value, range(deployment, input)),
        InputKind::Text(encoding) => html! {
            div.field data-feature=(name) data-kind="text" {
                label for=(id) { (name) }
                @if matches!(encoding, TextEncoding::Date(..)) {
                    input id=(id) data-value value=(plain(value));
                } @else {
                    textarea id=(id) data-value rows="2" { (plain(value)) }
                }
            }
        },
        InputKind::Image { .. } => image(name, &id, &input.shape),
        InputKind::Array(_) => array(name, &id, value, &input.shape),
        InputKind::Categorical(categories, _) | InputKind::Binary(categories, _) => {
            category(name, &id, &plain(value), &names(categories.list()))
        }
    }
}

fn number(name: &str, id: &str, value: &Value, range: Option<[f64; 2]>) -> Markup {
    html! {
        div.field data-feature=(name) data-kind="number" {
            label for=(id) { (name) }
            div.pair {
                input id=(id) data-value inputmode="decimal" autocomplete="off" value=(plain(value));
                @if let Some([low, high]) = range {
                    @let label = format!("{name}, from {low} to {high}");
                    input type="range" min=(low) max=(high) step="any" value=(plain(value)) aria-label=(label);
                }
            }
        }
    }
}

fn category(name: &str, id: &str, value: &str, names: &[String]) -> Markup {
    html! {
        div.field data-feature=(name) data-kind="category" {
            label for=(id) { (name) }
            @if names.len() <= MOST_LISTED {
                select id=(id) data-value {
                    @for name in names { option value=(name) selected[name == value] { (name) } }
                }
            } @else {
                input id=(id) data-value list={(id) "-values"} autocomplete="off" value=(value);
                datalist id={(id) "-values"} { @for name in names { option value=(name) {} } }
            }
        }
    }
}

/// An image is drawn, dropped, pasted, chosen or taken by the camera.
fn image(name: &str, id: &str, shape: &[usize]) -> Markup {
    let size = |place: usize| shape.get(place).copied().filter(|&size| size != FREE).unwrap_or(0);
    html! {
        div.field.image data-feature=(name) data-kind="image" data-height=(size(0)) data-width=(size(1)) {
            label for=(id) { (name) }
            div.well tabindex="0" role="group" aria-label={(name) ": draw, drop, paste or choose an image"} {
                canvas.drawing {}
                img.chosen hidden alt="the chosen image";
                video.camera hidden muted playsinline {}
                p.hint { "Draw here, drop or paste an image, or choose a file." }
            }
            div.actions {
                input id=(id) type="file" accept="image/*";
                button.second type="button" data-do="clear" { "Clear" }
                button.second type="button" data-do="invert" { "Dark on light" }
                button.second type="button" data-do="camera" { "Camera" }
            }
        }
    }
}

fn array(name: &str, id: &str, value: &Value, shape: &[usize]) -> Markup {
    let sizes: Vec<String> =
        shape.iter().map(|&size| if size == FREE { "0".to_owned() } else { size.to_string() }).collect();
    let text = if value.is_object() { value.to_string() } else { String::new() };
    html! {
        div.field.array data-feature=(name) data-kind="array" data-shape=(sizes.join(",")) {
            label for=(id) { (name) }
            @if !text.is_empty() { textarea id=(id) data-value rows="3" spellcheck="false" { (text) } }
            div.actions {
                input id={(id) "-file"} type="file" accept=".npy" aria-label={(name) ", as a .npy file"};
            }
            div.preview {}
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
