//! The repository's README, whose Rust code `cargo test --doc` compiles.

/// Compiles the Rust code of the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
