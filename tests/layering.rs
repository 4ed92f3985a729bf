//! The rules that the compiler does not enforce: imports go one way, files form no circle, each protocol
//! stays in its folder, one module names the HTTP library, and the C layer is thin. The sources are read as
//! tokens; tests are left out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules of the client. Each may name those before it.
const LAYERS: &[&str] = &[
    // What everything else stands on.
    "message",
    "code_points",
    "error",
    "memory",
    "base64_text",
    "file",
    "text",
    "scan",
    "names",
    "json",
    "url",
    "transport",
    // The data that users give and read.
    "half",
    "array",
    "row_shapes",
    "elements",
    "npy",
    "images",
    "spec",
    "values",
    "results",
    // How a server is spoken to.
    "protocol",
    "options",
    "rows",
    "probabilities",
    "predictions",
    // One request, many of them, and what users hold.
    "client",
    "batches",
    "stream",
    "deployment",
    // The functions that fuzz targets and benchmarks call.
    "internal",
];
/// What the transport may name: errors, and what is pure. It knows nothing of rows.
const TRANSPORT_NAMES: &[&str] = &["message", "code_points", "error", "memory", "url", "transport"];
/// The folders of the protocols, behind their seam. Beside it, fuzz targets and benchmarks reach into them.
const PROTOCOLS: &[&str] = &["deployment_api", "open_inference"];
const BEHIND_THE_SEAM: &[&str] = &["protocol", "internal"];
/// Everything that is Rust and not a test.
const SOURCES: [&str; 6] =
    ["src", "crates/sidekick/src", "crates/numbers/src", "crates/pictures/src", "server/src", "cli/src"];
const MAX_LINES: usize = 700;
const MAX_COLUMNS: usize = 110;
/// Words that make a decision, which is the core's to make.
const CONTROL_FLOW: &[&str] = &["if", "match", "for", "while", "loop", "return"];

/// A file of the client, by its path below its src/, or of the C layer, as `ffi/FILE`; and its tokens.
struct Source {
    path: String,
    tokens: Vec<String>,
    lines: usize,
}

impl Source {
    /// The top module it belongs to: `rows` for `rows/mod.rs`, `error` for `error.rs`.
    fn module(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap_or_default()
    }

    /// The path of its module: `a`, `b` for `a/b.rs` and `a/b/mod.rs`; nothing for the root of the crate.
    fn module_path(&self) -> Vec<&str> {
        let path = self.path.trim_end_matches(".rs");
        let path = path.strip_suffix("mod").unwrap_or(path).trim_end_matches('/');
        path.split('/').filter(|name| *name != "lib" && !name.is_empty()).collect()
    }

    fn names(&self, word: &str) -> bool {
        self.tokens.iter().any(|token| token == word)
    }

    /// Whether a token is in a module within the file: then `super` is the file itself.
    fn is_in_module(&self, at: usize) -> bool {
        let starts = self.tokens[..at].windows(3).enumerate();
        let mut modules = starts.filter(|(_, tokens)| tokens[0] == "mod" && tokens[2] == "{");
        modules.any(|(start, _)| start + 2 + inside(&self.tokens[start + 2..]).len() >= at)
    }

    /// The paths that it names, from the root of the crate. `modules` are all modules of the crate.
    fn paths<'a>(&'a self, modules: &BTreeMap<Vec<&str>, &str>) -> Vec<Vec<&'a str>> {
        let own = self.module_path();
        let mut paths = Vec::new();
        for (at, pair) in self.tokens.windows(2).enumerate() {
            let inside = at > 0 && self.tokens[at - 1] == "::";
            if pair[1] != "::" || inside || (pair[0] == "super" && self.is_in_module(at)) {
                continue;
            }
            let start = match pair[0].as_str() {
                "crate" => Some(Vec::new()),
                "super" => Some(own[..own.len().saturating_sub(1)].to_vec()),
                child => Some([&own[..], &[child]].concat()).filter(|path| modules.contains_key(path)),
            };
            if let Some(start) = start {
                expand(&self.tokens[at + 2..], &start, &mut paths);
            }
        }
        paths
    }
}

/// Appends each path of a tree such as `a::{b, c::d}`; returns how many tokens the tree has.
fn expand<'a>(tree: &'a [String], start: &[&'a str], paths: &mut Vec<Vec<&'a str>>) -> usize {
    if tree[0] != "{" {
        let path = [start, &[&tree[0]]].concat();
        let goes_on = tree[1] == "::" && (is_word(&tree[2]) || tree[2] == "{");
        if !goes_on {
            paths.push(path);
            return 1;
        }
        return 2 + expand(&tree[2..], &path, paths);
    }
    let mut at = 1;
    while tree[at] != "}" {
        at += if is_word(&tree[at]) { expand(&tree[at..], start, paths) } else { 1 };
    }
    at + 1
}

