//! Lists of floats: valid numbers in every spelling.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sidekick_fuzz::floats::read_numbers(data));
