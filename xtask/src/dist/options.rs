//! The arguments of `cargo xtask dist`.

use std::ffi::OsString;

/// What can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The archive: `tar.gz`, or `zip` for Windows.
    Tar,
    /// Debian's package.
    Deb,
    /// Python's wheel.
    Wheel,
    /// npm's packages.
    Npm,
    /// The build context of the container image.
    Image,
    /// The bill of materials.
    Sbom,
    /// The formula of Homebrew and the manifest of Scoop.
    Manifests,
}

impl Kind {
    /// Every kind, in the order in which they are made.
    pub(crate) const ALL: [Self; 7] = [
        Self::Tar,
        Self::Deb,
        Self::Wheel,
        Self::Npm,
        Self::Image,
        Self::Sbom,
        Self::Manifests,
    ];

    /// The name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tar => "tar",
            Self::Deb => "deb",
            Self::Wheel => "wheel",
            Self::Npm => "npm",
            Self::Image => "image",
            Self::Sbom => "sbom",
            Self::Manifests => "manifests",
        }
    }

    /// Reports what is left out; with `strict` that is an error.
    pub(crate) fn skip(self, reason: &str, strict: bool) -> Result<(), String> {
        if strict {
            return Err(format!("{}: {reason}", self.name()));
        }
        println!("SKIPPED: {}: {reason}", self.name());
        Ok(())
    }
}

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// Install, run and remove each package afterwards.
    pub(crate) check: bool,
    /// The kinds to make. Without a list, those that this machine can make.
    pub(crate) only: Option<Vec<Kind>>,
}

impl Options {
    /// Reads `--check` and `--only LIST`.
    pub(crate) fn parse(args: &[OsString]) -> Result<Self, String> {
        let mut options = Self {
            check: false,
            only: None,
        };
        let mut args = args.iter().map(|arg| arg.to_string_lossy());
        while let Some(arg) = args.next() {
            match arg.as_ref() {
                "--check" => options.check = true,
                "--only" => {
                    let list = args.next().ok_or("--only needs a list")?;
                    options.only = Some(kinds(&list)?);
                }
                _ => return Err(format!("dist takes --check and --only LIST, not `{arg}`")),
            }
        }
        Ok(options)
    }

    /// The kinds to make, and whether each is required to succeed.
    pub(crate) fn kinds(&self) -> (&[Kind], bool) {
        match &self.only {
            Some(kinds) => (kinds, true),
            None => (&Kind::ALL, false),
        }
    }
}

fn kinds(list: &str) -> Result<Vec<Kind>, String> {
    let named = |name: &str| {
        let known = Kind::ALL.into_iter().find(|kind| kind.name() == name);
        known.ok_or_else(|| {
            let names = Kind::ALL.map(Kind::name).join(", ");
            format!("`{name}` is none of {names}")
        })
    };
    list.split(',').map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        let args: Vec<_> = line.split_whitespace().map(OsString::from).collect();
        Options::parse(&args)
    }

    #[test]
    fn arguments() {
        let all = parse("").unwrap();
        assert_eq!((all.check, all.kinds()), (false, (&Kind::ALL[..], false)));
        let some = parse("--only deb,tar --check").unwrap();
        let kinds = [Kind::Deb, Kind::Tar];
        assert_eq!((some.check, some.kinds()), (true, (&kinds[..], true)));
    }

    #[test]
    fn wrong_arguments_are_named() {
        for (line, expected) in [
            ("--only", "--only needs a list"),
            ("--all", "dist takes --check and --only LIST, not `--all`"),
            (
                "--only rpm",
                "`rpm` is none of tar, deb, wheel, npm, image, sbom, manifests",
            ),
        ] {
            assert_eq!(parse(line), Err(expected.to_owned()));
        }
    }
}
