//! The container image, without a container engine: the files that its Dockerfile names, as the root
//! of a process.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::image;
use super::super::job::Job;
use super::checked::Checked;
use super::demo;
use crate::files::{create_folder, empty_folder};
use crate::tools::{find, is_root, output, text};

/// The last stage of a Dockerfile.
#[derive(Debug, Default, PartialEq, Eq)]
struct Stage {
    copies: Vec<Copy>,
    user: String,
    folder: String,
    program: String,
}

/// An instruction `COPY`.
#[derive(Debug, PartialEq, Eq)]
struct Copy {
    /// From another stage and not from the context.
    from_stage: bool,
    owner: Option<String>,
    source: String,
    target: String,
}

impl Stage {
    /// Reads a Dockerfile. What is not known is an error, so that nothing is left out.
    fn parse(dockerfile: &str) -> Result<Self, String> {
        let (_, last) = dockerfile
            .split_once("FROM scratch\n")
            .ok_or("the Dockerfile has no stage `FROM scratch`")?;
        let mut stage = Self::default();
        let lines = last.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let unknown = || format!("the Dockerfile's `{line}` is not understood");
            let (instruction, rest) = line.split_once(' ').ok_or_else(unknown)?;
            match instruction {
                "COPY" => stage.copies.push(Copy::parse(rest).ok_or_else(unknown)?),
                "USER" => rest.clone_into(&mut stage.user),
                "WORKDIR" => rest.clone_into(&mut stage.folder),
                "ENTRYPOINT" => {
                    let words: [String; 1] = serde_json::from_str(rest).map_err(|_| unknown())?;
                    [stage.program] = words;
                }
                _ => return Err(unknown()),
            }
        }
        Ok(stage)
    }

    /// Copies everything into an empty folder.
    fn build(&self, context: &Path, root: &Path) -> Result<(), String> {
        for copy in &self.copies {
            let source = if copy.from_stage {
                // Another stage is a system such as this one.
                PathBuf::from(&copy.source)
            } else {
                context.join(&copy.source)
            };
            let target = below(root, &copy.target);
            create_folder(target.parent().expect("a target is below the root"))?;
            output(Command::new("cp").args(["-rL"]).arg(&source).arg(&target))?;
            if let Some(owner) = &copy.owner {
                output(Command::new("chown").args(["-R", owner]).arg(&target))?;
            }
        }
        Ok(())
    }

    /// Returns the program as a process of this root, user and folder, without an environment.
    fn command(&self, root: &Path) -> Result<Command, String> {
        let (user, group) = self.user.split_once(':').ok_or("USER names no group")?;
        let unshare = find("unshare").ok_or("there is no unshare")?;
        let mut command = Command::new(unshare);
        command
            .env_clear()
            .arg(format!("--root={}", root.display()));
        command.arg(format!("--wd={}", self.folder));
        command.arg(format!("--setuid={user}"));
        command.arg(format!("--setgid={group}"));
        command.arg(&self.program);
        Ok(command)
    }
}

impl Copy {
    fn parse(arguments: &str) -> Option<Self> {
        let mut words = arguments.split_whitespace().peekable();
        let mut copy = Self {
            from_stage: false,
            owner: None,
            source: String::new(),
            target: String::new(),
        };
        while let Some(flag) = words.next_if(|word| word.starts_with("--")) {
            match flag.split_once('=')? {
                ("--from", _) => copy.from_stage = true,
                ("--chown", owner) => copy.owner = Some(owner.to_owned()),
                _ => return None,
            }
        }
        words.next()?.clone_into(&mut copy.source);
        words.next()?.clone_into(&mut copy.target);
        words.next().is_none().then_some(copy)
    }
}

fn below(root: &Path, absolute: &str) -> PathBuf {
    root.join(absolute.trim_start_matches('/'))
}

/// Runs the program with the image's files as its root.
pub(super) fn check(job: &Job, folder: &Path) -> Result<Checked, String> {
    if find("unshare").is_none() || !is_root() {
        return Ok(Checked::Lacks("another root needs root and unshare"));
    }
    if !Path::new("/etc/ssl/certs/ca-certificates.crt").exists() {
        return Ok(Checked::Lacks(
            "certificates: apt-get install ca-certificates",
        ));
    }
    let (context, root) = (empty_folder()?, empty_folder()?);
    let architecture = job.choice.target.debian.ok_or("images are of Linux")?;
    let name = image::name(&job.project, architecture);
    let mut unpack = Command::new("tar");
    output(
        unpack
            .arg("-xf")
            .arg(folder.join(name))
            .arg("-C")
            .arg(context.path()),
    )?;
    let dockerfile = fs::read_to_string(context.path().join("Dockerfile"));
    let stage = Stage::parse(&dockerfile.map_err(|error| error.to_string())?)?;
    stage.build(context.path(), root.path())?;
    let version = text(stage.command(root.path())?.arg("--version"))?;
    demo::check_version(&version, &job.project.version)?;
    // Both ways of writing: a stream, and an archive with temporary files.
    let mut export = stage.command(root.path())?;
    output(export.args(["export", "--format", "vcard,xlsx", "--demo"]))?;
    let written = below(root.path(), &stage.folder);
    demo::check_cards(&written.join("contacts.vcf"))?;
    let workbook = fs::metadata(written.join("contacts.xlsx"));
    workbook.map_err(|error| format!("contacts.xlsx: {error}"))?;
    Ok(Checked::Works(
        "its files as the root of a process, run as its user; no container engine was used",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::read;

    #[test]
    fn the_dockerfile_is_understood() {
        let dockerfile = read(&crate::root::root().join("packaging/docker/Dockerfile")).unwrap();
        let stage = Stage::parse(std::str::from_utf8(&dockerfile).unwrap()).unwrap();
        assert_eq!(stage.copies.len(), 4);
        assert_eq!(
            stage.copies[0],
            Copy {
                from_stage: true,
                owner: None,
                source: "/etc/ssl/certs/ca-certificates.crt".to_owned(),
                target: "/etc/ssl/certs/ca-certificates.crt".to_owned(),
            }
        );
        assert_eq!(stage.copies[3].owner.as_deref(), Some("65532:65532"));
        let Stage {
            user,
            folder,
            program,
            ..
        } = stage;
        assert_eq!((user.as_str(), folder.as_str()), ("65532:65532", "/data"));
        assert_eq!(program, "/usr/bin/whapi");
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        for line in [
            "RUN true",
            "COPY --link a b",
            "COPY a",
            "COPY a b c",
            "ENTRYPOINT whapi",
        ] {
            let parsed = Stage::parse(&format!("FROM scratch\n{line}\n"));
            let expected = format!("the Dockerfile's `{line}` is not understood");
            assert_eq!(parsed, Err(expected));
        }
        assert!(Stage::parse("FROM debian\n").is_err());
    }
}
