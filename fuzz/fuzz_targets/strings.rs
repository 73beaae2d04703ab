#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gatehound_fuzz::strings(bytes));
