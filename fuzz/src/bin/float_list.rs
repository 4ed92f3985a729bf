//! A JSON list of floats: any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sidekick_fuzz::floats::read_list(data));
