//! The rules that the compiler does not enforce: which module of the client may name which, who names the HTTP library, and
//! that the C layer is thin. The sources are read as tokens; their test modules are left out.

use std::fs;
use std::path::{Path, PathBuf};

/// Every module of the client, and the modules it may name.
const MAY_NAME: &[(&str, &[&str])] = &[
    // What everything else stands on.
    ("message", &[]),
    ("code_points", &[]),
    ("error", &["message"]),
    ("file", &["error"]),
    ("memory", &["error"]),
    ("text", &["error", "memory"]),
    ("scan", &["error", "memory"]),
    ("names", &["error", "memory", "text"]),
    ("url", &["code_points", "error"]),
    // URLs and code points are pure, and know nothing but errors themselves.
    ("transport", &["code_points", "error", "memory", "message", "url"]),
    // The data that users give and read.
    ("array", &["error"]),
    ("npy", &["array", "error", "message"]),
    ("images", &["error", "memory", "text"]),
    ("options", &["error", "file", "images", "transport"]),
    ("spec", &["code_points", "error", "memory", "message", "names", "text"]),
    ("results", &["error", "images", "memory", "names", "spec"]),
    ("values", &["array", "code_points", "error", "images", "message", "scan", "spec", "text"]),
    (
        "protocol",
        &[
            "array",
            "code_points",
            "error",
            "images",
            "memory",
            "message",
            "names",
            "npy",
            "results",
            "scan",
            "spec",
            "text",
            "transport",
            "url",
            "values",
        ],
    ),
    ("rows", &["array", "error", "file", "images", "memory", "npy", "protocol", "spec", "values"]),
    (
        "predictions",
        &[
            "array",
            "code_points",
            "error",
            "file",
            "images",
            "memory",
            "message",
            "npy",
            "results",
            "spec",
            "text",
        ],
    ),
    // One request, many of them, and what users hold.
    (
        "client",
        &[
            "error",
            "memory",
            "options",
            "predictions",
            "protocol",
            "results",
            "rows",
            "spec",
            "text",
            "transport",
            "url",
        ],
    ),
    ("batches", &["client", "error", "memory", "protocol", "rows", "transport"]),
    ("stream", &["batches", "client", "error", "memory", "predictions", "rows", "transport"]),
    (
        "deployment",
        &[
            "batches",
            "client",
            "error",
            "options",
            "predictions",
            "protocol",
            "rows",
            "spec",
            "stream",
            "transport",
        ],
    ),
    // The functions that fuzz targets and benchmarks call.
    (
        "internal",
        &["error", "images", "memory", "npy", "predictions", "protocol", "results", "rows", "spec", "url"],
    ),
];
const MAX_LINES: usize = 700;
/// Words that make a decision, which is the core's to make.
const CONTROL_FLOW: &[&str] = &["if", "match", "for", "while", "loop", "return"];

/// A file of the client, by its path below its src/, or of the C layer, as `ffi/FILE`; and its tokens.
struct Source {
    path: String,
    tokens: Vec<String>,
    lines: usize,
}

impl Source {
    /// The module it belongs to: `rows` for `rows/mod.rs`, `error` for `error.rs`.
    fn module(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap_or_default()
    }

    fn names(&self, word: &str) -> bool {
        self.tokens.iter().any(|token| token == word)
    }

    /// The first names behind `crate::`, also where several stand in braces.
    fn crate_names(&self) -> Vec<&str> {
        let starts =
            (0..self.tokens.len()).filter(|&at| self.tokens[at..].starts_with(&words(&["crate", "::"])));
        starts.flat_map(|at| first_names(&self.tokens[at + 2..])).collect()
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| word.to_string()).collect()
}

/// `a` of `a::b`, or `a` and `c` of `{a::b, c}`.
fn first_names(path: &[String]) -> Vec<&str> {
    if path[0] != "{" {
        return vec![&path[0]];
    }
    let mut names = Vec::new();
    let mut depth = 0;
    for (at, token) in path.iter().enumerate() {
        depth += depth_change(token);
        if depth == 0 {
            break;
        }
        if depth == 1 && matches!(token.as_str(), "{" | ",") && is_word(&path[at + 1]) {
            names.push(path[at + 1].as_str());
        }
    }
    names
}

