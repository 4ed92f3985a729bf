//! Requests of the Open Inference Protocol, as the server reads them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sidekick_fuzz::infer_requests::read(data));
