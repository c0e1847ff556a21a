#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| influx_fuzz::lines(data));
