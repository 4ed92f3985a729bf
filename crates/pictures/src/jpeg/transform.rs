//! From coefficients to samples: the inverse transform in integers that the Independent JPEG Group's library
//! made common (Loeffler, Ligtenberg and Moschytz 1989), so that samples equal those of the decoders built on
//! it.

use super::scan::Block;
use super::tables::Steps;

const FRACTION: i32 = 13;
/// Fraction bits that the first pass keeps for the second.
const KEPT: i32 = 2;

const fn fixed(value: f64) -> i32 {
    (value * (1 << FRACTION) as f64 + 0.5) as i32
}

const F_0_298: i32 = fixed(0.298631336);
const F_0_390: i32 = fixed(0.390180644);
const F_0_541: i32 = fixed(0.541196100);
const F_0_765: i32 = fixed(0.765366865);
const F_0_899: i32 = fixed(0.899976223);
const F_1_175: i32 = fixed(1.175875602);
const F_1_501: i32 = fixed(1.501321110);
const F_1_847: i32 = fixed(1.847759065);
const F_1_961: i32 = fixed(1.961570560);
const F_2_053: i32 = fixed(2.053119869);
const F_2_562: i32 = fixed(2.562915447);
const F_3_072: i32 = fixed(3.072711026);

/// Writes the samples of a block: eight rows of `stride` samples.
pub(super) fn samples(block: &Block, steps: &Steps, stride: usize, into: &mut [u8]) {
    if block[1..].iter().all(|coefficient| *coefficient == 0) {
        // The transform of a constant.
        let value = (i32::from(block[0]).wrapping_mul(i32::from(steps[0])) << KEPT).wrapping_add(16) >> 5;
        into.chunks_mut(stride)
            .for_each(|row| row.iter_mut().take(8).for_each(|sample| *sample = level(value)));
        return;
    }
    let mut pass = [0i32; 64];
    for column in 0..8 {
        let value = |row: usize| {
            let at = 8 * row + column;
            i32::from(block[at]).wrapping_mul(i32::from(steps[at]))
        };
        let line = inverse(std::array::from_fn(value), FRACTION - KEPT);
        (0..8).for_each(|row| pass[8 * row + column] = line[row]);
    }
    for (line, row) in pass.as_chunks().0.iter().zip(into.chunks_mut(stride)) {
        let line = inverse(*line, FRACTION + KEPT + 3);
        row.iter_mut().zip(line).for_each(|(sample, value)| *sample = level(value));
    }
}

/// Samples are coded around zero (T.81 A.3.1).
fn level(value: i32) -> u8 {
    value.saturating_add(128).clamp(0, 255) as u8
}

/// The transform of eight values, its results divided by a power of two.
#[inline(always)]
fn inverse(v: [i32; 8], shift: i32) -> [i32; 8] {
    let mul = i32::wrapping_mul;
    let sum = |values: &[i32]| values.iter().fold(0, |sum: i32, value| sum.wrapping_add(*value));
    // Even part.
    let z = mul(v[2].wrapping_add(v[6]), F_0_541);
    let even_2 = z.wrapping_sub(mul(v[6], F_1_847));
    let even_3 = z.wrapping_add(mul(v[2], F_0_765));
    let even_0 = v[0].wrapping_add(v[4]) << FRACTION;
    let even_1 = v[0].wrapping_sub(v[4]) << FRACTION;
    let even = [
        even_0.wrapping_add(even_3),
        even_1.wrapping_add(even_2),
        even_1.wrapping_sub(even_2),
        even_0.wrapping_sub(even_3),
    ];
    // Odd part.
    let z_5 = mul(sum(&[v[7], v[3], v[5], v[1]]), F_1_175);
    let z_1 = -mul_of(v[7].wrapping_add(v[1]), F_0_899);
    let z_2 = -mul_of(v[5].wrapping_add(v[3]), F_2_562);
    let z_3 = z_5.wrapping_sub(mul(v[7].wrapping_add(v[3]), F_1_961));
    let z_4 = z_5.wrapping_sub(mul(v[5].wrapping_add(v[1]), F_0_390));
    let odd = [
        sum(&[mul(v[1], F_1_501), z_1, z_4]),
        sum(&[mul(v[3], F_3_072), z_2, z_3]),
        sum(&[mul(v[5], F_2_053), z_2, z_4]),
        sum(&[mul(v[7], F_0_298), z_1, z_3]),
    ];
    let round = 1 << (shift - 1);
    std::array::from_fn(|at| {
        let value =
            if at < 4 { even[at].wrapping_add(odd[at]) } else { even[7 - at].wrapping_sub(odd[7 - at]) };
        value.wrapping_add(round) >> shift
    })
}

/// A product that can be negated: the least value has no opposite.
fn mul_of(value: i32, factor: i32) -> i32 {
    value.wrapping_mul(factor).max(-i32::MAX)
}
