//! The guide of the configuration.

use crate::program::Case;
use crate::text;

/// Each example of the guide is a configuration; what its commands and files would give does not matter.
#[test]
fn the_examples_of_the_guide_are_valid() {
    let guide = text("docs/guides/channels.md");
    let examples: Vec<_> = guide
        .split("```toml\n")
        .skip(1)
        .map(|rest| rest.split_once("```").unwrap().0)
        .collect();
    assert_eq!(examples.len(), 7);
    for example in examples {
        let case = Case::new();
        case.file("config.toml", example);
        let args = ["check", "--config", "config.toml", "--channel", "none"];
        let ran = case.run(&args, &[]);
        let expected = "error: there is no channel `none` in `config.toml`; known: shop";
        assert!(ran.stderr.starts_with(expected), "{example}\n{ran:?}");
        assert_eq!(ran.code, Some(2), "{example}");
    }
}
