//! The vCard writers, and a reader that is not ours behind them.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| whapi_export_vcard::fuzzing::card(data));
