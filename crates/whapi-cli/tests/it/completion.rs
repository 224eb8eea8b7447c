//! Completion in real shells.

use std::path::Path;
use std::process::Command;

use whapi_test_support::has_program;

use crate::support::{Case, snapshot};
use crate::tmux::Tmux;

/// A line, and what it is after the tab key.
const LINES: [(&str, &str); 10] = [
    ("whapi exporters --j", "whapi exporters --json"),
    ("whapi export --format j", "whapi export --format jsonl"),
    (
        "whapi export --format vcard,x",
        "whapi export --format vcard,xlsx",
    ),
    ("whapi export --format=cs", "whapi export --format=csv"),
    (
        "whapi export --set csv.pro",
        "whapi export --set csv.profile=",
    ),
    (
        "whapi export --set csv.profile=goo",
        "whapi export --set csv.profile=google",
    ),
    (
        "whapi export --set vcard.version=4",
        "whapi export --set vcard.version=4.0",
    ),
    (
        "whapi export --base-url http://127.0.0.1:8080 --country NZ --reason acc",
        "whapi export --base-url http://127.0.0.1:8080 --country NZ --reason account",
    ),
    (
        "whapi stats --only saved,di",
        "whapi stats --only saved,discovered",
    ),
    (
        "whapi export --name-order phone,push",
        "whapi export --name-order phone,pushname",
    ),
];

/// Starts a shell in which completion is set up.
fn start(case: &Case, shell: &str, args: &[&str], prepare: &str) -> Option<Tmux> {
    let tmux = Tmux::start_shell(case, shell, args)?;
    tmux.wait_for(|screen| screen == "$");
    tmux.type_text(&format!("{prepare}; clear; echo ready\n"));
    tmux.wait_for(|screen| screen == "ready\n$");
    Some(tmux)
}

#[track_caller]
fn check_lines(tmux: &Tmux) {
    for (line, expected) in LINES {
        tmux.type_text(line);
        tmux.press("Tab");
        let expected = format!("ready\n$ {expected}");
        tmux.wait_for(|screen| screen == expected);
        tmux.press("C-u");
        tmux.wait_for(|screen| screen == "ready\n$");
    }
}

#[test]
fn bash_completes_values() {
    let (case, args) = (Case::new(), ["--norc", "--noprofile", "-i"]);
    let Some(tmux) = start(&case, "bash", &args, "source <(whapi completions bash)") else {
        return;
    };
    check_lines(&tmux);
    // Two values begin like this: bash lists them.
    let line = "whapi export --set vcard.version=";
    tmux.type_text(line);
    tmux.press("Tab");
    tmux.press("Tab");
    let expected = format!("ready\n$ {line}\n3.0  4.0\n$ {line}");
    tmux.wait_for(|screen| screen == expected);
}

#[test]
fn zsh_completes_values() {
    let case = Case::new();
    let prepare = "autoload -U compinit; compinit -D; source <(whapi completions zsh)";
    let Some(tmux) = start(&case, "zsh", &["-f", "-i"], prepare) else {
        return;
    };
    check_lines(&tmux);
}

/// fish has a command that says what the tab key would offer.
#[test]
fn fish_completes_values() {
    if !has_program("fish") {
        return;
    }
    let case = Case::new();
    let whapi = Path::new(env!("CARGO_BIN_EXE_whapi")).parent().unwrap();
    let offered = |line: &str| {
        let script = "whapi completions fish | source; complete -C $LINE";
        let ran = Command::new("fish")
            .args(["--no-config", "-c", script])
            .current_dir(case.path(""))
            .env_clear()
            .env("HOME", case.path(""))
            .env("PATH", format!("{}:/usr/bin:/bin", whapi.display()))
            .env("LINE", line)
            .output()
            .unwrap();
        assert!(ran.status.success() && ran.stderr.is_empty(), "{ran:?}");
        String::from_utf8(ran.stdout).unwrap()
    };
    assert_eq!(
        offered("whapi export --format "),
        "vcard\taddress book cards that phones import\n\
         csv\tcomma-separated values, a line per contact\n\
         jsonl\tJSON Lines, a complete record per contact\n\
         xlsx\tan Excel workbook in which text stays text\n\
         html\tthe address book as a page to search and print\n\
         dataset\ta folder of JSON Lines, a partition for each day and channel, with proof of completeness\n\
         sheets\ta tab of a Google spreadsheet, a row per contact\n"
    );
    assert_eq!(
        offered("whapi export --country G"),
        "GA\tGabon\nGB\tUnited Kingdom\nGD\tGrenada\nGE\tGeorgia\nGF\tFrench Guiana\n\
         GG\tGuernsey\nGH\tGhana\nGI\tGibraltar\nGL\tGreenland\nGM\tGambia\nGN\tGuinea\n\
         GP\tGuadeloupe\nGQ\tEquatorial Guinea\nGR\tGreece\nGT\tGuatemala\nGU\tGuam\n\
         GW\tGuinea-Bissau\nGY\tGuyana\n"
    );
    for (line, expected) in LINES {
        let offered = offered(line);
        let first = offered.split(['\t', '\n']).next().unwrap();
        assert_eq!(first, expected.rsplit(' ').next().unwrap(), "{offered}");
        assert_eq!(offered.lines().count(), 1, "{offered}");
    }
}

#[test]
fn every_shell_has_a_script() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = Case::new().run(&["completions", shell]);
        snapshot(&format!("completions_{shell}"), &ran);
        ran.check_code(0);
    }
}

#[test]
fn an_unknown_shell_is_refused() {
    let ran = Case::new().run(&["completions", "cmd"]);
    snapshot("completions_for_an_unknown_shell", &ran);
    ran.check_nothing_written(2);
}
