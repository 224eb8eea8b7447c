//! Manual pages, one for each command.

use std::io;

use clap::{Arg, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

use super::{Guide, guide};
use crate::exit;

/// When the text of the pages was last changed.
const DATE: &str = "2026-11-30";

/// The pages of all commands: the name of each file, `whapi-login-google.1`, and its text.
pub(crate) fn manual_pages(command: &Command) -> io::Result<Vec<(String, String)>> {
    let mut pages = Vec::new();
    let mut command = command.clone().disable_help_subcommand(true);
    command.build();
    add(&command, "", &mut pages)?;
    Ok(pages)
}

/// The page of one command.
pub(crate) fn manual_page(command: &Command, path: &[String]) -> Option<io::Result<String>> {
    let mut command = command.clone().disable_help_subcommand(true);
    command.build();
    let mut at = &command;
    for name in path {
        at = at.find_subcommand(name)?;
    }
    Some(page(at, &path.join(" ")))
}

fn add(command: &Command, path: &str, pages: &mut Vec<(String, String)>) -> io::Result<()> {
    pages.push((format!("{}.1", page_name(command)), page(command, path)?));
    for sub in command.get_subcommands() {
        let path = format!("{path} {}", sub.get_name());
        add(sub, path.trim_start(), pages)?;
    }
    Ok(())
}

/// `whapi-login-google`.
fn page_name(command: &Command) -> String {
    let name = command.get_display_name();
    name.unwrap_or_else(|| command.get_name()).replace(' ', "-")
}

fn page(command: &Command, path: &str) -> io::Result<String> {
    let guide = guide(path);
    let program = program(command, path);
    // What follows the options is in sections of its own.
    let version = command.get_version().unwrap_or_default();
    let man = Man::new(command.clone().mut_args(with_long_help))
        .source(format!("{program} {version}"))
        .title(page_name(command))
        .date(DATE)
        .manual("User Commands");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    sections(guide, &program).to_writer(&mut page)?;
    let page = String::from_utf8(page).map_err(io::Error::other)?;
    Ok(without_needless_breaks(&page))
}

/// Gives an argument that is not in the short help a long help, which clap writes into the page.
fn with_long_help(arg: Arg) -> Arg {
    match (arg.get_long_help(), arg.get_help().cloned()) {
        (None, Some(help)) => arg.long_help(help),
        _ => arg,
    }
}

/// Removes breaks beside vertical space, which is a break itself. clap writes them around possible
/// values, and mandoc warns of them.
fn without_needless_breaks(page: &str) -> String {
    let lines: Vec<_> = page.lines().collect();
    let is_space = |at: Option<usize>| at.and_then(|at| lines.get(at)) == Some(&"");
    let needed = |at: usize| !is_space(at.checked_sub(1)) && !is_space(Some(at + 1));
    let kept = lines.iter().enumerate();
    let kept = kept.filter(|(at, line)| **line != ".br" || needed(*at));
    kept.flat_map(|(_, line)| [line, "\n"]).collect()
}

/// The name of the program: that of the command without the path.
fn program(command: &Command, path: &str) -> String {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    let program = name.strip_suffix(path).unwrap_or(name);
    program.trim_end().to_owned()
}

/// The sections that clap does not know.
fn sections(guide: &Guide, program: &str) -> Roff {
    let mut roff = Roff::new();
    section(&mut roff, "EXIT STATUS");
    for code in guide.codes {
        entry(&mut roff, bold(code.to_string()), exit::meaning(*code));
    }
    section(&mut roff, "ENVIRONMENT");
    let variables = guide.environment.concat();
    for (names, what) in &variables {
        entry(&mut roff, bold(*names), what);
    }
    if variables.is_empty() {
        roff.text([roman("This command reads no variable of its own.")]);
    }
    section(&mut roff, "FILES");
    for (names, what) in guide.files {
        entry(&mut roff, italic(*names), what);
    }
    if guide.files.is_empty() {
        roff.text([roman("This command has no file of its own.")]);
    }
    section(&mut roff, "EXAMPLES");
    for (at, (what, example)) in guide.examples.iter().enumerate() {
        if at > 0 {
            roff.control("PP", []);
        }
        roff.text([roman(format!("{what}:"))]);
        roff.control("PP", []);
        roff.control("RS", ["4"]);
        roff.control("nf", []);
        roff.text([roman(format!("{program} {example}"))]);
        roff.control("fi", []);
        roff.control("RE", []);
    }
    section(&mut roff, "SEE ALSO");
    roff.text([roman(format!("{}.", first_upper(&guide.more(program))))]);
    roff
}

fn first_upper(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn section(roff: &mut Roff, name: &str) {
    roff.control("SH", [name]);
}

/// A name, and what it is, indented.
fn entry(roff: &mut Roff, name: Inline, what: &str) {
    roff.control("TP", []);
    roff.text([name]);
    roff.text([roman(what)]);
}
