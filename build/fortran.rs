//! A Fortran module of interfaces.

use super::declarations::{Declarations, Function, Number, Type};
use super::{ORIGIN, joined, wrapped};

pub fn text(declarations: &Declarations) -> String {
    let mut text = format!("! {ORIGIN}\n{HEAD}");
    for constant in &declarations.constants {
        let (name, value) = (&constant.name, constant.value);
        text += &format!("    integer(c_int32_t), parameter :: {name} = {value}_c_int32_t\n");
    }
    text += "\n    interface\n";
    let interfaces: Vec<String> = declarations.functions.iter().map(interface).collect();
    text += &interfaces.join("\n");
    text + "    end interface\n" + HELPERS
}

const HEAD: &str = "! A text is passed with its length, so trim it first. An output that is not wanted is left out, as is `error`.
! An object that is not wanted, such as `cancel`, is c_null_ptr; a callback is c_null_funptr.
module sidekick
    use, intrinsic :: iso_c_binding
    implicit none
    public

    !> As the length of a text that a NUL ends.
    integer(c_size_t), parameter :: SIDEKICK_NUL = -1_c_size_t
";

const HELPERS: &str = "
contains

    !> A copy of text that the library hands out; empty for c_null_ptr.
    function sidekick_string(text, length) result(string)
        type(c_ptr), intent(in) :: text
        integer(c_size_t), intent(in) :: length
        character(len=:), allocatable :: string
        character(kind=c_char), pointer :: bytes(:)
        integer(c_size_t) :: at
        allocate (character(len=length) :: string)
        if (.not. c_associated(text)) then
            string = ''
            return
        end if
        call c_f_pointer(text, bytes, [length])
        do at = 1, length
            string(at:at) = bytes(at)
        end do
    end function
end module
";

fn interface(function: &Function) -> String {
    let name = &function.name;
    let names = joined(function, ", ", |name, _| name.to_owned());
    let (kind, result) = match word(&function.result) {
        Some(result) => ("function", format!("            {result} :: result_\n")),
        None => ("subroutine", String::new()),
    };
    let ending = if result.is_empty() { "bind(c)" } else { "bind(c) result(result_)" };
    let line = format!("        {kind} {name}({names}) {ending}");
    let mut text = wrapped(&line, 108, "                ", " &");
    text += "            import\n";
    text += &result;
    for parameter in &function.parameters {
        text += &format!("            {}\n", dummy(&parameter.name, &parameter.kind));
    }
    text + &format!("        end {kind}\n")
}

/// The type of a result.
fn word(kind: &Type) -> Option<&'static str> {
    match kind {
        Type::Void => None,
        Type::Number(number) => Some(scalar(*number)),
        _ => Some("type(c_ptr)"),
    }
}

fn dummy(name: &str, kind: &Type) -> String {
    match kind {
        Type::Number(number) => format!("{}, value :: {name}", scalar(*number)),
        Type::Object(_) | Type::Data | Type::Void => format!("type(c_ptr), value :: {name}"),
        Type::Callback(_) => format!("type(c_funptr), value :: {name}"),
        Type::Text => format!("character(kind=c_char), intent(in) :: {name}(*)"),
        Type::Array(number) => format!("{}, intent(in), optional :: {name}(*)", scalar(*number)),
        Type::Pointers => format!("type(c_ptr), intent(in), optional :: {name}(*)"),
        Type::OutNumber(number) => format!("{}, intent(inout), optional :: {name}", scalar(*number)),
        Type::OutObject(_) | Type::OutText | Type::OutView => {
            format!("type(c_ptr), intent(inout), optional :: {name}")
        }
        Type::Room(number) => format!("{}, intent(inout) :: {name}(*)", scalar(*number)),
    }
}

fn scalar(number: Number) -> &'static str {
    match number {
        Number::Int32 | Number::Uint32 => "integer(c_int32_t)",
        Number::Int64 | Number::Uint64 => "integer(c_int64_t)",
        Number::Size => "integer(c_size_t)",
        Number::Difference => "integer(c_intptr_t)",
        Number::Float => "real(c_float)",
        Number::Double => "real(c_double)",
    }
}
