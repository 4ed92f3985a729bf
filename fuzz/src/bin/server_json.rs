//! JSON requests, as the server reads them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sidekick_fuzz::requests::read_json(data));
