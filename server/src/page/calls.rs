//! Calls of a deployment in several languages, to paste: each sends the example row and prints the result.

use maud::{Markup, html};
use serde_json::Value;

use super::examples::{IMAGE_FILE, NPY_FILE, Row};
use crate::deployment::{Deployment, Input, InputKind, Output, OutputKind};

/// A language and its program. The token is a part of its own, so that the page can mask it.
struct Call {
    id: &'static str,
    title: &'static str,
    text: String,
    /// The token as the language writes it.
    token: String,
}

/// What a call is made of.
struct Asked<'a> {
    deployment: &'a Deployment,
    row: &'a Row,
    url: &'a str,
    token: &'a str,
}

/// The calls as sections of which one is open.
pub fn section(deployment: &Deployment, row: &Row, url: &str, token: &str) -> Markup {
    let token = if token.is_empty() { "TOKEN" } else { token };
    let asked = Asked { deployment, row, url, token };
    let call =
        |id, title, text, word: fn(&str) -> String| Call { id, title, text, token: within(&word(token)) };
    let calls = [
        call("curl", "curl", curl(&asked), quote),
        call("python", "Python", python(&asked), json),
        call("c", "C", c(&asked), c_text),
        call("cpp", "C++", cpp(&asked), c_text),
        call("go", "Go", go(&asked), json),
    ];
    html! {
        @for call in &calls {
            details name="call" open[call.id == "curl"] {
                summary { (call.title) }
                (program(call.id, &call.text, &call.token))
            }
        }
    }
}

/// A text as the quotes of a shell hold it.
pub fn within_shell_quotes(text: &str) -> String {
    within(&quote(text))
}

/// A word without the quotes around it.
fn within(word: &str) -> String {
    word.get(1..word.len().saturating_sub(1)).unwrap_or_default().to_owned()
}

/// The text of a program, with the token in it masked. The token is as the program writes it.
pub fn program(id: &str, text: &str, token: &str) -> Markup {
    html! {
        pre.program id={"call-" (id)} data-copy { code {
            @for (place, part) in text.split(token).enumerate() {
                @if place > 0 { span.secret { (token) } }
                (part)
            }
        } }
    }
}

/// The curl call that posts a body, or a file of that name.
pub fn curl_of(url: &str, token: &str, body: &str) -> String {
    [
        format!("curl {url}"),
        format!("--header {}", quote(&format!("Authorization: Bearer {token}"))),
        "--header 'Content-Type: application/json'".to_owned(),
        format!("--data {}", quote(body)),
    ]
    .join(" \\\n  ")
}

fn curl(asked: &Asked) -> String {
    let body = asked.row.as_request().unwrap_or_else(|| "@rows.json".to_owned());
    curl_of(asked.url, asked.token, &body)
}

/// One word of a shell's command line.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn python(asked: &Asked) -> String {
    let inputs: Vec<String> =
        asked.inputs(|input, value| format!("    {}: {},\n", json(&input.name), python_value(input, value)));
    let numpy = asked.deployment.inputs.iter().any(|input| matches!(input.kind, InputKind::Array(_)));
    let import = if numpy { "import numpy\nimport sidekick" } else { "import sidekick" };
    format!(
        "{import}\n\nclient = sidekick.Deployment(url={}, token={})\n\
         row = {{\n{}}}\nprint(client.predict(row))\n",
        json(asked.url),
        json(asked.token),
        inputs.concat(),
    )
}

fn python_value(input: &Input, value: &Value) -> String {
    match (&input.kind, value) {
        (InputKind::Image(_), _) => json(IMAGE_FILE),
        (InputKind::Array(_), _) => format!("numpy.load({})", json(NPY_FILE)),
        (_, Value::Bool(value)) => if *value { "True" } else { "False" }.to_owned(),
        _ => value.to_string(),
    }
}

