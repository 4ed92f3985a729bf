//! Responses: only numbers and what is around them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sidekick_fuzz::response::read_characters(data));
