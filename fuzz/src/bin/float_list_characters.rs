//! Lists of floats: only the characters of numbers, and of what comes between them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sidekick_fuzz::floats::read_characters(data));
