//! The question for the token, on a real terminal.

use std::fs;

use whapi_emulator::Emulator;

use crate::support::{Case, TOKEN, signal, small_api};
use crate::terminal::Terminal;

const EXPORT: [&str; 4] = ["export", "--format", "csv", "--quiet"];
const QUESTION: &str =
    "Token of the channel, from Whapi's panel (hidden; `whapi login` saves it): ";
/// The end of the question, to wait for.
const ASKED: &str = "saves it): ";
const NOT_TYPED: &str = "error: no token was typed; copy the channel's token from Whapi's panel, and run \
                         this again\n";

fn api() -> Emulator {
    small_api().start_blocking().unwrap()
}

fn case(api: &Emulator) -> Case {
    Case::new().env("WHAPI_BASE_URL", api.base_url())
}

/// An export that has asked for the token.
fn asked(case: &Case, args: &[&str]) -> Terminal {
    let terminal = Terminal::start(case, &[&EXPORT[..], args].concat());
    terminal.wait_for(ASKED, 1);
    assert!(!terminal.echoes());
    terminal
}

#[test]
fn a_typed_token_is_not_shown_and_works() {
    let api = api();
    for typed in [
        format!("{TOKEN}\r"),
        format!("  {TOKEN} \t\r"),
        format!("Bearer {TOKEN}\n"),
    ] {
        let case = case(&api);
        let mut terminal = asked(&case, &[]);
        terminal.type_in(&typed);
        terminal.end().check(0, &format!("{QUESTION}\n"));
        assert!(case.path("contacts.csv").exists());
    }
}

#[test]
fn a_token_on_standard_input_is_hidden_too() {
    let api = api();
    let by_variable = case(&api).env("WHAPI_TOKEN_FILE", "-");
    for (case, args) in [(case(&api), &["--token-file", "-"][..]), (by_variable, &[])] {
        let mut terminal = asked(&case, args);
        terminal.type_in(&format!("{TOKEN}\r"));
        terminal.end().check(0, &format!("{QUESTION}\n"));
    }
}

#[test]
fn every_command_that_needs_a_token_asks_for_it() {
    let api = api();
    for args in [&["check"][..], &["groups"], &["labels"], &["stats"]] {
        let case = case(&api);
        let mut terminal = Terminal::start(&case, args);
        terminal.wait_for(ASKED, 1);
        assert!(!terminal.echoes());
        terminal.type_in(&format!("{TOKEN}\r"));
        assert_eq!(terminal.end().code, Some(0), "{args:?}");
    }
}

#[test]
fn a_wrong_token_names_the_terminal() {
    let api = api();
    let case = case(&api);
    let mut terminal = asked(&case, &[]);
    terminal.type_in(&format!("{TOKEN}x\r"));
    terminal.end().check(
        4,
        &format!(
            "{QUESTION}\nerror: the Whapi API knows no channel for this token (404): Not Found: channel \
             not found; check the token from the terminal and the address of the API\n"
        ),
    );
    assert_eq!(case.files().len(), 0);
}

#[test]
fn what_is_no_token_is_asked_for_again_three_times_in_all() {
    let api = api();
    let warning = |what: &str| {
        format!(
            "warning: this is {what} and no token; Whapi's panel shows the token of each channel\n"
        )
    };
    let case = case(&api);
    let mut terminal = asked(&case, &[]);
    let answers = ["", "https://panel.whapi.cloud/", "+44 7700 900101"];
    for (times, answer) in (1..).zip(answers) {
        terminal.wait_for(ASKED, times);
        assert!(!terminal.echoes());
        terminal.type_in(&format!("{answer}\r"));
    }
    let [nothing, address, number] = ["nothing", "an address", "a phone number"].map(warning);
    terminal.end().check(
        2,
        &format!("{QUESTION}\n{nothing}{QUESTION}\n{address}{QUESTION}\n{number}{NOT_TYPED}"),
    );
    assert_eq!(api.journal().len(), 0);

    // The third answer is good.
    let mut terminal = asked(&case, &[]);
    for times in [1, 2] {
        terminal.wait_for(ASKED, times);
        terminal.type_in("\r");
    }
    terminal.wait_for(ASKED, 3);
    terminal.type_in(&format!("{TOKEN}\r"));
    let expected = format!("{QUESTION}\n{nothing}{QUESTION}\n{nothing}{QUESTION}\n");
    terminal.end().check(0, &expected);
}

