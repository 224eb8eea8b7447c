//! Files and folders that another program writes, and that appear at their target when it is done.

mod file;
mod folder;

pub use file::StagedFile;
pub use folder::StagedFolder;

#[cfg(test)]
mod tests;
