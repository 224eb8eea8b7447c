//! `man`: prints a manual page, or writes all of them.

use std::fs;
use std::path::Path;

use clap::Command;

use crate::args::ManArgs;
use crate::console;
use crate::error::CliError;
use crate::guide;

/// Prints the page of a command, or writes the pages of all commands.
pub(crate) fn run(args: &ManArgs, command: &Command) -> Result<(), CliError> {
    if let Some(folder) = &args.dir {
        return write_pages(folder, command);
    }
    let page = guide::manual_page(command, &args.command).ok_or_else(|| {
        let name = args.command.join(" ");
        CliError::usage(format!("there is no command `{name}`"))
    })?;
    let printed = page.and_then(|page| console::print(&page));
    printed.map_err(|error| CliError::stdout(&error))
}

fn write_pages(folder: &Path, command: &Command) -> Result<(), CliError> {
    let pages = guide::manual_pages(command).map_err(|error| CliError::stdout(&error))?;
    let failed = |what: &str, path: &Path, error| {
        CliError::destination(format!("could not {what} `{}`: {error}", path.display()))
    };
    fs::create_dir_all(folder).map_err(|error| failed("create the folder", folder, error))?;
    for (name, page) in pages {
        let path = folder.join(name);
        fs::write(&path, page).map_err(|error| failed("write", &path, error))?;
    }
    Ok(())
}
