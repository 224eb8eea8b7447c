//! The parser of ids.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| whapi_model::fuzzing::id(data));