fn depth_change(token: &str) -> i32 {
    match token {
        "{" | "(" | "[" => 1,
        "}" | ")" | "]" => -1,
        _ => 0,
    }
}

fn is_word(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [(root.join("crates/sidekick/src"), ""), (root.join("src"), "ffi/")];
    let sources: Vec<Source> = folders.iter().flat_map(|(folder, prefix)| read_all(folder, prefix)).collect();
    assert!(sources.len() > 40, "the sources are there");
    sources
}

fn read_all(folder: &Path, prefix: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    collect(folder, &mut paths);
    paths.iter().map(|path| read(folder, prefix, path)).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src/ can be read") {
        let path = entry.expect("src/ can be read").path();
        let name = entry_name(&path);
        // Tests that have a file of their own may name anything.
        let is_test = name.starts_with("test") || name == "differential";
        match path.is_dir() {
            _ if is_test => {}
            true => collect(&path, paths),
            false => paths.push(path),
        }
    }
}

fn entry_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read(root: &Path, prefix: &str, path: &Path) -> Source {
    let text = fs::read_to_string(path).expect("a source is text");
    let name = path.strip_prefix(root).expect("it is below src/").to_string_lossy().replace('\\', "/");
    Source {
        path: format!("{prefix}{name}"),
        tokens: tokens(without_tests(&text)),
        lines: text.lines().count(),
    }
}

/// Words, `::` and single characters; comments, strings and characters left out.
fn tokens(text: &str) -> Vec<String> {
    let text: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let length = match rest {
            ['/', '/', ..] => rest.iter().take_while(|c| **c != '\n').count(),
            ['"', ..] => string_length(rest),
            ['\'', '\\', ..] => 4 + rest[3..].iter().take_while(|c| **c != '\'').count(),
            ['\'', _, '\'', ..] => 3,
            [':', ':', ..] => 2,
            [c, ..] if c.is_alphanumeric() || *c == '_' => {
                rest.iter().take_while(|c| c.is_alphanumeric() || **c == '_').count()
            }
            _ => 1,
        };
        let token: String = rest[..length].iter().collect();
        if length > 0
            && !token.starts_with(['"', '\''])
            && !token.starts_with("//")
            && !token.trim().is_empty()
        {
            tokens.push(token);
        }
        at += length;
    }
    tokens
}

