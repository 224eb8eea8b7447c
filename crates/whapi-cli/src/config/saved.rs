//! The token files and channels that `login` writes and `logout` removes.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use whapi_export::{Output, OutputTarget};

use super::channel::ChannelName;
use super::edit::{NewChannel, with_channel, without_channel};
use super::file::{Config, ConfigFile};
use crate::error::CliError;
use crate::private_folder::make_private_folder;

/// The folder of token files, beside the configuration.
pub(super) const FOLDER: &str = "channels";

/// A saved token.
#[derive(Debug)]
pub(crate) struct Saved {
    pub(crate) token_file: PathBuf,
    /// The configuration as it is now.
    pub(crate) config: Config,
    /// What the user should know, a sentence each.
    pub(crate) warnings: Vec<String>,
}

/// What was deleted.
#[derive(Debug)]
pub(crate) struct Deleted {
    pub(crate) token_file: PathBuf,
    /// Whether there was a token or a channel.
    pub(crate) any: bool,
}

/// Saves a token with mode 0600, and its channel in the configuration. Each file is written
/// completely or not at all, and the token first.
///
/// `base_url` is `None` for the public address.
///
/// # Errors
///
/// If the configuration has a channel of that name that `login` did not write, and if a file cannot
/// be written or is being written by another run.
pub(crate) fn save(
    file: ConfigFile,
    name: &ChannelName,
    token: &str,
    base_url: Option<&str>,
) -> Result<Saved, CliError> {
    let token_file = file.folder().join(name.token_file());
    make_folder_of(&file.path)?;
    let saved_token = prepared(&token_file)?;
    // Locked before it is read, so that no other run changes it meanwhile.
    let saved_config = prepared_config(&file)?;
    let config = file.read_if_there()?;
    check_of_login(&config, name)?;
    let channel = NewChannel {
        name,
        id: None,
        base_url,
        is_default: config.channels.is_empty(),
    };
    let before = config.text.as_deref().unwrap_or_default();
    let after = with_channel(before, &channel);

    let mut warnings = write(saved_token, format!("{token}\n").as_bytes())?;
    if after != before {
        let written = write(saved_config, after.as_bytes());
        warnings.extend(written.inspect_err(|_| {
            // A token without a channel is of no use.
            if config.find(name).is_none() {
                let _ = fs::remove_file(&token_file);
            }
        })?);
    }
    Ok(Saved {
        token_file,
        config: config.file.read_if_there()?,
        warnings,
    })
}

/// Deletes a saved token, its channel in the configuration, and what is empty without them.
///
/// # Errors
///
/// If the configuration has a channel of that name that `login` did not write, and if a file cannot
/// be deleted or written.
pub(crate) fn delete(file: ConfigFile, name: &ChannelName) -> Result<Deleted, CliError> {
    let token_file = file.folder().join(name.token_file());
    // Locked before it is read, so that no other run changes it meanwhile.
    let is_there = file.path.exists();
    let output = is_there.then(|| prepared_config(&file)).transpose()?;
    let config = file.read_if_there()?;
    check_of_login(&config, name)?;
    let had_token = remove(&token_file)?;
    let had_channel = config.find(name).is_some();
    if let Some(output) = output.filter(|_| had_channel) {
        remove_channel(&config, name, output)?;
    }
    // A folder that is not empty stays.
    let folder = config.file.folder();
    let _ = fs::remove_dir(folder.join(FOLDER));
    if !config.file.is_named {
        let _ = fs::remove_dir(folder);
    }
    Ok(Deleted {
        token_file,
        any: had_token || had_channel,
    })
}

/// Removes a channel, and the file if nothing is left in it. A link to a file stays.
fn remove_channel(config: &Config, name: &ChannelName, output: Output) -> Result<(), CliError> {
    let path = &config.file.path;
    let left = without_channel(config.text.as_deref().unwrap_or_default(), name);
    if left.is_none() && !path.is_symlink() {
        drop(output);
        return remove(path).map(drop);
    }
    write(output, left.unwrap_or_default().as_bytes()).map(drop)
}

/// Fails for a channel that a person wrote.
pub(crate) fn check_of_login(config: &Config, name: &ChannelName) -> Result<(), CliError> {
    match config.find(name) {
        Some(channel) if !channel.is_of_login() => Err(CliError::usage(format!(
            "the channel `{}` in `{}` was not written by login, so it is not changed; choose another \
             name with --channel, or remove the channel from the file first",
            channel.name,
            config.file.path.display()
        ))),
        _ => Ok(()),
    }
}

/// Makes the folder of token files beside a configuration, for its owner only.
pub(super) fn make_folder_of(config: &Path) -> Result<(), CliError> {
    let folder = config.parent().unwrap_or(Path::new("")).join(FOLDER);
    make_private_folder(&folder)
        .map_err(|error| failed("could not create the folder", &folder, &error))
}

/// Prepares to replace the configuration.
pub(super) fn prepared_config(file: &ConfigFile) -> Result<Output, CliError> {
    prepared(&real_path(&file.path))
}

pub(super) fn prepared(path: &Path) -> Result<Output, CliError> {
    let mut output = Output::new(OutputTarget::Path(path.to_owned()));
    output.prepare().map_err(CliError::exporter)?;
    Ok(output)
}

/// Writes a whole file. Returns what the user should know, a sentence each.
pub(super) fn write(mut output: Output, bytes: &[u8]) -> Result<Vec<String>, CliError> {
    // The commit returns the error, with the name of the file.
    let _ = output.write_all(bytes);
    Ok(output.commit().map_err(CliError::exporter)?.warnings)
}

/// The file behind symbolic links, which are not replaced: many people link their configuration.
fn real_path(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// Removes a file. Returns whether it was there.
fn remove(path: &Path) -> Result<bool, CliError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed("could not delete", path, &error)),
    }
}

fn failed(what: &str, path: &Path, error: &io::Error) -> CliError {
    CliError::destination(format!("{what} `{}`: {error}", path.display()))
}
