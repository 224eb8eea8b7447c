//! The guard against formulas, and a CSV reader behind it.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| whapi_export_csv::fuzzing::guard(data));
