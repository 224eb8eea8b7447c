//! Help texts: two examples in front, exit codes and where to read more at the end.

use std::fmt::Write as _;

use clap::Command;

use super::{Guide, guide};
use crate::exit;

/// Adds the guide of each command to its help. `program` is the name of the program.
pub(crate) fn with_guides(command: Command, program: &str) -> Command {
    with_guide(command, program, "")
}

fn with_guide(command: Command, program: &str, path: &str) -> Command {
    let guide = guide(path);
    // Formats, or what another program adds.
    let own = command.get_after_help().map(ToString::to_string);
    let own = own.map_or(String::new(), |own| own + "\n\n");
    let header = *command.get_styles().get_header();
    let short = format!("{own}{}", last_line(guide, program));
    let codes = codes(guide);
    let long = format!(
        "{own}{header}Exit codes:{header:#}\n{codes}\n{}",
        last_line(guide, program)
    );
    command
        .help_template(template(guide, program, &header))
        .after_help(short)
        .after_long_help(long)
        .mut_subcommands(|sub| {
            let path = format!("{path} {}", sub.get_name());
            with_guide(sub, program, path.trim_start())
        })
}

/// What clap shows, with the examples behind the first line.
fn template(guide: &Guide, program: &str, header: &clap::builder::styling::Style) -> String {
    let examples = examples(&guide.examples[..2], program);
    format!(
        "{{before-help}}{{about-with-newline}}\n{header}Examples:{header:#}\n{examples}\n\
         {{usage-heading}} {{usage}}\n\n{{all-args}}{{after-help}}\n"
    )
}

fn examples(examples: &[(&str, &str)], program: &str) -> String {
    let mut text = String::new();
    for (what, example) in examples {
        let _ = writeln!(text, "  {program} {example}\n      {what}");
    }
    text
}

fn codes(guide: &Guide) -> String {
    let mut text = String::new();
    for code in guide.codes {
        let _ = writeln!(text, "  {code:>3}  {}", exit::meaning(*code));
    }
    text
}

fn last_line(guide: &Guide, program: &str) -> String {
    let manual = format!("{program} man {}", guide.command);
    let (manual, more) = (manual.trim_end(), guide.more(program));
    format!("Read more: `{manual}`; {more}.")
}

/// The text for a call without arguments.
pub(crate) fn welcome(command: &Command, program: &str) -> String {
    let about = command.get_about().map(ToString::to_string);
    let first = examples(&guide("").examples[..2], program);
    format!(
        "{}.\n\nStart with one of these:\n{first}\n`{program} --help` lists all commands.\n",
        about.unwrap_or_default()
    )
}
