//! Files for callers that do not read C's header, written from what it declares.

mod ada;
mod c_ffi;
mod cobol;
mod csharp;
mod declarations;
mod fortran;
mod java;
mod java_ffm;
mod pascal;
mod stdcall;

use declarations::{Declarations, Function, Type};

/// The path of each file in the repository, and its text.
pub fn of_header(header: &str) -> Vec<(&'static str, String)> {
    let declarations = Declarations::read(header);
    vec![
        ("include/sidekick_ffi.h", c_ffi::text(&declarations)),
        ("bindings/ada/sidekick.ads", ada::text(&declarations)),
        ("bindings/cobol/sidekick.cpy", cobol::text(&declarations)),
        ("bindings/csharp/Sidekick.cs", csharp::text(&declarations)),
        ("bindings/fortran/sidekick.f90", fortran::text(&declarations)),
        ("bindings/java/dev/libsidekick/Sidekick.java", java::text(&declarations)),
        ("bindings/java/dev/libsidekick/SidekickFfm.java", java_ffm::text(&declarations)),
        ("bindings/pascal/sidekick.pas", pascal::text(&declarations)),
        ("bindings/stdcall/sidekick_stdcall.c", stdcall::text(&declarations)),
    ]
}

/// What every file begins with, in a comment of its language.
const ORIGIN: &str = "Written from sidekick.h, which is the manual, by `make header`: do not edit.";

/// The parameters of a function, each as `word` writes it, between commas.
fn joined(function: &Function, separator: &str, word: impl Fn(&str, &Type) -> String) -> String {
    let words = function.parameters.iter().map(|parameter| word(&parameter.name, &parameter.kind));
    words.collect::<Vec<_>>().join(separator)
}

/// Wraps a line that is too long: after a parameter, or else after a word.
fn wrapped(line: &str, width: usize, indent: &str, continuation: &str) -> String {
    let mut rest = line;
    let mut text = String::new();
    while rest.len() > width {
        let room = &rest[..width];
        let separators = room.rfind("; ").max(room.rfind(", "));
        let Some(at) = separators.map(|at| at + 1).or_else(|| room.rfind(' ')) else { break };
        text += &format!("{}{continuation}\n{indent}", rest[..at].trim_end());
        rest = rest[at..].trim_start();
    }
    text + rest + "\n"
}
