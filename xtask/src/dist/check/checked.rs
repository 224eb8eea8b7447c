//! The outcome of a check.

/// What became of a check.
#[derive(Debug)]
pub(crate) enum Checked {
    /// The package works; the words say what was tried.
    Works(&'static str),
    /// A program that the check needs is missing.
    Lacks(&'static str),
}
