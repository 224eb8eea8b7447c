//! The JSON that rustdoc writes about each crate.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

use serde_json::Value;

/// Set for cargo, which starts this program in place of rustdoc.
const IN_PLACE_OF_RUSTDOC: &str = "WHAPI_API_LISTING_RUSTDOC";
/// Packages without a listing: a dev-dependency of ours, and the one that is not published.
const UNLISTED: &[&str] = &["whapi-test-support", "xtask"];

/// Runs rustdoc with the arguments of this program, if cargo started it in place of rustdoc.
///
/// The JSON is an unstable output, which stable toolchains write with `RUSTC_BOOTSTRAP`. Only rustdoc
/// gets it: cargo would build every dependency anew with it.
pub(crate) fn run_as_rustdoc() -> Option<ExitCode> {
    let rustdoc = env::var_os(IN_PLACE_OF_RUSTDOC)?;
    let status = Command::new(rustdoc)
        .args(env::args_os().skip(1))
        .env("RUSTC_BOOTSTRAP", "1")
        .status();
    Some(match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: could not run rustdoc: {error}");
            ExitCode::FAILURE
        }
    })
}

/// The packages of the workspace that others can depend on.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
    packages: Vec<String>,
}

impl Workspace {
    /// Asks cargo which packages have a library.
    pub(crate) fn read(root: &Path) -> Result<Self, String> {
        let output = Command::new("cargo")
            .args(["metadata", "--no-deps", "--format-version=1", "--locked"])
            .current_dir(root)
            .output()
            .map_err(|error| format!("could not run cargo: {error}"))?;
        let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|_| {
            let message = String::from_utf8_lossy(&output.stderr);
            format!("could not read the workspace: {message}")
        })?;
        let all = metadata["packages"].as_array().into_iter().flatten();
        let mut packages: Vec<_> = all
            .filter(|package| has_library(package))
            .filter_map(|package| package["name"].as_str())
            .filter(|name| !UNLISTED.contains(name))
            .map(str::to_owned)
            .collect();
        packages.sort();
        Ok(Self {
            root: root.to_owned(),
            target: metadata["target_directory"]
                .as_str()
                .unwrap_or_default()
                .into(),
            packages,
        })
    }

    /// Returns the names of the packages, sorted.
    pub(crate) fn packages(&self) -> &[String] {
        &self.packages
    }

    /// Has rustdoc write the JSON of each package, with all features.
    pub(crate) fn document(&self) -> Result<(), String> {
        let this =
            env::current_exe().map_err(|error| format!("could not find this program: {error}"))?;
        // An old file must not be taken for a new one.
        for package in &self.packages {
            _ = fs::remove_file(self.json(package));
        }
        let mut cargo = Command::new("cargo");
        // `cargo run` names this package in them, for which build scripts of dependencies would run anew.
        let of_this_package = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        for name in of_this_package.filter(|name| is_of_a_package(name)) {
            cargo.env_remove(name);
        }
        let status = cargo
            .args([
                "doc",
                "--workspace",
                "--no-deps",
                "--lib",
                "--all-features",
                "--locked",
                "--quiet",
            ])
            .current_dir(&self.root)
            .env("RUSTDOC", this)
            .env(
                IN_PLACE_OF_RUSTDOC,
                env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into()),
            )
            .env("RUSTDOCFLAGS", "-Z unstable-options --output-format json")
            .status()
            .map_err(|error| format!("could not run cargo: {error}"))?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("cargo doc failed: {status}"))
        }
    }

    /// Returns the path of a package's JSON.
    pub(crate) fn json(&self, package: &str) -> PathBuf {
        let library = package.replace('-', "_");
        self.target.join("doc").join(format!("{library}.json"))
    }
}

fn is_of_a_package(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_")
}

fn has_library(package: &Value) -> bool {
    let targets = package["targets"].as_array().into_iter().flatten();
    targets
        .flat_map(|target| target["kind"].as_array().into_iter().flatten())
        .any(|kind| kind == "lib")
}
