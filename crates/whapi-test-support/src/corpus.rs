//! Replaying the inputs of fuzz targets.

use std::fs;

/// Runs a fuzz target over every input of its corpus in `fuzz/corpus`.
///
/// # Panics
///
/// When the corpus is missing or empty, and when `run` panics.
///
/// # Examples
///
/// ```
/// whapi_test_support::replay_corpus("retry_after", |input| assert!(input.len() < 1 << 20));
/// ```
pub fn replay_corpus(target: &str, run: impl Fn(&[u8])) {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/");
    let inputs = fs::read_dir(format!("{corpus}{target}"))
        .unwrap_or_else(|error| panic!("no corpus for {target}: {error}"));
    let mut count = 0;
    for input in inputs {
        let path = input.expect("a readable folder").path();
        run(&fs::read(&path).expect("a readable input"));
        count += 1;
    }
    assert!(count > 0, "no corpus for {target}");
}
