//! Responses of random outputs: any bytes, and responses that are mostly valid.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sidekick_fuzz::response::read(data));
