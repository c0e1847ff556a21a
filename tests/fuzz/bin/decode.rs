#![no_main]
#![allow(missing_docs, reason = "a program that the macro makes")]

libfuzzer_sys::fuzz_target!(|data: &[u8]| influx_fuzz::decode(data));
