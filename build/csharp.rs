//! A C# class of P/Invoke declarations.

use super::declarations::{Declarations, Function, Number, Type};
use super::{ORIGIN, joined, wrapped};

pub fn text(declarations: &Declarations) -> String {
    let mut text = format!("// {ORIGIN}\n{HEAD}");
    for constant in &declarations.constants {
        text += &format!("        public const int {} = {};\n", constant.name, constant.value);
    }
    for callback in &declarations.callbacks {
        let (returned, name) = (word(&callback.result), &callback.name);
        let parameters = joined(callback, ", ", |name, kind| format!("{} {name}", result(kind)));
        text += "\n        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]\n";
        text +=
            &wrapped(&format!("        public delegate {returned} {name}({parameters});"), 110, INDENT, "");
    }
    declarations.functions.iter().for_each(|function| text += &declared(function));
    text + "    }\n}\n"
}

const INDENT: &str = "            ";

const HEAD: &str = "
using System;
using System.Runtime.InteropServices;

namespace Sidekick
{
    /// <summary>The functions of the C library. Texts are bytes in UTF-8 with their length.</summary>
    public static class Native
    {
        const string Library = \"sidekick\";

        /// <summary>As the length of a text that a NUL ends.</summary>
        public static readonly UIntPtr SIDEKICK_NUL = (UIntPtr)0xFFFFFFFFu;
";

fn declared(function: &Function) -> String {
    let (result, name) = (result(&function.result), &function.name);
    let parameters = joined(function, ", ", parameter);
    let line = format!("        public static extern {result} {name}({parameters});");
    let attribute = "        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]\n";
    format!("\n{attribute}{}", wrapped(&line, 110, INDENT, ""))
}

fn parameter(name: &str, kind: &Type) -> String {
    format!("{} {name}", word(kind))
}

/// Text that is handed out belongs to the library.
fn result(kind: &Type) -> String {
    if *kind == Type::Text { "IntPtr".into() } else { word(kind) }
}

fn word(kind: &Type) -> String {
    match kind {
        Type::Void => "void".into(),
        Type::Number(number) => scalar(*number).into(),
        Type::Object(_) | Type::Data => "IntPtr".into(),
        Type::Callback(name) => name.clone(),
        Type::Text => "byte[]".into(),
        Type::Array(number) | Type::Room(number) => format!("{}[]", scalar(*number)),
        Type::Pointers => "IntPtr[]".into(),
        Type::OutNumber(number) => format!("ref {}", scalar(*number)),
        Type::OutObject(_) | Type::OutText | Type::OutView => "ref IntPtr".into(),
    }
}

fn scalar(number: Number) -> &'static str {
    match number {
        Number::Int32 => "int",
        Number::Int64 => "long",
        Number::Uint32 => "uint",
        Number::Uint64 => "ulong",
        Number::Size => "UIntPtr",
        Number::Difference => "IntPtr",
        Number::Float => "float",
        Number::Double => "double",
    }
}
