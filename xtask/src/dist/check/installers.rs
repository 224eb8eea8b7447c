//! Installing by unpacking, by dpkg, by pip and by npm.

use std::ffi::OsStr;
use std::fs;
#[cfg(not(unix))]
use std::fs::hard_link as link;
#[cfg(unix)]
use std::os::unix::fs::symlink as link;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::job::Job;
use super::super::project::{NAME, PROGRAM};
use super::super::sums::names;
use super::super::wheel::TAP;
use super::checked::Checked;
use super::demo;
use super::registry::Registry;
use super::tree::Tree;
use crate::files::{create_folder, empty_folder, write};
use crate::tools::{find, find_python, is_root, output};

/// Where dpkg keeps what it knows, below its root.
const DATABASE: &str = "var/lib/dpkg";

/// Unpacks the archive into an empty folder.
pub(super) fn tar(job: &Job, folder: &Path) -> Result<Checked, String> {
    if find("tar").is_none() {
        return Ok(Checked::Lacks("tar is not installed"));
    }
    let prefix = empty_folder()?;
    let archive = folder.join(job.choice.target.archive(&job.project.version));
    let mut unpack = Command::new("tar");
    unpack.arg("-xf").arg(archive).arg("-C").arg(prefix.path());
    let unpacked = prefix
        .path()
        .join(job.choice.target.folder(&job.project.version));
    install(prefix.path(), &[], &mut unpack, || {
        let program = unpacked.join(job.choice.target.program());
        demo::run(&program, OsStr::new(""), &job.project.version)?;
        fs::remove_dir_all(&unpacked).map_err(|error| error.to_string())
    })?;
    Ok(Checked::Works("unpacked, run, deleted"))
}

/// Installs Debian's package into a root of its own.
pub(super) fn deb(job: &Job, folder: &Path) -> Result<Checked, String> {
    if find("dpkg").is_none() {
        return Ok(Checked::Lacks("dpkg is not installed"));
    }
    if !is_root() {
        return Ok(Checked::Lacks("dpkg installs for root only"));
    }
    let prefix = empty_folder()?;
    let database = prefix.path().join(DATABASE);
    create_folder(&database.join("info"))?;
    write(&database.join("status"), b"")?;
    let dpkg = || {
        let mut command = Command::new("dpkg");
        // The libraries that a dynamic program needs are not in that root.
        command.args(["--force-depends", "--log=/dev/null", "--root"]);
        command.arg(prefix.path());
        command
    };
    let package = folder.join(find_name(folder, ".deb")?);
    install(
        prefix.path(),
        &[DATABASE],
        dpkg().arg("--install").arg(&package),
        || {
            let program = prefix.path().join("usr/bin").join(PROGRAM);
            demo::run(&program, OsStr::new(""), &job.project.version)?;
            output(dpkg().args(["--purge", NAME])).map(drop)
        },
    )?;
    if find("lintian").is_none() {
        return Ok(Checked::Works(
            "installed by dpkg, run, purged; there is no lintian",
        ));
    }
    let mut lintian = Command::new("lintian");
    output(lintian.args(["--fail-on", "error,warning"]).arg(&package))?;
    Ok(Checked::Works(
        "installed by dpkg, run, purged; lintian warns of nothing",
    ))
}

/// Installs the wheel into a virtual environment.
pub(super) fn wheel(job: &Job, folder: &Path) -> Result<Checked, String> {
    let Some(python) = find_python() else {
        return Ok(Checked::Lacks("Python is not installed"));
    };
    let prefix = empty_folder()?;
    if output(Command::new(python).args(["-m", "venv"]).arg(prefix.path())).is_err() {
        return Ok(Checked::Lacks(
            "Python has no venv: apt-get install python3-venv",
        ));
    }
    let scripts = prefix
        .path()
        .join(if cfg!(windows) { "Scripts" } else { "bin" });
    let pip = || {
        let mut command = Command::new(scripts.join("pip"));
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command.arg("--disable-pip-version-check");
        command
    };
    let package = folder.join(find_name(folder, ".whl")?);
    let mut command = pip();
    command
        .args(["install", "--no-index", "--no-cache-dir"])
        .arg(package);
    install(prefix.path(), &[], &mut command, || {
        for name in [PROGRAM, NAME] {
            let program = scripts.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
            demo::run(&program, OsStr::new(""), &job.project.version)?;
        }
        let tap = scripts.join(format!("{TAP}{}", std::env::consts::EXE_SUFFIX));
        demo::tap(&tap, OsStr::new(""))?;
        output(pip().args(["uninstall", "--yes", NAME])).map(drop)
    })?;
    Ok(Checked::Works(
        "installed by pip, run as whapi, as whapi-export and as tap-whapi, uninstalled",
    ))
}