/// A string's length with its quotes.
fn string_length(text: &[char]) -> usize {
    let mut at = 1;
    while text[at] != '"' {
        at += if text[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// Test modules stand at the end of their files.
fn without_tests(text: &str) -> &str {
    let end = text.match_indices("#[cfg(test)]").map(|(at, _)| at).find(|&at| {
        let item = text[at..].lines().nth(1).unwrap_or_default();
        item.contains("mod tests")
    });
    &text[..end.unwrap_or(text.len())]
}

#[test]
fn imports_go_one_way() {
    for source in sources().iter().filter(|source| !matches!(source.module(), "lib" | "ffi")) {
        let module = source.module();
        let allowed = MAY_NAME.iter().find(|(name, _)| *name == module).map(|(_, allowed)| *allowed);
        let allowed = allowed.unwrap_or_else(|| panic!("{}: say in MAY_NAME what it may name", source.path));
        for name in source.crate_names() {
            assert!(name == module || allowed.contains(&name), "{} names crate::{name}", source.path);
        }
    }
}

/// Only `crate::` leads from one module to another, so that the rule above sees every import.
#[test]
fn no_import_leaves_its_module_upwards() {
    for source in sources() {
        let top = !source.path.contains('/') || source.path.ends_with("mod.rs");
        let up = |pair: &[String]| pair[0] == "super" && pair[1] == "::" && (top || pair[2] == "super");
        assert!(!source.tokens.windows(3).any(up), "{}: say crate:: instead", source.path);
    }
}

#[test]
fn transport_alone_names_the_http_library() {
    for source in sources().iter().filter(|source| source.module() != "transport") {
        for library in ["ureq", "rustls"] {
            assert!(!source.names(library), "{} names {library}", source.path);
        }
    }
}

#[test]
fn images_alone_names_the_image_libraries() {
    for source in sources().iter().filter(|source| source.module() != "images") {
        for library in ["sidekick_pictures", "ImageReader"] {
            assert!(!source.names(library), "{} names {library}", source.path);
        }
    }
}

#[test]
fn no_file_is_long() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates");
    let others = ["numbers", "pictures"].map(|name| read_all(&crates.join(name).join("src"), name));
    for source in sources().into_iter().chain(others.into_iter().flatten()) {
        assert!(source.lines <= MAX_LINES, "{} has {} lines", source.path, source.lines);
    }
}

/// Guard, convert, one call of the core, write out: no decisions, and next to conversions (which are unsafe) and writes
/// (which `set` an output) at most two statements, one to prepare and one to call.
#[test]
fn exports_are_thin() {
    let mut exports = 0;
    for source in sources().iter().filter(|source| source.module() == "ffi") {
        for (name, signature, body) in exports_of(&source.tokens) {
            exports += 1;
            let makes_errors =
                signature.windows(3).any(|tokens| tokens == words(&["mut", "sidekick_error", ","]));
            assert!(guarded(body).is_some() || !makes_errors, "{name} is not guarded against panics");
            let steps = guarded(body).unwrap_or(body);
            let decides = steps.iter().any(|token| CONTROL_FLOW.contains(&token.as_str()));
            assert!(!decides, "{name} decides something: move that to the core");
            let plain = statements(steps).iter().filter(|statement| is_plain(statement)).count();
            assert!(plain <= 2, "{name} has {plain} statements beside conversions and writes");
            assert!(statements(steps).len() <= 7, "{name} is long: move what it does to the core");
        }
    }
    assert!(exports > 70, "the exports were found: {exports}");
}

/// The exports among some tokens: their names, signatures and bodies.
fn exports_of(tokens: &[String]) -> Vec<(&str, &[String], &[String])> {
    let starts = (0..tokens.len()).filter(|&at| tokens[at..].starts_with(&words(&["extern", "fn"])));
    // A type such as `extern "C" fn(...)` has no name.
    let starts = starts.filter(|&at| tokens.get(at + 2).is_some_and(|token| token != "("));
    let parts = |at: usize| {
        let open = at + tokens[at..].iter().position(|token| token == "{").expect("an export has a body");
        (tokens[at + 2].as_str(), &tokens[at..open], inside(&tokens[open..]))
    };
    starts.map(parts).collect()
}

/// What stands between a bracket and its other.
fn inside(tokens: &[String]) -> &[String] {
    let mut depth = 0;
    let end = tokens.iter().position(|token| {
        depth += depth_change(token);
        depth == 0
    });
    &tokens[1..end.expect("brackets are balanced")]
}

/// The closure of a body that is nothing but `guard(error, || { ... })`.
fn guarded(body: &[String]) -> Option<&[String]> {
    let head = words(&["guard", "(", "error", ",", "|", "|"]);
    let closure = body.strip_prefix(head.as_slice())?;
    let steps = inside(closure);
    (steps.len() + 3 == closure.len()).then_some(steps)
}

fn statements(tokens: &[String]) -> Vec<&[String]> {
    let mut depth = 0;
    let outermost = tokens.split(|token| {
        depth += depth_change(token);
        depth == 0 && token == ";"
    });
    outermost.filter(|statement| !statement.is_empty()).collect()
}

fn is_plain(statement: &[String]) -> bool {
    let writes = statement.iter().any(|token| matches!(token.as_str(), "set" | "set_text"));
    let converts = statement.iter().any(|token| token == "unsafe");
    !writes && !converts && statement.concat() != "Ok(())"
}

#[test]
fn the_reader_of_sources_sees_what_it_should() {
    let code = "use crate::{a::{b, c}, d};\nfn f<'a>() { crate::e(\"crate::no\", '\"', '\\'') } // crate::no\n#[cfg(test)]\nmod tests { crate::no }";
    let source = Source { path: "x/y.rs".to_owned(), tokens: tokens(without_tests(code)), lines: 4 };
    assert_eq!(source.crate_names(), ["a", "d", "e"]);
    assert_eq!(source.module(), "x");
    assert_eq!(statements(&tokens("a(;); b {c; d}; e")).len(), 3);
    let body = tokens("guard(error, || { let x = unsafe { y }; out.set(x); z(); Ok(()) })");
    let steps = guarded(&body).expect("it is guarded");
    assert_eq!(statements(steps).iter().filter(|statement| is_plain(statement)).count(), 1);
    assert!(guarded(&tokens("guard(error, || { a }).b()")).is_none());
}
