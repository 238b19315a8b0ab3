#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lead::fuzzed::counts(bytes));
