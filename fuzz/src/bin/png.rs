//! PNG files and their metadata.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sidekick_fuzz::forms::png(data));
