//! The file of the configuration.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::channel::{Channel, ChannelName};
use super::exporter::ExporterProgram;
use super::fault::did_you_mean;
use super::parse::{Entries, parse};
use crate::config_folder::{REQUIRED_VARIABLE, config_folder};
use crate::error::CliError;
#[cfg(unix)]
use crate::shell::in_shell;

/// The file's name in the folder for what the program keeps.
const FILE_NAME: &str = "config.toml";
/// No configuration is longer. It has room for some 20,000 channels.
pub(super) const MOST_BYTES: u64 = 4 << 20;

/// Where the configuration is, whether or not there is one.
#[derive(Debug, Clone)]
pub(crate) struct ConfigFile {
    pub(crate) path: PathBuf,
    /// Whether `--config` names it. It must be there then.
    pub(super) is_named: bool,
}

/// The configuration.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) file: ConfigFile,
    /// The text that was read. `None` if there is no file.
    pub(crate) text: Option<String>,
    pub(crate) channels: Vec<Channel>,
    /// Programs that are exporters.
    #[cfg_attr(
        not(feature = "program"),
        expect(dead_code, reason = "no program is run")
    )]
    pub(crate) exporters: Vec<ExporterProgram>,
}

impl ConfigFile {
    /// Returns the file of `--config`, else that in the folder for what the program keeps. `None`
    /// if there is no such folder.
    pub(crate) fn locate(named: Option<&Path>) -> Option<Self> {
        if let Some(path) = named {
            return Some(Self {
                path: path.to_owned(),
                is_named: true,
            });
        }
        Some(Self {
            path: config_folder()?.join(FILE_NAME),
            is_named: false,
        })
    }

    /// The folder of the file, to which its paths are relative.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// Reads the configuration. A file that is not there has no channels, unless `--config` names
    /// it.
    pub(crate) fn read(self) -> Result<Config, CliError> {
        let must_exist = self.is_named;
        let config = self.read_if_there()?;
        if config.text.is_none() && must_exist {
            let path = config.file.path.display();
            return Err(CliError::usage(format!(
                "there is no configuration `{path}`; check its path, or run `whapi login`, which \
                 writes one"
            )));
        }
        Ok(config)
    }

    /// Reads the configuration. A file that is not there has no channels.
    pub(crate) fn read_if_there(self) -> Result<Config, CliError> {
        let text = self.text()?;
        let Entries {
            channels,
            exporters,
        } = match &text {
            None => Entries::default(),
            Some(text) => parse(text).map_err(|fault| {
                let line = fault
                    .line
                    .map_or(String::new(), |line| format!(", line {line}"));
                let path = self.path.display();
                CliError::usage(format!("`{path}`{line}: {}", fault.message))
            })?,
        };
        Ok(Config {
            file: self,
            text,
            channels,
            exporters,
        })
    }

    fn text(&self) -> Result<Option<String>, CliError> {
        let unreadable = |error: io::Error| {
            let path = self.path.display();
            CliError::usage(format!(
                "could not read the configuration `{path}`: {error}"
            ))
        };
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        };
        #[cfg(unix)]
        if let Some(problem) = open_to_changes(&file, &self.path).map_err(unreadable)? {
            return Err(CliError::usage(problem));
        }
        let bytes = whapi_secret::read_bounded(file, MOST_BYTES).map_err(unreadable)?;
        let text = String::from_utf8(bytes).map_err(|_| {
            let path = self.path.display();
            CliError::usage(format!("the configuration `{path}` is no text in UTF-8"))
        })?;
        Ok(Some(text))
    }
}

/// Returns the problem of a file that other users can change.
///
/// Refused as ssh does with its configuration, because both name programs that are run. Anything but
/// a regular file, such as a shell's `<(…)`, has no mode that says who can change it.
#[cfg(unix)]
fn open_to_changes(file: &File, path: &Path) -> io::Result<Option<String>> {
    use std::os::unix::fs::MetadataExt;

    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Ok(None);
    }
    let owner = metadata.uid();
    if owner != 0 && owner != rustix::process::geteuid().as_raw() {
        return Ok(Some(format!(
            "the configuration `{}` belongs to another user (id {owner}), and it can name programs that \
             are run; use one of your own",
            path.display()
        )));
    }
    let mode = metadata.mode() & 0o7777;
    if mode & 0o022 == 0 {
        return Ok(None);
    }
    Ok(Some(format!(
        "the configuration `{}` can be changed by other users (mode {mode:03o}), and it can name \
         programs that are run; close it with: chmod go-w {}",
        path.display(),
        in_shell(path)
    )))
}

/// The error of a command that needs the configuration and has no folder for it.
pub(crate) fn no_folder() -> CliError {
    CliError::usage(format!(
        "there is no folder for the configuration; set the variable {REQUIRED_VARIABLE}, or name a file \
         with --config"
    ))
}

impl Config {
    /// Returns the channel that `--channel` names.
    pub(crate) fn channel(&self, name: &str) -> Result<&Channel, CliError> {
        let name = ChannelName::from_flag(name)?;
        self.find(&name).ok_or_else(|| self.unknown(&name))
    }

    /// Returns the channel of this name.
    pub(crate) fn find(&self, name: &ChannelName) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.name == *name)
    }

    /// Returns the channel for commands that name none: the only one, or the one with
    /// `default = true`.
    pub(crate) fn default_channel(&self) -> Option<&Channel> {
        if let [only] = &self.channels[..] {
            return Some(only);
        }
        self.channels.iter().find(|channel| channel.is_default)
    }

    /// The names of all channels, for messages.
    pub(crate) fn names(&self) -> String {
        let names: Vec<_> = self
            .channels
            .iter()
            .map(|channel| channel.name.as_str())
            .collect();
        names.join(", ")
    }

    fn unknown(&self, name: &ChannelName) -> CliError {
        let path = self.file.path.display();
        let add = format!("add it with: whapi login --channel {name}");
        if self.channels.is_empty() {
            return CliError::usage(format!(
                "there is no channel `{name}`, because `{path}` has none; {add}"
            ));
        }
        let known = self.channels.iter().map(|channel| channel.name.as_str());
        CliError::usage(format!(
            "there is no channel `{name}` in `{path}`{} known: {}; {add}",
            did_you_mean(name.as_str(), known),
            self.names()
        ))
    }
}
