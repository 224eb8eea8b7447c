//! `cargo xtask packages`: packs each crate for the registry, and tests what was packed.
//!
//! A test of the repository passes also when it reads a file that no package has. So the packages are
//! unpacked into a workspace of their own, and their tests run there. The projects of `examples/` are
//! then built from the same packages, as if these came from the registry.

mod archives;
mod projects;
mod run;
mod workspace;

use std::ffi::OsString;

use cargo_metadata::{MetadataCommand, Package};

use crate::files;
use crate::root::root;

/// The unpacked packages and the projects, in the target folder.
const FOLDER: &str = "packages";

/// A package of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Published {
    name: String,
    version: String,
}

impl Published {
    fn new(package: &Package) -> Self {
        Self {
            name: package.name.to_string(),
            version: package.version.to_string(),
        }
    }

    /// The folder that the archive has everything in.
    fn folder(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }
}

/// Whether a package goes to the registry.
pub(crate) fn is_published(package: &Package) -> bool {
    // An empty list is `publish = false`.
    package.publish.as_ref().is_none_or(|to| !to.is_empty())
}

/// Packs, unpacks, and runs the tests of the packages and of the projects.
pub(crate) fn run(args: &[OsString]) -> Result<(), String> {
    let allow_dirty = match args {
        [] => false,
        [flag] if flag == "--allow-dirty" => true,
        _ => return Err("packages takes nothing but --allow-dirty".to_owned()),
    };
    let metadata = MetadataCommand::new()
        .current_dir(root())
        .no_deps()
        .exec()
        .map_err(|error| format!("could not read the workspace: {error}"))?;
    let (published, others): (Vec<_>, Vec<_>) = metadata
        .workspace_packages()
        .into_iter()
        .partition(|package| is_published(package));
    let others: Vec<_> = others.iter().map(|package| package.name.as_str()).collect();
    let published: Vec<_> = published.into_iter().map(Published::new).collect();

    let target = metadata.target_directory.as_std_path();
    let folder = target.join(FOLDER);
    files::create_empty_folder(&folder)?;
    archives::pack(&others, allow_dirty)?;
    for package in &published {
        archives::unpack(package, &target.join("package"), &folder)?;
    }
    workspace::write(&published, &folder)?;
    println!("packages: {} in {}", published.len(), folder.display());
    run::tests(&folder, target)?;
    projects::test(&published, &folder, &target.join("examples"))
}
