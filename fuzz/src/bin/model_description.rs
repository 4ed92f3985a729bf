//! Model descriptions of the Open Inference Protocol.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sidekick_fuzz::descriptions::read(data));