fn c(asked: &Asked) -> String {
    let adds: Vec<String> = asked.inputs(|input, value| {
        let name = c_text(&input.name);
        let call = match (&input.kind, value) {
            (InputKind::Number(_), _) => format!("number(rows, {name}, SIDEKICK_NUL, {value}"),
            (InputKind::Array(_), _) => {
                format!("npy_file(rows, {name}, SIDEKICK_NUL, {}, SIDEKICK_NUL", c_text(NPY_FILE))
            }
            (InputKind::Image(_), _) => {
                format!("image_file(rows, {name}, SIDEKICK_NUL, {}, SIDEKICK_NUL", c_text(IMAGE_FILE))
            }
            (InputKind::Text(_), value) => {
                format!("text(rows, {name}, SIDEKICK_NUL, {}, SIDEKICK_NUL", c_text(&plain(value)))
            }
            (_, Value::String(label)) => {
                format!("category(rows, {name}, SIDEKICK_NUL, {}, SIDEKICK_NUL", c_text(label))
            }
            (_, Value::Bool(value)) => {
                format!("binary(rows, {name}, SIDEKICK_NUL, {}", i32::from(*value))
            }
            (_, value) => format!("integer(rows, {name}, SIDEKICK_NUL, {value}"),
        };
        format!("        sidekick_rows_add_{call}, &error) == SIDEKICK_OK &&\n")
    });
    let reads: Vec<String> = asked.outputs(c_read);
    format!(
        r#"#include <sidekick.h>
#include <stdio.h>

int main(void) {{
    sidekick_deployment *deployment = NULL;
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions = NULL;
    sidekick_error *error = NULL;
    int status = 1;

    if (sidekick_deployment_open({}, SIDEKICK_NUL, {}, SIDEKICK_NUL,
                                 NULL, NULL, &deployment, &error) == SIDEKICK_OK &&
        sidekick_rows_new(deployment, &rows, &error) == SIDEKICK_OK &&
{}        sidekick_rows_end_row(rows, &error) == SIDEKICK_OK &&
        sidekick_deployment_predict(deployment, rows, NULL, &predictions, &error) == SIDEKICK_OK) {{
{}        status = error != NULL;
    }}
    if (error) fprintf(stderr, "%s\n", sidekick_error_message(error, NULL));
    sidekick_error_free(error);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
    return status;
}}
"#,
        c_text(asked.url),
        c_text(asked.token),
        adds.concat(),
        reads.concat(),
    )
}

/// The lines that print an output.
fn c_read(place: usize, output: &Output) -> String {
    let name = c_text(&output.name).replace('%', "%%");
    let (variables, call, print) = match &output.kind {
        OutputKind::Number(_) | OutputKind::Binary => {
            ("double number", "number(predictions, {}, 0, &number", "printf(NAME \": %g\\n\", number)")
        }
        OutputKind::Categorical(_) => (
            "const char *label; size_t length; double probability",
            "top(predictions, {}, 0, 0, &label, &length, &probability",
            "printf(NAME \": %s %.4f\\n\", label, probability)",
        ),
        OutputKind::Text(_) => (
            "const char *text; size_t length",
            "text(predictions, {}, 0, &text, &length",
            "printf(NAME \": %s\\n\", text)",
        ),
        OutputKind::Image(_) => (
            "",
            "save_image(predictions, {}, 0, \"output.png\", SIDEKICK_NUL",
            "printf(NAME \": output.png\\n\")",
        ),
        OutputKind::Array(_) => (
            "",
            "save_npy(predictions, {}, 0, \"output.npy\", SIDEKICK_NUL",
            "printf(NAME \": output.npy\\n\")",
        ),
    };
    let declared = if variables.is_empty() { String::new() } else { format!("{variables}; ") };
    let call = call.replace("{}", &place.to_string());
    let print = print.replace("NAME", &name);
    let call = format!("sidekick_predictions_{call}, &error)");
    format!("        {{ {declared}if (!error && {call} == SIDEKICK_OK) {print}; }}\n")
}

fn cpp(asked: &Asked) -> String {
    let adds: Vec<String> = asked.inputs(|input, value| {
        let name = c_text(&input.name);
        let call = match (&input.kind, value) {
            (InputKind::Number(_), value) => format!("number({name}, {value})"),
            (InputKind::Array(_), _) => format!("npy_file({name}, {})", c_text(NPY_FILE)),
            (InputKind::Image(_), _) => format!("image_file({name}, {})", c_text(IMAGE_FILE)),
            (InputKind::Text(_), value) => format!("text({name}, {})", c_text(&plain(value))),
            (_, Value::String(label)) => format!("category({name}, {})", c_text(label)),
            (_, Value::Bool(value)) => format!("binary({name}, {value})"),
            (_, value) => format!("integer({name}, {value})"),
        };
        format!("\n            .{call}")
    });
    let reads: Vec<String> = asked.outputs(|_, output| cpp_read(output));
    format!(
        r#"#include <sidekick.hpp>
#include <iostream>

int main() {{
    try {{
        const auto deployment = sidekick::Deployment::open({}, {});
        auto rows = deployment.rows();
        rows.row(){};
        const auto predictions = deployment.predict(rows);
        for (const auto& prediction : predictions) {{
{}        }}
    }} catch (const sidekick::Error& error) {{
        std::cerr << error.what() << '\n';
        return 1;
    }}
}}
"#,
        c_text(asked.url),
        c_text(asked.token),
        adds.concat(),
        reads.concat(),
    )
}

