//! The page of `whapi stats`.

use crate::program::Case;
use crate::text;

/// All but the line with the time, which differs.
#[test]
fn the_documented_sample_is_what_is_printed() {
    let page = text("docs/stats.md");
    let (_, sample) = page.split_once("```text\n").unwrap();
    let (sample, _) = sample.split_once("```").unwrap();
    let (_, sample) = sample.split_once('\n').unwrap();
    let ran = Case::new().run(&["stats", "--reasons", "--demo"], &[]);
    let (_, printed) = ran.stdout.split_once('\n').unwrap();
    assert!(sample.lines().count() > 10);
    assert!(printed.starts_with(sample), "{printed}");
}
