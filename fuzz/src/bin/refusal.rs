//! The bodies of responses that refuse a request.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sidekick_fuzz::describe::refusal(data));
