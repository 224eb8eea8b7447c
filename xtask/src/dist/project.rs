//! What is distributed: its names, version, licence and address, in one place.

use cargo_metadata::{Metadata, MetadataCommand};

use crate::root::root;

/// The name of every package: of Debian, PyPI, npm, Homebrew and Scoop.
pub(crate) const NAME: &str = "whapi-export";

/// The name of the program in each package.
pub(crate) const PROGRAM: &str = "whapi";

/// Whom Debian's package names; `.invalid` is no address of a person.
pub(crate) const MAINTAINER: &str =
    "the whapi-export maintainers <maintainers@whapi-export.invalid>";

/// The package of the workspace that builds the program.
pub(crate) const CRATE: &str = "whapi-cli";

/// The workspace, as `cargo metadata` describes it for one target.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) version: String,
    pub(crate) description: String,
    pub(crate) license: String,
    /// The address of the repository, which has the releases.
    pub(crate) repository: String,
    pub(crate) metadata: Metadata,
}

impl Project {
    /// Reads the workspace, with the dependencies of one target.
    pub(crate) fn read(triple: &str) -> Result<Self, String> {
        let metadata = MetadataCommand::new()
            .current_dir(root())
            .other_options(vec![
                "--locked".to_owned(),
                format!("--filter-platform={triple}"),
            ])
            .exec()
            .map_err(|error| format!("could not read the workspace: {error}"))?;
        let package = metadata
            .workspace_packages()
            .into_iter()
            .find(|package| package.name.as_str() == CRATE)
            .ok_or_else(|| format!("the workspace has no {CRATE}"))?;
        let missing = |key: &str| format!("{CRATE} has no `{key}` in its Cargo.toml");
        if !package.version.pre.is_empty() {
            return Err(
                "a pre-release has another spelling in each registry; none is packaged".into(),
            );
        }
        Ok(Self {
            version: package.version.to_string(),
            description: package
                .description
                .clone()
                .ok_or_else(|| missing("description"))?,
            license: package.license.clone().ok_or_else(|| missing("license"))?,
            repository: package
                .repository
                .clone()
                .ok_or_else(|| missing("repository"))?,
            metadata,
        })
    }

    /// Values for the placeholders of the files in `packaging/`.
    pub(crate) fn values(&self) -> [(&str, &str); 6] {
        [
            ("name", NAME),
            ("version", &self.version),
            ("description", &self.description),
            ("license", &self.license),
            ("repository", &self.repository),
            ("maintainer", MAINTAINER),
        ]
    }

    /// Returns the address of a file of this version's release.
    pub(crate) fn release_url(&self, file: &str) -> String {
        format!(
            "{}/releases/download/v{}/{file}",
            self.repository, self.version
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Project {
        /// Returns the workspace under another version and address.
        pub(crate) fn for_tests(version: &str) -> Self {
            Self {
                version: version.to_owned(),
                repository: "https://example.org/whapi-export".to_owned(),
                ..Self::read("x86_64-unknown-linux-musl").unwrap()
            }
        }
    }

    #[test]
    fn the_workspace_says_what_is_distributed() {
        let project = Project::read("x86_64-unknown-linux-musl").unwrap();
        assert_eq!(project.version, env!("CARGO_PKG_VERSION"));
        assert_eq!(project.license, "MIT OR Apache-2.0");
        let file = project.release_url("SHA256SUMS");
        let start = format!("{}/releases/download/v", project.repository);
        assert_eq!(file, format!("{start}{}/SHA256SUMS", project.version));
    }
}