/// The modules of some sources, and the file of each.
fn modules(sources: &[Source]) -> BTreeMap<Vec<&str>, &str> {
    sources.iter().map(|source| (source.module_path(), source.path.as_str())).collect()
}

/// The file that a path leads to.
fn file_of<'a>(path: &[&str], modules: &BTreeMap<Vec<&str>, &'a str>) -> Option<&'a str> {
    (0..=path.len()).rev().find_map(|length| modules.get(&path[..length]).copied())
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| word.to_string()).collect()
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

/// The client's, and the C layer's.
fn sources() -> Vec<Source> {
    let mut sources = client();
    sources.extend(read_all(&root().join("src"), "ffi/"));
    assert!(sources.len() > 40, "the sources are there");
    sources
}

fn client() -> Vec<Source> {
    read_all(&root().join("crates/sidekick/src"), "")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
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
            // The server's page is among its sources.
            false if path.extension().is_none_or(|end| end != "rs") => {}
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
        tokens: without_test_imports(tokens(without_tests(&text))),
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

/// Without each `use` that tests alone have.
fn without_test_imports(mut tokens: Vec<String>) -> Vec<String> {
    let import = words(&["#", "[", "cfg", "(", "test", ")", "]", "use"]);
    while let Some(start) = tokens.windows(import.len()).position(|tokens| tokens == import) {
        let length = tokens[start..].iter().position(|token| token == ";").expect("an import ends");
        tokens.drain(start..start + length);
    }
    tokens
}

#[test]
fn imports_go_one_way() {
    let client = client();
    let modules = modules(&client);
    let place = |name: &str| LAYERS.iter().position(|layer| *layer == name);
    for source in client.iter().filter(|source| source.path != "lib.rs") {
        let path = &source.path;
        let own = place(source.module()).unwrap_or_else(|| panic!("{path}: give it a place in LAYERS"));
        for named in source.paths(&modules) {
            let name = named[0];
            let other = place(name).unwrap_or_else(|| panic!("{path} names crate::{name}: name its module"));
            assert!(other <= own, "{path} names crate::{name}, which comes after it");
            let known = source.module() != "transport" || TRANSPORT_NAMES.contains(&name);
            assert!(known, "{path} names crate::{name}, of which the transport knows nothing");
        }
    }
}

#[test]
fn a_protocol_is_named_behind_the_seam_alone() {
    for source in client().iter().filter(|source| !BEHIND_THE_SEAM.contains(&source.module())) {
        for protocol in PROTOCOLS {
            assert!(!source.names(protocol), "{} names {protocol}", source.path);
        }
    }
}

/// A file that names another, by whatever way, is not named by it.
#[test]
fn no_files_form_a_circle() {
    for folder in SOURCES {
        let mut sources = read_all(&root().join(folder), "");
        assert!(sources.len() > 5, "{folder} has sources");
        sources.retain(|source| !matches!(&*source.path, "lib.rs" | "main.rs"));
        let modules = modules(&sources);
        let named = |source: &Source| {
            let files = source.paths(&modules).into_iter().filter_map(|path| file_of(&path, &modules));
            files.filter(|file| *file != source.path).map(str::to_owned).collect()
        };
        let edges: BTreeMap<&str, Vec<String>> =
            sources.iter().map(|source| (source.path.as_str(), named(source))).collect();
        let circle = circle(&edges);
        assert!(circle.is_empty(), "{folder}: {}", circle.join(" names "));
    }
}

/// Some files of which each names the next, and the last the first; none if there is no circle.
fn circle(edges: &BTreeMap<&str, Vec<String>>) -> Vec<String> {
    let mut left = edges.clone();
    // What names none of those that are left is in no circle.
    while let Some(done) = left
        .iter()
        .find(|(_, named)| !named.iter().any(|file| left.contains_key(file.as_str())))
        .map(|(file, _)| *file)
    {
        left.remove(done);
    }
    let mut way: Vec<String> = left.keys().take(1).map(|file| file.to_string()).collect();
    while let Some(last) = way.last() {
        let next = left[last.as_str()].iter().find(|file| left.contains_key(file.as_str()));
        let next = next.expect("each of these names another").clone();
        if let Some(start) = way.iter().position(|file| *file == next) {
            way.drain(..start);
            way.push(next);
            break;
        }
        way.push(next);
    }
    way
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

/// The formatter wraps code, and leaves comments as they are.
#[test]
fn no_comment_is_wide() {
    for folder in SOURCES {
        let mut paths = Vec::new();
        collect(&root().join(folder), &mut paths);
        for path in &paths {
            let text = fs::read_to_string(path).expect("a source is text");
            let is_wide =
                |line: &&str| line.trim_start().starts_with("//") && line.chars().count() > MAX_COLUMNS;
            let wide = text.lines().find(is_wide);
            assert!(
                wide.is_none(),
                "{}: over {MAX_COLUMNS} columns: {}",
                path.display(),
                wide.unwrap_or_default()
            );
        }
    }
}

/// Guard, convert, one call of the core, write out: no decisions, and next to conversions (which are unsafe)
/// and writes (which `set` an output) at most two statements, one to prepare and one to call.
#[test]
fn exports_are_thin() {
    let mut exports = 0;
    for source in sources().iter().filter(|source| source.module() == "ffi") {
        for (name, body) in exports_of(&source.tokens) {
            exports += 1;
            let steps = guarded(body).unwrap_or_else(|| panic!("{name} is not guarded against panics"));
            let decides = steps.iter().any(|token| CONTROL_FLOW.contains(&token.as_str()));
            assert!(!decides, "{name} decides something: move that to the core");
            let plain = statements(steps).iter().filter(|statement| is_plain(statement)).count();
            assert!(plain <= 2, "{name} has {plain} statements beside conversions and writes");
            assert!(statements(steps).len() <= 7, "{name} is long: move what it does to the core");
        }
    }
    assert!(exports > 70, "the exports were found: {exports}");
}

/// The exports among some tokens: their names and bodies.
fn exports_of(tokens: &[String]) -> Vec<(&str, &[String])> {
    let starts = (0..tokens.len()).filter(|&at| tokens[at..].starts_with(&words(&["extern", "fn"])));
    // A type such as `extern "C" fn(...)` has no name.
    let starts = starts.filter(|&at| tokens.get(at + 2).is_some_and(|token| token != "("));
    let parts = |at: usize| {
        let open = at + tokens[at..].iter().position(|token| token == "{").expect("an export has a body");
        (tokens[at + 2].as_str(), inside(&tokens[open..]))
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

/// What the closure does in a body that is nothing but `guard(error, || { ... })` or another guard:
/// `guard_or` with a default of one token, `guard_text`.
fn guarded(body: &[String]) -> Option<&[String]> {
    let call = inside(body.get(1..)?);
    let is_guard = matches!(body[0].as_str(), "guard" | "guard_or" | "guard_text");
    let start = call.windows(3).position(|tokens| tokens == words(&[",", "|", "|"]))? + 3;
    let closure = &call[start..];
    let steps = if closure.first()? == "{" { inside(closure) } else { closure };
    let whole =
        call.len() + 3 == body.len() && (steps.len() == closure.len() || steps.len() + 2 == closure.len());
    (is_guard && whole).then_some(steps)
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

const PATHS: [&str; 6] = ["a::b::C", "a::c", "d", "x::w", "x::y::z::v", "e"];

#[test]
fn the_reader_of_sources_sees_what_it_should() {
    let code = r#"use crate::{a::{b::C, c}, d};
use super::w;
use z::v;
fn f<'a>() { crate::e("crate::no", '"', '\'') } // crate::no
#[cfg(test)]
mod tests { crate::no }"#;
    let source = Source { path: "x/y.rs".to_owned(), tokens: tokens(without_tests(code)), lines: 4 };
    let modules = BTreeMap::from([(vec!["a", "b"], "a/b.rs"), (vec!["x", "y", "z"], "x/y/z.rs")]);
    let paths = source.paths(&modules);
    assert_eq!(paths.iter().map(|path| path.join("::")).collect::<Vec<_>>(), PATHS);
    assert_eq!((source.module(), source.module_path()), ("x", vec!["x", "y"]));
    assert_eq!(file_of(&["a", "b", "C"], &modules), Some("a/b.rs"));
    let edges = |of_c: &[&str]| {
        let owned = |files: &[&str]| files.iter().map(|file| file.to_string()).collect();
        BTreeMap::from([("a", owned(&["b"])), ("b", owned(&["c"])), ("c", owned(of_c)), ("d", owned(&["a"]))])
    };
    assert_eq!(circle(&edges(&["b"])), ["b", "c", "b"]);
    assert!(circle(&edges(&[])).is_empty());
    assert_eq!(statements(&tokens("a(;); b {c; d}; e")).len(), 3);
    let body = tokens("guard(error, || { let x = unsafe { y }; out.set(x); z(); Ok(()) })");
    let steps = guarded(&body).expect("it is guarded");
    assert_eq!(statements(steps).iter().filter(|statement| is_plain(statement)).count(), 1);
    assert!(guarded(&tokens("guard(error, || { a }).b()")).is_none());
    assert!(guarded(&tokens("guard(error, || { a }.b())")).is_none());
    assert!(guarded(&tokens("unsafe { object.as_ref() }.count()")).is_none());
    assert_eq!(guarded(&tokens("guard_or(-1, || a(b))")).map(<[_]>::len), Some(4));
}
