//! Replaying the inputs of fuzz targets.

use std::fs;
use std::path::Path;

/// Runs a fuzz target over every input in a folder.
///
/// # Panics
///
/// When the folder is missing or empty, and when `run` panics.
///
/// # Examples
///
/// ```
/// let corpus = tempfile::tempdir()?;
/// std::fs::write(corpus.path().join("a-date"), "Sun, 06 Nov 1994 08:49:37 GMT")?;
///
/// whapi_test_support::replay_corpus(corpus.path(), |input| assert_eq!(input.len(), 29));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn replay_corpus(folder: impl AsRef<Path>, run: impl Fn(&[u8])) {
    let folder = folder.as_ref();
    let inputs = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("no corpus in {}: {error}", folder.display()));
    let mut count = 0;
    for input in inputs {
        let path = input.expect("a readable folder").path();
        run(&fs::read(&path).expect("a readable input"));
        count += 1;
    }
    assert!(count > 0, "no corpus in {}", folder.display());
}
