//! The Python wheel.
//!
//! maturin makes wheels of programs too, but refuses one that also has a script, and `uvx whapi-export`
//! needs a script with the name of the package, and Meltano one for the tap. It also links the program anew.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::archive::{Entry, zip};
use super::linkage::{Choice, Linkage};
use super::payload::Payload;
use super::project::{NAME, Project};
use super::template::{fill_file, lookup};
use crate::files::read;
use crate::root::root;

/// The name of the package in paths, where `-` separates its parts.
const FILE_NAME: &str = "whapi_export";

/// The name that runners of Singer taps expect.
pub(crate) const TAP: &str = "tap-whapi";

/// Returns the file name and the bytes.
pub(crate) fn wheel(
    project: &Project,
    choice: &Choice,
    glibc: Option<(u32, u32)>,
    payload: &Payload,
) -> Result<(String, Vec<u8>), String> {
    let tags = tags(choice, glibc)?;
    let release = format!("{FILE_NAME}-{}", project.version);
    let mut entries = contents(project, choice, &release, payload)?;
    let info = format!("{release}.dist-info");
    entries.push(Entry::new(format!("{info}/WHEEL"), wheel_file(&tags)));
    let record = record(&entries, &info);
    entries.push(Entry::new(format!("{info}/RECORD"), record));
    let file = format!("{release}-py3-none-{}.whl", tags.join("."));
    Ok((file, zip(entries)?))
}

/// Everything but the files about the wheel itself.
fn contents(
    project: &Project,
    choice: &Choice,
    release: &str,
    payload: &Payload,
) -> Result<Vec<Entry>, String> {
    let (data, info) = (format!("{release}.data"), format!("{release}.dist-info"));
    let folder = root().join("packaging/python");
    let mut metadata = fill_file("python/METADATA", lookup(&project.values()))?.into_bytes();
    metadata.extend(read(&folder.join("README.md"))?);
    let module = read(&folder.join(FILE_NAME).join("__init__.py"))?;
    let scripts =
        format!("[console_scripts]\n{NAME} = {FILE_NAME}:main\n{TAP} = {FILE_NAME}:tap\n");
    let program = Entry::program(choice.target.program(), payload.program.clone());
    let mut entries = vec![
        Entry::new(format!("{FILE_NAME}/__init__.py"), module),
        program.within(&format!("{data}/scripts")),
        Entry::new(format!("{info}/METADATA"), metadata),
        Entry::new(format!("{info}/entry_points.txt"), scripts),
    ];
    let licenses = payload.licenses().cloned();
    entries.extend(licenses.map(|file| file.within(&format!("{info}/licenses"))));
    Ok(entries)
}

/// The platforms on which an installer may choose this wheel.
fn tags(choice: &Choice, glibc: Option<(u32, u32)>) -> Result<Vec<String>, String> {
    let (system, processor) = choice.target.npm;
    let processor = match (system, processor) {
        (_, "x64") => "x86_64",
        ("darwin", _) => "arm64",
        _ => "aarch64",
    };
    let unknown = || format!("no platform tag for {}", choice.target.triple);
    Ok(match (system, choice.linkage) {
        // A static program runs with either C library. These are the oldest that installers know.
        ("linux", Linkage::Musl | Linkage::StaticGlibc) => vec![
            format!("manylinux2014_{processor}"),
            format!("manylinux_2_17_{processor}"),
            format!("musllinux_1_1_{processor}"),
        ],
        ("linux", Linkage::Dynamic) => {
            let (major, minor) = glibc.ok_or_else(unknown)?;
            vec![format!("manylinux_{major}_{minor}_{processor}")]
        }
        // The oldest systems of Rust's targets.
        ("darwin", _) if processor == "arm64" => vec!["macosx_11_0_arm64".to_owned()],
        ("darwin", _) => vec!["macosx_10_12_x86_64".to_owned()],
        ("win32", _) => vec!["win_amd64".to_owned()],
        _ => return Err(unknown()),
    })
}

fn wheel_file(tags: &[String]) -> String {
    let mut text =
        String::from("Wheel-Version: 1.0\nGenerator: cargo xtask dist\nRoot-Is-Purelib: false\n");
    for tag in tags {
        writeln!(text, "Tag: py3-none-{tag}").expect("a String takes everything");
    }
    text
}

/// The list of files, by which they are verified and removed.
fn record(entries: &[Entry], info: &str) -> String {
    let mut lines: Vec<_> = entries
        .iter()
        .map(|entry| {
            let sum = URL_SAFE_NO_PAD.encode(Sha256::digest(&entry.bytes));
            format!("{},sha256={sum},{}\n", entry.path, entry.bytes.len())
        })
        .collect();
    lines.sort();
    lines.push(format!("{info}/RECORD,,\n"));
    lines.concat()
}

#[cfg(test)]
mod tests {
    use super::super::target::Target;
    use super::*;

    #[test]
    fn platforms() {
        for (triple, linkage, expected) in [
            (
                "x86_64-unknown-linux-musl",
                Linkage::Musl,
                "manylinux2014_x86_64.manylinux_2_17_x86_64.musllinux_1_1_x86_64",
            ),
            (
                "aarch64-unknown-linux-gnu",
                Linkage::StaticGlibc,
                "manylinux2014_aarch64.manylinux_2_17_aarch64.musllinux_1_1_aarch64",
            ),
            (
                "x86_64-unknown-linux-gnu",
                Linkage::Dynamic,
                "manylinux_2_36_x86_64",
            ),
            (
                "aarch64-apple-darwin",
                Linkage::Dynamic,
                "macosx_11_0_arm64",
            ),
            (
                "x86_64-apple-darwin",
                Linkage::Dynamic,
                "macosx_10_12_x86_64",
            ),
            ("x86_64-pc-windows-msvc", Linkage::Dynamic, "win_amd64"),
        ] {
            let choice = Choice::new(Target::named(triple).unwrap(), linkage, "a test");
            assert_eq!(tags(&choice, Some((2, 36))).unwrap().join("."), expected);
        }
    }

    #[test]
    fn the_record_has_every_file_and_itself() {
        let entries = [Entry::new("b.py", "abc"), Entry::new("a.py", "")];
        assert_eq!(
            record(&entries, "w.dist-info"),
            "a.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n\
             b.py,sha256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0,3\n\
             w.dist-info/RECORD,,\n"
        );
    }

    #[test]
    fn the_file_about_the_wheel_has_a_line_for_each_tag() {
        assert_eq!(
            wheel_file(&["win_amd64".to_owned()]),
            "Wheel-Version: 1.0\nGenerator: cargo xtask dist\nRoot-Is-Purelib: false\n\
             Tag: py3-none-win_amd64\n"
        );
    }
}
