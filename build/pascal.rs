//! A unit for Free Pascal and Delphi.

use super::declarations::{Declarations, Function, Number, Type};
use super::{ORIGIN, joined, wrapped};

pub fn text(declarations: &Declarations) -> String {
    let mut text = format!("{{ {ORIGIN} }}\n{HEAD}");
    for constant in &declarations.constants {
        text += &format!("  {} = {};\n", constant.name, constant.value);
    }
    text += TYPES;
    for object in &declarations.objects {
        text += &format!("  {object} = record end;\n  P{object} = ^{object};\n  PP{object} = ^P{object};\n");
    }
    for callback in &declarations.callbacks {
        let (kind, rest) = signature(callback, "");
        text += &wrapped(&format!("  {} = {kind}{rest}; cdecl;", callback.name), 110, INDENT, "");
    }
    for function in &declarations.functions {
        let (kind, rest) = signature(function, &function.name);
        let line = format!("{kind} {rest}; cdecl; external SidekickLibrary;");
        text += &format!("\n{}", wrapped(&line, 110, INDENT, ""));
    }
    text + "\nimplementation\n\nend.\n"
}

const INDENT: &str = "  ";
/// The names of parameters that Pascal has a meaning for.
const RESERVED: &[&str] = &["file", "label"];

const HEAD: &str = "
unit sidekick;

{$ifdef FPC}{$mode delphi}{$packrecords c}{$endif}

interface

const
  SidekickLibrary = {$ifdef MSWINDOWS}'sidekick.dll'{$else}'sidekick'{$endif};
  { As the length of a text that a NUL ends. }
  SIDEKICK_NUL = High(NativeUInt);
";

const TYPES: &str = "
type
  sidekick_status = Int32;
";

/// `function` or `procedure`, and what follows the word.
fn signature(function: &Function, name: &str) -> (&'static str, String) {
    let list = joined(function, "; ", |name, kind| format!("{}: {}", allowed(name), word(kind)));
    let list = if list.is_empty() { list } else { format!("({list})") };
    match &function.result {
        Type::Void => ("procedure", format!("{name}{list}")),
        result => ("function", format!("{name}{list}: {}", word(result))),
    }
}

fn allowed(name: &str) -> String {
    if RESERVED.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

fn word(kind: &Type) -> String {
    match kind {
        Type::Number(number) => scalar(*number).into(),
        Type::Object(name) => format!("P{name}"),
        Type::Callback(name) => name.clone(),
        Type::Text => "PAnsiChar".into(),
        Type::Data | Type::Void => "Pointer".into(),
        Type::Array(number) | Type::OutNumber(number) | Type::Room(number) => format!("P{}", scalar(*number)),
        Type::OutObject(name) => format!("PP{name}"),
        Type::OutText => "PPAnsiChar".into(),
        Type::Pointers | Type::OutView => "PPointer".into(),
    }
}

fn scalar(number: Number) -> &'static str {
    match number {
        Number::Int32 => "Int32",
        Number::Int64 => "Int64",
        Number::Uint32 => "UInt32",
        Number::Uint64 => "UInt64",
        Number::Size => "NativeUInt",
        Number::Difference => "NativeInt",
        Number::Float => "Single",
        Number::Double => "Double",
    }
}
