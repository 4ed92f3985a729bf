//! `sidekick_stdcall.c`: the functions with the one calling convention that Visual Basic 6 and other 32-bit
//! Windows programs have.

use super::declarations::{Declarations, Function, Type};
use super::{ORIGIN, joined, wrapped};

pub fn text(declarations: &Declarations) -> String {
    let mut text = format!("/* {ORIGIN}\n * {HEAD}");
    for function in declarations.functions.iter().filter(|function| !takes_callback(function)) {
        text += &forwarded(function);
    }
    text
}

const HEAD: &str = "\
For 32-bit Windows programs that call __stdcall functions only, such as those of Visual Basic 6: compile it
 * as a DLL. Each function of the library is here with stdcall_ before its name. Those that take a callback
 * are left out: the library calls callbacks as __cdecl. Link it with `-Wl,--kill-at`, or each name ends with
 * @ and a number. */
#include \"sidekick.h\"

#ifdef _WIN32
#define STDCALL(result) __declspec(dllexport) result __stdcall
#else
#define STDCALL(result) __attribute__((stdcall)) result
#endif
";

fn takes_callback(function: &Function) -> bool {
    function.parameters.iter().any(|parameter| matches!(parameter.kind, Type::Callback(_)))
}

fn forwarded(function: &Function) -> String {
    let (start, parameters) = function.c.split_once('(').expect("a function has parameters");
    let name = &function.name;
    let result = start.strip_suffix(name.as_str()).expect("the name is before the parameters").trim_end();
    let arguments = joined(function, ", ", |name, _| name.to_owned());
    let returned = if function.result == Type::Void { "" } else { "return " };
    let declared = format!("STDCALL({result}) stdcall_{name}({parameters} {{");
    let call = format!("    {returned}{name}({arguments});");
    format!("\n{}{}}}\n", wrapped(&declared, 106, "    ", ""), wrapped(&call, 106, "        ", ""))
}
