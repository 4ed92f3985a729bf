//! A Java interface for JNA.

use super::declarations::{Declarations, Function, Number, Type};
use super::{ORIGIN, joined, wrapped};

pub fn text(declarations: &Declarations) -> String {
    let mut text = format!("// {ORIGIN}\n{HEAD}");
    for constant in &declarations.constants {
        text += &format!("    int {} = {};\n", constant.name, constant.value);
    }
    for callback in &declarations.callbacks {
        let returned = word(&callback.result);
        let parameters = joined(callback, ", ", |name, kind| format!("{} {name}", result(kind)));
        text += &format!("\n    interface {} extends Callback {{\n", callback.name);
        text += &format!("        {returned} invoke({parameters});\n    }}\n");
    }
    declarations.functions.iter().for_each(|function| text += &declared(function));
    text + "}\n"
}

const HEAD: &str = "
package dev.libsidekick;

import com.sun.jna.Callback;
import com.sun.jna.IntegerType;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.ByReference;
import com.sun.jna.ptr.DoubleByReference;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;

/** The functions of the C library. Texts are bytes in UTF-8 with their length. */
public interface Sidekick extends Library {
    Sidekick INSTANCE = Native.load(\"sidekick\", Sidekick.class);

    /** A size_t. */
    class SizeT extends IntegerType {
        private static final long serialVersionUID = 1;

        public SizeT() {
            this(0);
        }

        public SizeT(long value) {
            super(Native.SIZE_T_SIZE, value, true);
        }
    }

    /** A place for a size_t. */
    class SizeTByReference extends ByReference {
        public SizeTByReference() {
            super(Native.SIZE_T_SIZE);
        }

        public long getValue() {
            return Native.SIZE_T_SIZE == 8 ? getPointer().getLong(0) : getPointer().getInt(0) & 0xFFFFFFFFL;
        }
    }

    /** As the length of a text that a NUL ends. */
    SizeT SIDEKICK_NUL = new SizeT(0xFFFFFFFFL);
";

fn declared(function: &Function) -> String {
    let (result, name) = (result(&function.result), &function.name);
    let parameters = joined(function, ", ", parameter);
    format!("\n{}", wrapped(&format!("    {result} {name}({parameters});"), 110, "        ", ""))
}

fn parameter(name: &str, kind: &Type) -> String {
    format!("{} {name}", word(kind))
}

/// Text that is handed out belongs to the library.
fn result(kind: &Type) -> String {
    if *kind == Type::Text { "Pointer".into() } else { word(kind) }
}

fn word(kind: &Type) -> String {
    match kind {
        Type::Void => "void".into(),
        Type::Number(number) => scalar(*number).into(),
        Type::Object(_) | Type::Data => "Pointer".into(),
        Type::Callback(name) => name.clone(),
        Type::Text => "byte[]".into(),
        Type::Array(Number::Size | Number::Difference) | Type::Pointers => "Pointer".into(),
        Type::Array(number) | Type::Room(number) => format!("{}[]", scalar(*number)),
        Type::OutNumber(number) => place(*number).into(),
        Type::OutObject(_) | Type::OutText | Type::OutView => "PointerByReference".into(),
    }
}

fn scalar(number: Number) -> &'static str {
    match number {
        Number::Int32 | Number::Uint32 => "int",
        Number::Int64 | Number::Uint64 => "long",
        Number::Size | Number::Difference => "SizeT",
        Number::Float => "float",
        Number::Double => "double",
    }
}

fn place(number: Number) -> &'static str {
    match number {
        Number::Int32 | Number::Uint32 => "IntByReference",
        Number::Int64 | Number::Uint64 => "LongByReference",
        Number::Size | Number::Difference => "SizeTByReference",
        Number::Float => "FloatByReference",
        Number::Double => "DoubleByReference",
    }
}
