//! Which target this machine builds for, and how the program is linked.
//!
//! docs/adr/0018-how-it-is-packaged.md has the measurements behind the order.

use std::fmt;
use std::path::Path;
use std::process::Command;

use super::target::Target;
use crate::tools::{find, text};

/// The first glibc whose static library resolves names without loading modules of its own version.
const GLIBC_WITH_BUILT_IN_NSS: (u32, u32) = (2, 34);

/// How the program uses the C library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Linkage {
    /// Statically, with musl.
    Musl,
    /// Statically, with glibc.
    StaticGlibc,
    /// Dynamically: as the operating system has it.
    Dynamic,
}

/// The target and the linkage, with the reason.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) target: &'static Target,
    pub(crate) linkage: Linkage,
    why: String,
}

#[cfg(test)]
impl Choice {
    pub(crate) fn new(target: &'static Target, linkage: Linkage, why: &str) -> Self {
        Self {
            target,
            linkage,
            why: why.to_owned(),
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let linkage = match self.linkage {
            Linkage::Musl => "statically linked with musl",
            Linkage::StaticGlibc => "statically linked with glibc",
            Linkage::Dynamic => "dynamically linked",
        };
        write!(f, "{}, {linkage}: {}", self.target.triple, self.why)
    }
}

/// What decides about the linkage.
#[derive(Debug)]
struct Machine {
    /// The target of the compiler itself.
    host: String,
    /// Rust's standard library for musl is there.
    musl_std: bool,
    /// A C compiler for musl is there.
    musl_gcc: bool,
    /// The version of glibc whose static library is there.
    static_glibc: Option<(u32, u32)>,
}

/// Chooses for this machine.
pub(crate) fn choose() -> Result<Choice, String> {
    Machine::probe()?.choose()
}

impl Machine {
    fn probe() -> Result<Self, String> {
        let Compiler { host, .. } = compiler()?;
        let mut library = rustc();
        library.args(["--print", "target-libdir", "--target", &musl_of(&host)]);
        Ok(Self {
            musl_std: text(&mut library).is_ok_and(|folder| Path::new(&folder).is_dir()),
            musl_gcc: find("musl-gcc").is_some(),
            static_glibc: glibc().filter(|_| has_static_glibc()),
            host,
        })
    }

    fn choose(&self) -> Result<Choice, String> {
        let host = self.host.clone();
        let (triple, linkage, why) = if !host.ends_with("-unknown-linux-gnu") {
            let linkage = if host.ends_with("-musl") {
                Linkage::Musl
            } else {
                Linkage::Dynamic
            };
            (host, linkage, "the only way on this system".to_owned())
        } else if let Some(obstacle) = self.obstacle_to_musl() {
            let (linkage, why) = self.without_musl(obstacle);
            (host, linkage, why)
        } else {
            let why = "runs on every Linux".to_owned();
            (musl_of(&host), Linkage::Musl, why)
        };
        Ok(Choice {
            target: Target::named(&triple)?,
            linkage,
            why,
        })
    }

    fn obstacle_to_musl(&self) -> Option<&'static str> {
        match (self.musl_std, self.musl_gcc) {
            (true, true) => None,
            (false, _) => Some("`rustc` has no musl target (rustup target add)"),
            (true, false) => Some("musl-gcc is not installed (apt-get install musl-tools)"),
        }
    }

    fn without_musl(&self, obstacle: &str) -> (Linkage, String) {
        match self.static_glibc {
            Some(version) if version >= GLIBC_WITH_BUILT_IN_NSS => {
                (Linkage::StaticGlibc, obstacle.to_owned())
            }
            Some((major, minor)) => (
                Linkage::Dynamic,
                format!("{obstacle}, and glibc {major}.{minor} loads modules to resolve names"),
            ),
            None => (
                Linkage::Dynamic,
                format!("{obstacle}, and there is no static glibc"),
            ),
        }
    }
}

fn musl_of(host: &str) -> String {
    host.replace("-gnu", "-musl")
}

/// What the compiler says about itself.
#[derive(Debug)]
pub(crate) struct Compiler {
    pub(crate) version: String,
    host: String,
}

/// Asks the compiler.
pub(crate) fn compiler() -> Result<Compiler, String> {
    let lines = text(rustc().arg("-vV"))?;
    let line = |key: &str| {
        let line = lines.lines().find_map(|line| line.strip_prefix(key));
        let line = line.ok_or_else(|| format!("`rustc -vV` has no line `{key}`"));
        line.map(str::to_owned)
    };
    Ok(Compiler {
        version: line("release: ")?,
        host: line("host: ")?,
    })
}

fn rustc() -> Command {
    Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}

/// Returns whether the linker finds the static library of the C library.
fn has_static_glibc() -> bool {
    // `cc` prints the bare name when it finds no such file.
    let library = text(Command::new("cc").arg("-print-file-name=libc.a"));
    library.is_ok_and(|library| Path::new(&library).is_absolute())
}

/// Returns the version of glibc of this machine.
pub(crate) fn glibc() -> Option<(u32, u32)> {
    let version = text(Command::new("getconf").arg("GNU_LIBC_VERSION")).ok()?;
    let (major, minor) = version.strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(host: &str, musl: (bool, bool), static_glibc: Option<(u32, u32)>) -> String {
        let machine = Machine {
            host: host.to_owned(),
            musl_std: musl.0,
            musl_gcc: musl.1,
            static_glibc,
        };
        match machine.choose() {
            Ok(choice) => choice.to_string(),
            Err(message) => message,
        }
    }

    #[test]
    fn linux_is_static_where_it_can_be() {
        let host = "x86_64-unknown-linux-gnu";
        for (musl, glibc, expected) in [
            (
                (true, true),
                Some((2, 36)),
                "x86_64-unknown-linux-musl, statically linked with musl: runs on every Linux",
            ),
            (
                (false, true),
                Some((2, 36)),
                "x86_64-unknown-linux-gnu, statically linked with glibc: `rustc` has no musl target \
                 (rustup target add)",
            ),
            (
                (true, false),
                Some((2, 34)),
                "x86_64-unknown-linux-gnu, statically linked with glibc: musl-gcc is not installed \
                 (apt-get install musl-tools)",
            ),
            (
                (true, false),
                Some((2, 31)),
                "x86_64-unknown-linux-gnu, dynamically linked: musl-gcc is not installed \
                 (apt-get install musl-tools), and glibc 2.31 loads modules to resolve names",
            ),
            (
                (false, false),
                None,
                "x86_64-unknown-linux-gnu, dynamically linked: `rustc` has no musl target \
                 (rustup target add), and there is no static glibc",
            ),
        ] {
            assert_eq!(choice(host, musl, glibc), expected);
        }
    }

    #[test]
    fn other_systems_have_one_way() {
        for (host, expected) in [
            (
                "aarch64-apple-darwin",
                "aarch64-apple-darwin, dynamically linked: the only way on this system",
            ),
            (
                "x86_64-pc-windows-msvc",
                "x86_64-pc-windows-msvc, dynamically linked: the only way on this system",
            ),
            (
                "x86_64-unknown-linux-musl",
                "x86_64-unknown-linux-musl, statically linked with musl: the only way on this system",
            ),
            (
                "sparc64-unknown-linux-gnu",
                "sparc64-unknown-linux-gnu is not in xtask/src/dist/target.rs",
            ),
        ] {
            assert_eq!(choice(host, (false, false), None), expected);
        }
    }
}
