//! An exporter that is a program.

/// A program that the configuration names as an exporter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExporterProgram {
    /// The name of the format.
    pub(crate) name: String,
    /// The program and its arguments. Not empty.
    pub(crate) command: Vec<String>,
    /// The SHA-256 that the program must have, in hex. `None`: it is not checked.
    pub(crate) sha256: Option<String>,
}
