//! `cargo xtask api`: compares the public API of each crate with its listing in `docs/api`.

mod foreign;
mod listing;
mod rustdoc;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

use similar::TextDiff;

use foreign::foreign_types;
use rustdoc::Workspace;

/// The compiler that the listings are for: another one writes another JSON, and prints some items
/// differently.
const RUSTC: &str = "rustc 1.95.0";
/// The system that the listings are for: an item may exist on one system only.
const SYSTEM: &str = "linux";

fn main() -> ExitCode {
    if let Some(code) = rustdoc::run_as_rustdoc() {
        return code;
    }
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Compares every listing with its file, or writes the files with `--accept`.
fn run() -> Result<(), String> {
    let accept = match env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => false,
        [flag] if flag == "--accept" => true,
        _ => return Err("api takes nothing but --accept".to_owned()),
    };
    if let Some(other) = other_toolchain()? {
        let message = format!("the listings are for {RUSTC} on {SYSTEM}, and this is {other}");
        if accept {
            return Err(message);
        }
        println!("SKIPPED: {message}; the public API is not compared");
        return Ok(());
    }
    let root = root();
    let workspace = Workspace::read(&root)?;
    workspace.document()?;
    let mut listings = BTreeMap::new();
    for package in workspace.packages() {
        listings.insert(package.clone(), listing::of(&workspace.json(package))?);
    }
    let folder = root.join("docs/api");
    if accept {
        write(&folder, &listings)?;
    } else {
        compare(&folder, &listings)?;
    }
    let foreign = foreign_types(&listings);
    if foreign.is_empty() {
        return Ok(());
    }
    Err(format!(
        "types of other crates in the public API; re-export the crate, or hide the type behind one of ours:\n  {}",
        foreign.join("\n  ")
    ))
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().nth(2);
    root.expect("xtask/api is two folders below the root")
        .to_owned()
}

/// Returns compiler and system if the listings are not for them.
fn other_toolchain() -> Result<Option<String>, String> {
    let output = Command::new("rustc")
        .arg("--version")
        .output()
        .map_err(|error| format!("could not run rustc: {error}"))?;
    let version = String::from_utf8_lossy(&output.stdout);
    let ours = version.starts_with(&format!("{RUSTC} ")) && env::consts::OS == SYSTEM;
    Ok((!ours).then(|| format!("{} on {}", version.trim_end(), env::consts::OS)))
}

fn write(folder: &Path, listings: &BTreeMap<String, String>) -> Result<(), String> {
    fs::create_dir_all(folder)
        .map_err(|error| format!("could not make {}: {error}", folder.display()))?;
    for package in stored(folder)? {
        if !listings.contains_key(&package) {
            let path = file(folder, &package);
            fs::remove_file(&path)
                .map_err(|error| format!("could not remove {}: {error}", path.display()))?;
        }
    }
    for (package, listing) in listings {
        let path = file(folder, package);
        fs::write(&path, listing)
            .map_err(|error| format!("could not write {}: {error}", path.display()))?;
    }
    println!("api: wrote the listings of {} crates", listings.len());
    Ok(())
}

/// Prints the difference of each listing to its file, and returns an error if there is one.
fn compare(folder: &Path, listings: &BTreeMap<String, String>) -> Result<(), String> {
    let mut changed = Vec::new();
    for package in stored(folder)? {
        if !listings.contains_key(&package) {
            println!("docs/api/{package}.txt is of a crate that does not exist");
            changed.push(package);
        }
    }
    for (package, listing) in listings {
        let before = fs::read_to_string(file(folder, package)).unwrap_or_default();
        if before == *listing {
            continue;
        }
        let name = format!("docs/api/{package}.txt");
        let diff = TextDiff::from_lines(&before, listing);
        let mut diff = diff.unified_diff();
        print!(
            "{}",
            diff.context_radius(0)
                .header(&name, &format!("{package} as it is"))
        );
        changed.push(package.clone());
    }
    if changed.is_empty() {
        println!("api: the {} listings are up to date", listings.len());
        return Ok(());
    }
    Err(format!(
        "the public API differs from its listing: {}; to accept it, run `cargo xtask api --accept` and commit \
         docs/api",
        changed.join(", ")
    ))
}

/// Returns the packages that have a file in `docs/api`.
fn stored(folder: &Path) -> Result<Vec<String>, String> {
    let failed = |error| format!("could not read {}: {error}", folder.display());
    let mut packages = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        if let Some(package) = name.to_str().and_then(|name| name.strip_suffix(".txt")) {
            packages.push(package.to_owned());
        }
    }
    packages.sort();
    Ok(packages)
}

fn file(folder: &Path, package: &str) -> PathBuf {
    folder.join(format!("{package}.txt"))
}
