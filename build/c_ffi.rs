//! `sidekick_ffi.h`: the header without a preprocessor.

use super::ORIGIN;
use super::declarations::Declarations;

pub fn text(declarations: &Declarations) -> String {
    let mut text = format!("/* {ORIGIN}\n * {HEAD}");
    text += "enum { SIDEKICK_NUL = 0xFFFFFFFF };\n";
    for constant in &declarations.constants {
        text += &format!("enum {{ {} = {} }};\n", constant.name, constant.value);
    }
    text += "\ntypedef int32_t sidekick_status;\n";
    for object in &declarations.objects {
        text += &format!("typedef struct {object} {object};\n");
    }
    text += "\n";
    for callback in &declarations.callbacks {
        text += &format!("{};\n", callback.c);
    }
    text += "\n";
    for function in &declarations.functions {
        text += &format!("{};\n", function.c);
    }
    text
}

const HEAD: &str = "\
For parsers of declarations, such as those of LuaJIT, PHP, Ruby and cffi: there is no preprocessor, constants are
 * enums, and each declaration is one line. size_t, int32_t and its like are known there. SIDEKICK_SIZE_ANY, the
 * greatest size_t, is left out: no enum holds it. */

";
