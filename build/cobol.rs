//! A copybook: the constants. COBOL calls functions without declarations.

use super::ORIGIN;
use super::declarations::Declarations;

pub fn text(declarations: &Declarations) -> String {
    let (origin, manual) = ORIGIN.split_once(": ").expect("the origin has two parts");
    let mut text = format!("      *> {origin}:\n      *> {manual}\n{HEAD}");
    text += "       78  SIDEKICK-NUL                          VALUE -1.\n";
    for constant in &declarations.constants {
        let name = constant.name.replace('_', "-");
        text += &format!("       78  {name:<37} VALUE {}.\n", constant.value);
    }
    text
}

const HEAD: &str = "      *> Lengths, counts, indexes and pointers have 64 bits: pass variables
      *> of USAGE BINARY-DOUBLE, BINARY-DOUBLE UNSIGNED or POINTER by value,
      *> and literals BY VALUE SIZE 8. A status is BINARY-LONG.
";
