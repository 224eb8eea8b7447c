//! The parser of `Retry-After`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| whapi_http::fuzzing::retry_after(data));
