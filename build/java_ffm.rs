//! A Java class for the Foreign Function & Memory API (`java.lang.foreign`), which needs no JNA.

use super::declarations::{Declarations, Function, Number, Type};
use super::{ORIGIN, joined, wrapped};

pub fn text(declarations: &Declarations) -> String {
    let mut text = format!("// {ORIGIN}\n{HEAD}");
    for constant in &declarations.constants {
        text += &format!("    public static final int {} = {};\n", constant.name, constant.value);
    }
    declarations.callbacks.iter().for_each(|callback| text += &interface(callback));
    declarations.functions.iter().for_each(|function| text += &declared(function));
    text + "}\n"
}

const INDENT: &str = "            ";

const HEAD: &str = "
package dev.libsidekick;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * The functions of the C library, for Java 22 or newer on 64-bit systems. Texts are bytes in UTF-8 with their
 * length. NULL is {@link MemorySegment#NULL}. The library is loaded from java.library.path.
 */
@SuppressWarnings(\"restricted\")
public final class SidekickFfm {
    static {
        System.loadLibrary(\"sidekick\");
    }

    private SidekickFfm() {}

    /** An older library may lack a function: calling that one throws. */
    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        return SymbolLookup.loaderLookup().find(name)
            .map(address -> Linker.nativeLinker().downcallHandle(address, descriptor))
            .orElseGet(() -> missing(name, descriptor.toMethodType()));
    }

    private static MethodHandle missing(String name, MethodType type) {
        MethodHandle thrower = MethodHandles.throwException(type.returnType(), UnsatisfiedLinkError.class)
            .bindTo(new UnsatisfiedLinkError(\"libsidekick has no function \" + name));
        return MethodHandles.dropArguments(thrower, 0, type.parameterList());
    }

    private static FunctionDescriptor of(MemoryLayout result, MemoryLayout... parameters) {
        return FunctionDescriptor.of(result, parameters);
    }

    private static FunctionDescriptor ofVoid(MemoryLayout... parameters) {
        return FunctionDescriptor.ofVoid(parameters);
    }

    /** A pointer to a callback, which is valid until its arena closes. */
    private static <T> MemorySegment pointer(
            Arena arena, Class<T> type, T callback, FunctionDescriptor descriptor) {
        MethodType parameters = descriptor.toMethodType();
        try {
            MethodHandle method = MethodHandles.lookup().findVirtual(type, \"invoke\", parameters);
            return Linker.nativeLinker().upcallStub(method.bindTo(callback), descriptor, arena);
        } catch (ReflectiveOperationException missing) {
            throw new AssertionError(missing);
        }
    }

    /** What is thrown in place of a call: its memory is of the heap, another thread or a closed arena. */
    private static RuntimeException refused(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException mistake ? mistake : new IllegalStateException(thrown);
    }

    /** As the length of a text that a NUL ends. */
    public static final long SIDEKICK_NUL = -1;
";

fn interface(callback: &Function) -> String {
    let (result, name) = (word(&callback.result), &callback.name);
    let parameters = joined(callback, ", ", |name, kind| format!("{} {name}", word(kind)));
    format!(
        "\n    /** It must not throw: an exception ends the JVM. */
    @FunctionalInterface
    public interface {name} {{
        {result} invoke({parameters});

        /** A pointer for the library, which is valid until the arena closes. */
        static MemorySegment in(Arena arena, {name} callback) {{
            return pointer(arena, {name}.class, callback,
                {});
        }}
    }}\n",
        descriptor(callback)
    )
}

fn declared(function: &Function) -> String {
    let (result, name) = (word(&function.result), &function.name);
    let parameters = joined(function, ", ", |name, kind| format!("{} {name}", word(kind)));
    let arguments = joined(function, ", ", |name, _| name.to_owned());
    let handle = format!(
        "    private static final MethodHandle {name} = function(\"{name}\", {});",
        descriptor(function)
    );
    let method = format!("    public static {result} {name}({parameters}) {{");
    let returned = if function.result == Type::Void { String::new() } else { format!("return ({result}) ") };
    let call = format!("{INDENT}{returned}{name}.invokeExact({arguments});");
    format!(
        "\n{}\n{}        try {{\n{}        }} catch (Throwable thrown) {{
            throw refused(thrown);\n        }}\n    }}\n",
        wrapped(&handle, 98, INDENT, ""),
        wrapped(&method, 98, INDENT, ""),
        wrapped(&call, 94, "                ", ""),
    )
}

/// The layouts of a function.
fn descriptor(function: &Function) -> String {
    let parameters = joined(function, ", ", |_, kind| layout(kind).to_owned());
    match (&function.result, parameters.as_str()) {
        (Type::Void, _) => format!("ofVoid({parameters})"),
        (result, "") => format!("of({})", layout(result)),
        (result, _) => format!("of({}, {parameters})", layout(result)),
    }
}

fn word(kind: &Type) -> &'static str {
    match kind {
        Type::Void => "void",
        Type::Number(number) => match number {
            Number::Int32 | Number::Uint32 => "int",
            Number::Int64 | Number::Uint64 | Number::Size | Number::Difference => "long",
            Number::Float => "float",
            Number::Double => "double",
        },
        _ => "MemorySegment",
    }
}

fn layout(kind: &Type) -> &'static str {
    match word(kind) {
        "int" => "JAVA_INT",
        "long" => "JAVA_LONG",
        "float" => "JAVA_FLOAT",
        "double" => "JAVA_DOUBLE",
        _ => "ADDRESS",
    }
}
