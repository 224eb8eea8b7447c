//! The parser of the API's answers.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| whapi_fetch::fuzzing::page(data));
