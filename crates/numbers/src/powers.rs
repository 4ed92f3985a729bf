//! Powers of ten, and the limits of exact numbers.

/// Powers of ten that a 64-bit float holds exactly.
pub(crate) const EXACT_POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];
/// Whole numbers up to this are 64-bit floats, each of them.
pub(crate) const EXACT_INTEGERS: u64 = 1 << 53;
/// Powers of ten as whole numbers.
pub(crate) const POWERS: [u64; 17] = powers();

const fn powers() -> [u64; 17] {
    let mut powers = [1; 17];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = 10 * powers[at - 1];
        at += 1;
    }
    powers
}