/// Installs the npm package by its name, and with it the one of this platform.
pub(super) fn npm(job: &Job, folder: &Path) -> Result<Checked, String> {
    let (Some(npm), Some(node)) = (find("npm"), find("node")) else {
        return Ok(Checked::Lacks("npm is not installed: apt-get install npm"));
    };
    let Some(python) = find_python() else {
        return Ok(Checked::Lacks(
            "Python is not installed, which serves the packages",
        ));
    };
    let registry = Registry::start(job, folder, &python)?;
    let (prefix, cache, only_node) = (empty_folder()?, empty_folder()?, empty_folder()?);
    link(node, only_node.path().join("node")).map_err(|error| error.to_string())?;
    let scripts = prefix.path().join("bin");
    // npm leaves its own folders.
    create_folder(&scripts)?;
    create_folder(&prefix.path().join("lib/node_modules"))?;
    let npm = |task: &str| {
        let mut command = Command::new(&npm);
        command.args([task, "--global", "--no-audit", "--no-fund", NAME]);
        command.args(["--noproxy=127.0.0.1", "--registry", &registry.url]);
        command.arg("--prefix").arg(prefix.path());
        command.arg("--cache").arg(cache.path());
        command
    };
    install(prefix.path(), &[], &mut npm("install"), || {
        let only_node = only_node.path().as_os_str();
        demo::run(&scripts.join(PROGRAM), only_node, &job.project.version)?;
        demo::stop(&scripts.join(PROGRAM), only_node)?;
        output(&mut npm("uninstall")).map(drop)
    })?;
    Ok(Checked::Works(
        "installed by npm from a registry on loopback, run, ended by a signal, uninstalled",
    ))
}

/// Runs an installation, and then what tries and removes it. Nothing may be left.
fn install(
    prefix: &Path,
    ignored: &[&str],
    command: &mut Command,
    try_and_remove: impl FnOnce() -> Result<(), String>,
) -> Result<(), String> {
    let before = Tree::read(prefix, ignored)?;
    output(command)?;
    if Tree::read(prefix, ignored)? == before {
        return Err("the installation added nothing".to_owned());
    }
    try_and_remove()?;
    let differences = before.differences(&Tree::read(prefix, ignored)?);
    if differences.is_empty() {
        Ok(())
    } else {
        Err(format!("not as before:\n  {}", differences.join("\n  ")))
    }
}

/// Finds the file with an ending; there has to be one.
fn find_name(folder: &Path, ending: &str) -> Result<PathBuf, String> {
    let names = names(folder)?.into_iter();
    let found: Vec<_> = names.filter(|name| name.ends_with(ending)).collect();
    match found.as_slice() {
        [name] => Ok(PathBuf::from(name)),
        _ => Err(format!("{} files end with {ending}, not one", found.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    fn tried(install_script: &str, remove: impl Fn(&Path)) -> Result<(), String> {
        let prefix = empty_folder().unwrap();
        fs::write(prefix.path().join("status"), "").unwrap();
        let mut command = Command::new("sh");
        command
            .args(["-c", install_script])
            .current_dir(prefix.path());
        install(prefix.path(), &[], &mut command, || {
            remove(prefix.path());
            Ok(())
        })
    }

    #[cfg(unix)]
    #[test]
    fn an_installation_has_to_add_files_and_to_leave_none() {
        let remove = |prefix: &Path| fs::remove_file(prefix.join("whapi")).unwrap();
        assert_eq!(tried("touch whapi", remove), Ok(()));
        assert_eq!(
            tried("touch whapi; touch more; echo 1 > status", remove),
            Err("not as before:\n  left behind: more\n  changed: status".to_owned())
        );
        assert_eq!(
            tried("true", remove),
            Err("the installation added nothing".to_owned())
        );
        assert_eq!(
            tried("echo why >&2; exit 3", remove),
            Err("`sh -c echo why >&2; exit 3` failed: exit status: 3\nwhy\n".to_owned())
        );
    }

    #[test]
    fn a_kind_has_one_file() {
        let folder = empty_folder().unwrap();
        let find = || find_name(folder.path(), ".deb");
        assert_eq!(find(), Err("0 files end with .deb, not one".to_owned()));
        fs::write(folder.path().join("a.deb"), "").unwrap();
        assert_eq!(find(), Ok(PathBuf::from("a.deb")));
        fs::write(folder.path().join("b.deb"), "").unwrap();
        assert_eq!(find(), Err("2 files end with .deb, not one".to_owned()));
    }
}
