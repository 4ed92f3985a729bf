//! An Ada package specification.

use super::declarations::{Declarations, Function, Number, Type};
use super::{ORIGIN, joined, wrapped};

pub fn text(declarations: &Declarations) -> String {
    let mut text = format!("--  {ORIGIN}\n{HEAD}");
    for constant in &declarations.constants {
        text += &format!("   {} : constant := {};\n", constant.name, constant.value);
    }
    text += "\n   subtype sidekick_status is Integer_32;\n";
    for object in &declarations.objects {
        text += &format!("\n   type {object} is limited private;\n");
        text += &format!("   type {object}_pointer is access all {object} with Convention => C;\n");
    }
    for callback in &declarations.callbacks {
        let line =
            format!("   type {} is access {} with Convention => C;", callback.name, signature(callback, ""));
        text += &format!("\n{}", wrapped(&line, 110, INDENT, ""));
    }
    for function in &declarations.functions {
        let name = &function.name;
        let line = format!("   {}", signature(function, &format!("{name} ")));
        text += &format!("\n{}", wrapped(&line, 110, INDENT, ""));
        text += &format!("     with Import, Convention => C, External_Name => \"{name}\";\n");
    }
    text += "\nprivate\n\n";
    for object in &declarations.objects {
        text += &format!("   type {object} is limited null record with Convention => C;\n");
    }
    text + "\nend Sidekick;\n"
}

const INDENT: &str = "      ";

const HEAD: &str =
    "--  A text goes as To_C (Text) with the length Text'Length. Null is fine for what is not wanted.

with Interfaces;           use Interfaces;
with Interfaces.C;         use Interfaces.C;
with Interfaces.C.Strings; use Interfaces.C.Strings;
with System;

package Sidekick is

   --  As the length of a text that a NUL ends.
   SIDEKICK_NUL : constant size_t := size_t'Last;
";

fn signature(function: &Function, name: &str) -> String {
    let list = joined(function, "; ", |name, kind| format!("{name} : {}", word(kind)));
    let list = if list.is_empty() { list } else { format!("({list})") };
    match &function.result {
        Type::Void => format!("procedure {name}{list}"),
        Type::Text => format!("function {name}{list} return chars_ptr"),
        result => format!("function {name}{list} return {}", word(result)),
    }
}

fn word(kind: &Type) -> String {
    match kind {
        Type::Number(number) => scalar(*number).into(),
        Type::Object(name) => format!("{name}_pointer"),
        Type::Callback(name) => name.clone(),
        Type::Text => "char_array".into(),
        Type::Void | Type::Data | Type::Array(_) | Type::Pointers | Type::Room(_) => "System.Address".into(),
        Type::OutNumber(number) => format!("access {}", scalar(*number)),
        Type::OutObject(name) => format!("access {name}_pointer"),
        Type::OutText => "access chars_ptr".into(),
        Type::OutView => "access System.Address".into(),
    }
}

fn scalar(number: Number) -> &'static str {
    match number {
        Number::Int32 => "Integer_32",
        Number::Int64 => "Integer_64",
        Number::Uint32 => "Unsigned_32",
        Number::Uint64 => "Unsigned_64",
        Number::Size => "size_t",
        Number::Difference => "ptrdiff_t",
        Number::Float => "C_float",
        Number::Double => "double",
    }
}