#[test]
fn lines_behind_the_token_do_not_reach_the_shell() {
    let api = api();
    let case = case(&api);
    let mut terminal = asked(&case, &[]);
    // As pasted: the terminal has both lines before the program reads one.
    terminal.type_in(&format!("{TOKEN}\rsecond {TOKEN}\r"));
    terminal.end().check(0, &format!("{QUESTION}\n"));
}

#[test]
fn signals_restore_the_terminal() {
    let api = api();
    let expected = format!("{QUESTION}\nerror: cancelled\n");
    let case = case(&api);
    let mut terminal = asked(&case, &[]);
    terminal.type_in(&format!("{}\u{3}", &TOKEN[..4]));
    terminal.end().check(130, &expected);

    let terminal = asked(&case, &[]);
    signal(terminal.pid(), "TERM");
    terminal.end().check(143, &expected);
    assert_eq!(api.journal().len(), 0);
}

#[test]
fn the_end_of_input_is_no_token() {
    let api = api();
    let case = case(&api);
    let mut terminal = asked(&case, &[]);
    terminal.type_in("\u{4}");
    terminal.end().check(2, &format!("{QUESTION}\n{NOT_TYPED}"));
}

/// A shell could turn the echo on while the program is stopped.
#[test]
fn ctrl_z_does_not_stop_the_question() {
    let api = api();
    let case = case(&api);
    let mut terminal = asked(&case, &[]);
    terminal.type_in(&format!("\u{1a}{TOKEN}\r"));
    terminal.wait_for(ASKED, 2);
    terminal.type_in(&format!("{TOKEN}\r"));
    terminal.end().check(
        0,
        &format!(
            "{QUESTION}\nwarning: the token from the terminal has white space or a character that no \
             token has\n{QUESTION}\n"
        ),
    );
}

#[test]
fn no_input_never_asks() {
    let api = api();
    let case = case(&api);
    let shown = Terminal::start(&case, &[&EXPORT[..], &["--no-input"]].concat()).end();
    let piped = case.run(&EXPORT);
    shown.check(2, &piped.stderr);

    let shown = Terminal::start(&case, &["login", "--no-input"]).end();
    shown.check(
        2,
        "error: there is no folder for the configuration; set the variable HOME, or name a file with \
         --config\n",
    );
    let args = ["login", "--no-input", "--config", "c.toml"];
    Terminal::start(&case, &args).end().check(
        2,
        "error: standard input is a terminal, and --no-input never asks; pass the token on standard \
         input, such as by: whapi login --no-input < FILE\n",
    );
}

#[test]
fn other_ways_to_the_token_ask_nothing() {
    let api = api();
    let case = case(&api).env("WHAPI_TOKEN", TOKEN);
    Terminal::start(&case, &EXPORT).end().check(0, "");
    Terminal::start(&case, &[&EXPORT[..], &["--demo"]].concat())
        .end()
        .check(0, "");
}

#[test]
fn login_asks_and_saves() {
    let api = api();
    let case = case(&api);
    let home = case.path("../in/home");
    fs::create_dir(&home).unwrap();
    let case = case.env("XDG_CONFIG_HOME", &home).env("HOME", &home);
    let mut terminal = Terminal::start(&case, &["login", "-q"]);
    let question = "Token of the channel, from Whapi's panel (hidden): ";
    terminal.wait_for(question, 1);
    assert!(!terminal.echoes());
    terminal.type_in(&format!(" {TOKEN} \r"));
    terminal.end().check(0, &format!("{question}\n"));
    let saved = fs::read_to_string(home.join("whapi/channels/main.token")).unwrap();
    assert_eq!(saved, format!("{TOKEN}\n"));
    Terminal::start(&case, &EXPORT).end().check(0, "");
}
