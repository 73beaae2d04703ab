#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gatehound_fuzz::family(gatehound_fuzz::CLF, bytes));
