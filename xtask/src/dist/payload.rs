//! What goes along with the program: completions, manual pages, documents.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::archive::Entry;
use super::target::Target;
use crate::files::{empty_folder, read};
use crate::root::root;
use crate::tools::{output, text};

/// The documents of every package.
pub(crate) const DOCUMENTS: [&str; 4] =
    ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// The file name of the licences of the packages that are linked in.
pub(crate) const NOTICES: &str = "THIRD-PARTY-LICENSES.txt";

/// A shell, and the file name under which it looks for completions.
const SHELLS: [(&str, &str); 4] = [
    ("bash", "whapi.bash"),
    ("fish", "whapi.fish"),
    ("powershell", "_whapi.ps1"),
    ("zsh", "_whapi"),
];

/// Everything that a package carries.
#[derive(Clone, Debug)]
pub(crate) struct Payload {
    pub(crate) program: Vec<u8>,
    /// By the name of the shell.
    pub(crate) completions: Vec<(&'static str, Entry)>,
    pub(crate) manuals: Vec<Entry>,
    pub(crate) documents: Vec<Entry>,
}

impl Payload {
    /// Reads the documents, and asks the program for its completions and manual pages.
    pub(crate) fn collect(program: &Path, notices: String) -> Result<Self, String> {
        let completions = SHELLS.map(|(shell, file)| {
            let script = output(Command::new(program).args(["completions", shell]))?;
            Ok((shell, Entry::new(file, script)))
        });
        let documents = DOCUMENTS.map(|name| Ok(Entry::new(name, read(&root().join(name))?)));
        let mut documents = documents.into_iter().collect::<Result<Vec<_>, String>>()?;
        documents.push(Entry::new(NOTICES, notices));
        Ok(Self {
            program: read(program)?,
            completions: completions.into_iter().collect::<Result<_, String>>()?,
            manuals: manuals(program)?,
            documents,
        })
    }

    /// The completions of one shell.
    fn completion(&self, shell: &str) -> Option<&Entry> {
        let mut known = self.completions.iter();
        known.find(|(name, _)| *name == shell).map(|(_, file)| file)
    }

    /// The licences, ours and those of the packages that are linked in.
    pub(crate) fn licenses(&self) -> impl Iterator<Item = &Entry> {
        let documents = self.documents.iter();
        documents.filter(|file| file.path.contains("LICENSE"))
    }

    /// Completions and manual pages, where Debian has them below `/usr`.
    pub(crate) fn shared(&self) -> Vec<Entry> {
        let manuals = self.manuals.iter().cloned();
        let mut entries: Vec<_> = manuals.map(|page| page.within("share/man/man1")).collect();
        for (shell, path) in [
            ("bash", "share/bash-completion/completions/whapi"),
            ("fish", "share/fish/vendor_completions.d/whapi.fish"),
            ("zsh", "share/zsh/vendor-completions/_whapi"),
        ] {
            if let Some(file) = self.completion(shell) {
                entries.push(Entry::new(path, file.bytes.clone()));
            }
        }
        entries
    }

    /// Every file as the archive has it.
    pub(crate) fn entries(&self, target: &Target) -> Vec<Entry> {
        let completions = self.completions.iter().map(|(_, file)| file.clone());
        let manuals = self.manuals.iter().cloned();
        let mut entries = vec![Entry::program(target.program(), self.program.clone())];
        entries.extend(completions.map(|file| file.within("completions")));
        entries.extend(manuals.map(|file| file.within("man")));
        entries.extend(self.documents.iter().cloned());
        entries
    }
}

/// Returns a page for each command.
fn manuals(program: &Path) -> Result<Vec<Entry>, String> {
    let folder = empty_folder()?;
    output(
        Command::new(program)
            .args(["man", "--dir"])
            .arg(folder.path()),
    )?;
    let listed = fs::read_dir(folder.path()).map_err(|error| error.to_string())?;
    let mut pages = Vec::new();
    for file in listed {
        let file = file.map_err(|error| error.to_string())?;
        let name = file.file_name().to_string_lossy().into_owned();
        pages.push(Entry::new(name, read(&file.path())?));
    }
    pages.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(pages)
}

/// Returns the time of every file: `SOURCE_DATE_EPOCH`, else the time of the commit.
pub(crate) fn time() -> Result<u64, String> {
    let given = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(given) => given,
        Err(_) => text(
            Command::new("git")
                .args(["log", "-1", "--format=%ct"])
                .current_dir(root()),
        )
        .map_err(|error| format!("SOURCE_DATE_EPOCH is not set, and {error}"))?,
    };
    let seconds = given.parse();
    seconds.map_err(|error| format!("SOURCE_DATE_EPOCH, `{given}`: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Payload {
        /// Returns a payload of short texts.
        pub(crate) fn for_tests() -> Self {
            Self {
                program: b"the program".to_vec(),
                completions: SHELLS
                    .map(|(shell, file)| (shell, Entry::new(file, shell)))
                    .to_vec(),
                manuals: vec![Entry::new("whapi.1", ".TH\n")],
                documents: [&DOCUMENTS[..], &[NOTICES]]
                    .concat()
                    .into_iter()
                    .map(|name| Entry::new(name, name))
                    .collect(),
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn there_is_a_manual_page_for_each_command() {
        use crate::tools::script;
        let folder = empty_folder().unwrap();
        let pages = "[ \"$1 $2\" = 'man --dir' ] && echo b > \"$3/whapi-export.1\" && echo a > \"$3/whapi.1\"";
        let program = script(folder.path(), pages);
        assert_eq!(
            manuals(&program),
            Ok(vec![
                Entry::new("whapi-export.1", "b\n"),
                Entry::new("whapi.1", "a\n"),
            ])
        );
    }

    #[test]
    fn the_archive_has_everything() {
        let target = Target::named("x86_64-unknown-linux-musl").unwrap();
        let entries = Payload::for_tests().entries(target);
        let paths: Vec<_> = entries.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "whapi",
                "completions/whapi.bash",
                "completions/whapi.fish",
                "completions/_whapi.ps1",
                "completions/_whapi",
                "man/whapi.1",
                "CHANGELOG.md",
                "LICENSE-APACHE",
                "LICENSE-MIT",
                "README.md",
                "THIRD-PARTY-LICENSES.txt",
            ]
        );
        assert_eq!(entries[0], Entry::program("whapi", "the program"));
    }

    #[test]
    fn a_prefix_has_each_file_where_it_is_looked_for() {
        assert_eq!(
            Payload::for_tests().shared(),
            [
                Entry::new("share/man/man1/whapi.1", ".TH\n"),
                Entry::new("share/bash-completion/completions/whapi", "bash"),
                Entry::new("share/fish/vendor_completions.d/whapi.fish", "fish"),
                Entry::new("share/zsh/vendor-completions/_whapi", "zsh"),
            ]
        );
    }

    #[test]
    fn licences_go_along_everywhere() {
        let payload = Payload::for_tests();
        let names: Vec<_> = payload.licenses().map(|file| file.path.as_str()).collect();
        let expected = ["LICENSE-APACHE", "LICENSE-MIT", "THIRD-PARTY-LICENSES.txt"];
        assert_eq!(names, expected);
    }
}