fn cpp_read(output: &Output) -> String {
    let name = c_text(&output.name);
    let value = match &output.kind {
        OutputKind::Categorical(_) => format!("prediction.top({name}).label"),
        OutputKind::Number(_) | OutputKind::Binary => format!("prediction.number({name})"),
        OutputKind::Text(_) => format!("prediction.text({name})"),
        OutputKind::Image(_) => {
            return format!("            prediction.save_image({name}, \"output.png\");\n");
        }
        OutputKind::Array(_) => return format!("            prediction.save_npy({name}, \"output.npy\");\n"),
    };
    format!("            std::cout << {} << {value} << '\\n';\n", c_text(&format!("{}: ", output.name)))
}

fn go(asked: &Asked) -> String {
    let adds: Vec<String> = asked.inputs(|input, value| {
        let name = json(&input.name);
        let call = match (&input.kind, value) {
            (InputKind::Number(_), value) => format!("Number({name}, {value})"),
            (InputKind::Array(_), _) => format!("NPYFile({name}, {})", json(NPY_FILE)),
            (InputKind::Image(_), _) => format!("ImageFile({name}, {})", json(IMAGE_FILE)),
            (InputKind::Text(_), value) => format!("Text({name}, {})", json(&plain(value))),
            (_, Value::String(label)) => format!("Category({name}, {})", json(label)),
            (_, Value::Bool(value)) => format!("Binary({name}, {value})"),
            (_, value) => format!("Integer({name}, {value})"),
        };
        format!("\t\t{call}.\n")
    });
    let reads: Vec<String> = asked.outputs(go_read);
    format!(
        r#"package main

import (
	"context"
	"fmt"
	"log"

	"libsidekick.dev/go/sidekick"
)

func main() {{
	ctx := context.Background()
	deployment, err := sidekick.Open(ctx, {}, {})
	if err != nil {{
		log.Fatal(err)
	}}
	defer deployment.Close()

	rows := deployment.NewRows()
	defer rows.Close()
	rows.
{}		End()
	predictions, err := deployment.Predict(ctx, rows)
	if err != nil {{
		log.Fatal(err)
	}}
	defer predictions.Close()
{}}}
"#,
        json(asked.url),
        json(asked.token),
        adds.concat(),
        reads.concat(),
    )
}

fn go_read(place: usize, output: &Output) -> String {
    let name = json(&output.name);
    let (call, value) = match &output.kind {
        OutputKind::Categorical(_) => ("Categories", ".Best(0).Label"),
        OutputKind::Number(_) | OutputKind::Binary => ("Numbers", "[0]"),
        OutputKind::Text(_) => ("Texts", "[0]"),
        OutputKind::Image(_) => ("Pictures", "[0]"),
        OutputKind::Array(_) => ("Arrays", "[0]"),
    };
    format!(
        "\tif value{place}, err := predictions.{call}({name}); err != nil {{\n\
         \t\tlog.Fatal(err)\n\t}} else {{\n\
         \t\tfmt.Println({name}, value{place}{value})\n\t}}\n"
    )
}

impl Asked<'_> {
    fn inputs(&self, line: impl Fn(&Input, &Value) -> String) -> Vec<String> {
        self.deployment.inputs.iter().zip(&self.row.values).map(|(input, value)| line(input, value)).collect()
    }

    fn outputs(&self, line: impl Fn(usize, &Output) -> String) -> Vec<String> {
        self.deployment.outputs.iter().enumerate().map(|(place, output)| line(place, output)).collect()
    }
}

fn json(text: &str) -> String {
    Value::from(text).to_string()
}

/// A text as it is, a category of another type in JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A string of C and C++. Three octal digits end by themselves; a question mark could begin a trigraph.
fn c_text(text: &str) -> String {
    let mut literal = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' | '?' => literal.extend(['\\', character]),
            '\n' => literal.push_str("\\n"),
            character if character.is_ascii_control() => {
                literal.push_str(&format!("\\{:03o}", u32::from(character)));
            }
            character => literal.push(character),
        }
    }
    literal + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_in_a_shell_word_is_written_out() {
        assert_eq!(quote("it's"), r"'it'\''s'");
    }

    #[test]
    fn a_token_is_masked_as_each_language_writes_it() {
        let token = "a?\"'\\b";
        for word in [quote, json, c_text] {
            let page = program("x", &format!("open({})", word(token)), &within(&word(token))).into_string();
            let parts: Vec<&str> = page.split("<span class=\"secret\">").collect();
            assert!(parts.len() == 2 && parts[0].ends_with(['"', '\'', ';']), "{page}");
        }
    }

    #[test]
    fn a_string_of_c_means_the_text() {
        assert_eq!(c_text("a \"b\" \\ é\n\u{1}1 ??/"), r#""a \"b\" \\ é\n\0011 \?\?/""#);
    }
}
