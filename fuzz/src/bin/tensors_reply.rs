//! Responses of the Open Inference Protocol for random outputs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sidekick_fuzz::tensors::read(data));
