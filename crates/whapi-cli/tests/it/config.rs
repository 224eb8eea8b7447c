//! Faults of config.toml, each with the exact message.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::support::{Case, TOKEN, check_holds_no_token, small_api};

const CHECK: [&str; 3] = ["check", "--config", "../in/config.toml"];
/// A token as Whapi's panel shows it.
const REAL_LOOKING: &str = "3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d";

#[track_caller]
fn check(text: &str, line: Option<usize>, message: &str) {
    let ran = Case::new().input("config.toml", text).run(&CHECK);
    let line = line.map_or(String::new(), |line| format!(", line {line}"));
    ran.check(2, &format!("error: `../in/config.toml`{line}: {message}\n"));
    assert!(!ran.stderr.contains(REAL_LOOKING), "{ran}");
}

#[test]
fn keys_that_are_unknown() {
    let channel =
        "known: `token_command`, `token_file`, `token_env`, `base_url`, `default`, `tags`, `id`";
    let top = "known: `[channels.NAME]`, `[exporters.NAME]`";
    for (text, line, message) in [
        (
            "[chanels.shop]\n",
            1,
            format!("unknown key `chanels`, did you mean `channels`? {top}"),
        ),
        (
            "\n\nsomething = 1\n",
            3,
            format!("unknown key `something`; {top}"),
        ),
        (
            "[channels.shop]\ntoken_fil = \"a\"\n",
            2,
            format!(
                "unknown key `token_fil` of channel `shop`, did you mean `token_file`? {channel}"
            ),
        ),
        (
            "channels = { shop = { Base_URL = 1 } }\n",
            1,
            format!("unknown key `Base_URL` of channel `shop`, did you mean `base_url`? {channel}"),
        ),
        (
            "[channels.shop]\n\"a\\u001b[2J\" = 1\n",
            2,
            format!("unknown key `a\\u{{1b}}[2J` of channel `shop`; {channel}"),
        ),
        (
            "[channels.shop]\n3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d = 1\n",
            2,
            format!("unknown key that looks like a token of channel `shop`; {channel}"),
        ),
        (
            "[exporters.notion]\ncommand = [\"a\"]\ncomand = []\n",
            3,
            "unknown key `comand` of exporter `notion`, did you mean `command`? known: `command`, `sha256`"
                .to_owned(),
        ),
    ] {
        check(text, Some(line), &message);
    }
}

#[test]
fn values_of_the_wrong_kind() {
    let no_list = "is no list of a program and its arguments, such as [\"pass\", \"show\", \"whapi\"]; no \
                   shell reads it";
    for (value, problem) in [
        ("token_command = \"pass show whapi\"", no_list),
        ("token_command = []", no_list),
        ("token_command = [\"\"]", no_list),
        ("token_command = [\"pass\", 1]", no_list),
        ("token_file = 1", "is no text in quotes, or an empty one"),
        (
            "token_file = \" \"",
            "is no text in quotes, or an empty one",
        ),
        (
            "token_env = [\"A\"]",
            "is no text in quotes, or an empty one",
        ),
        ("base_url = {}", "is no text in quotes, or an empty one"),
        ("default = \"yes\"", "is neither true nor false"),
        (
            "token_file = \"~/token\"",
            "starts with `~`, which is not replaced by your home folder; write the whole path",
        ),
    ] {
        let key = value.split(' ').next().unwrap();
        let text = format!("[channels.shop]\n{value}\n");
        check(
            &text,
            Some(2),
            &format!("`{key}` of channel `shop` {problem}"),
        );
    }
    for (text, message) in [
        (
            "channels = 1\n",
            "`channels` is no table; write it as a heading in brackets",
        ),
        (
            "[[channels]]\n",
            "`channels` is no table; write it as a heading in brackets",
        ),
        (
            "[channels]\nshop = \"a\"\n",
            "`shop` is no table; write it as a heading in brackets",
        ),
        (
            "[exporters]\na = 1\n",
            "`a` is no table; write it as a heading in brackets",
        ),
        ("[exporters.a]\n", "exporter `a` has no `command`"),
        (
            "[exporters.a]\ncommand = \"a\"\n",
            "`command` of exporter `a` is no list of a program and its arguments, such as [\"pass\", \
             \"show\", \"whapi\"]; no shell reads it",
        ),
    ] {
        let line = text.matches('\n').count();
        let line = if text.starts_with("[exporters.a]\n") || line == 1 {
            line
        } else {
            2
        };
        check(text, Some(line), message);
    }
}

#[test]
fn channels_without_exactly_one_token() {
    let places = "`token_command`, `token_file`, `token_env`";
    check(
        "\n[channels.shop]\nbase_url = \"https://api.example\"\n",
        Some(2),
        &format!("channel `shop` has no token; give it one of {places}"),
    );
    check(
        "[channels.shop]\ntoken_env = \"A\"\ntoken_file = \"b\"\n",
        Some(1),
        &format!("channel `shop` has more than one token; keep one of {places}"),
    );
}

#[test]
fn names_of_channels() {
    let rule = "this is no name of a channel; a name has at most 30 letters from a to z, digits, `-` and `_`";
    for name in ["\"two words\"", "\"\"", "\"../up\"", REAL_LOOKING] {
        check(&format!("[channels.{name}]\n"), Some(1), rule);
    }
    let twice = "[channels.shop]\ntoken_env = \"A\"\n[channels.Shop]\ntoken_env = \"B\"\n";
    check(
        twice,
        Some(3),
        "the channels `shop` and `Shop` have the same name, because letter case does not matter; rename \
         one",
    );
}

#[test]
fn two_defaults() {
    check(
        "[channels.a]\ntoken_env = \"A\"\ndefault = true\n[channels.b]\ntoken_env = \"B\"\ndefault = \
         false\n[channels.c]\ntoken_env = \"C\"\ndefault = true\n",
        Some(7),
        "the channels `a` and `c` are both `default = true`; keep one",
    );
}

#[test]
fn a_token_in_the_configuration_is_refused_and_not_repeated() {
    let places = "`token_command`, `token_file`, `token_env`";
    for value in [TOKEN, REAL_LOOKING, "short"] {
        check(
            &format!("[channels.shop]\ntoken = \"{value}\"\n"),
            Some(2),
            &format!(
                "`token` of channel `shop` is refused: the configuration never holds a token; remove it, \
                 and run `whapi login`, or use one of {places}"
            ),
        );
    }
    let looks = |key: &str| {
        format!(
            "`{key}` of channel `shop` looks like a token, and the configuration never holds one; remove \
             it, and run `whapi login`"
        )
    };
    for (value, key) in [
        (format!("token_file = \"{TOKEN}\""), "token_file"),
        (format!("token_file = \"{REAL_LOOKING}\""), "token_file"),
        (
            format!("token_command = [\"echo\", \"{REAL_LOOKING}\"]"),
            "token_command",
        ),
        (
            format!("token_command = [\"sh\", \"-c\", \"echo {REAL_LOOKING}\"]"),
            "token_command",
        ),
        (
            format!("base_url = \"https://api.example/?token={REAL_LOOKING}\""),
            "base_url",
        ),
    ] {
        check(&format!("[channels.shop]\n{value}\n"), Some(2), &looks(key));
    }
    for value in [TOKEN, REAL_LOOKING, "my_token"] {
        check(
            &format!("[channels.shop]\ntoken_env = \"{value}\"\n"),
            Some(2),
            "`token_env` of channel `shop` takes the name of an environment variable in capital letters, \
             digits and `_`, never the token itself; there is no variable of this name",
        );
    }
}

/// The messages of the TOML reader quote nothing.
#[test]
fn text_that_is_no_toml() {
    for text in [
        format!("[channels.shop]\ntoken_file = {TOKEN}\n"),
        format!("[channels.shop]\ntoken_file = \"{TOKEN}\n"),
        format!("[channels.shop]\n{TOKEN}\n"),
        format!("[channels.shop\n# {TOKEN}\n"),
        format!("[channels.shop]\ntoken_env = \"A\"\ntoken_env = \"{TOKEN}\"\n"),
    ] {
        let ran = Case::new().input("config.toml", &text).run(&CHECK);
        ran.check_code(2);
        assert!(
            ran.stderr.starts_with("error: `../in/config.toml`, line "),
            "{ran}"
        );
        assert_eq!(ran.stderr.lines().count(), 1, "{ran}");
        check_holds_no_token(&ran.stderr);
    }
    check(
        "[channels.shop]\ntoken_env = A\n",
        Some(2),
        "string values must be quoted, expected literal string",
    );
    check("a = 1\na = 2\n", Some(2), "duplicate key");
}

#[test]
fn files_that_are_no_configuration() {
    let ran = Case::new().run(&CHECK);
    ran.check(
        2,
        "error: there is no configuration `../in/config.toml`; check its path, or run `whapi login`, \
         which writes one\n",
    );
    let ran = Case::new().input("config.toml", [0xff, b'\n']).run(&CHECK);
    ran.check(
        2,
        "error: the configuration `../in/config.toml` is no text in UTF-8\n",
    );
    let ran = Case::new()
        .input("config.toml", vec![b'#'; (4 << 20) + 1])
        .run(&CHECK);
    ran.check(
        2,
        "error: could not read the configuration `../in/config.toml`: larger than 4096 KiB\n",
    );
    let case = Case::new();
    fs::create_dir(case.path("../in/config.toml")).unwrap();
    case.run(&CHECK).check(
        2,
        "error: could not read the configuration `../in/config.toml`: Is a directory (os error 21)\n",
    );
}

#[test]
fn a_configuration_that_others_can_change_is_refused_with_the_command_that_mends_it() {
    let api = small_api().start_blocking().unwrap();
    let text = "[channels.shop]\ntoken_env = \"SHOP\"\n";
    let case = Case::at(&api).env("SHOP", TOKEN).input("config.toml", text);
    let path = case.path("../in/config.toml");
    let set_mode = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    for mode in [0o600, 0o644, 0o400, 0o755] {
        set_mode(mode);
        case.run(&CHECK).check_code(0);
    }
    for (mode, shown) in [(0o664, "664"), (0o602, "602"), (0o777, "777")] {
        set_mode(mode);
        case.run(&CHECK).check(
            2,
            &format!(
                "error: the configuration `../in/config.toml` can be changed by other users (mode \
                 {shown}), and it can name programs that are run; close it with: chmod go-w \
                 ../in/config.toml\n"
            ),
        );
    }
    // Through a link, too.
    symlink("config.toml", case.path("../in/link")).unwrap();
    case.run(&["check", "--config", "../in/link"]).check_code(2);
    let mended = std::process::Command::new("chmod")
        .arg("go-w")
        .arg(&path)
        .status();
    assert!(mended.unwrap().success());
    case.run(&["check", "--config", "../in/link"]).check_code(0);
}

/// Only the superuser can give a file to another user.
#[test]
fn a_configuration_of_another_user_is_refused() {
    let case = Case::new().input("config.toml", "");
    let path = case.path("../in/config.toml");
    if std::os::unix::fs::chown(&path, Some(12345), None).is_err() {
        let skipped = "SKIPPED: this user cannot give a file to another";
        writeln!(std::io::stderr(), "{skipped}").unwrap();
        return;
    }
    case.run(&CHECK).check(
        2,
        "error: the configuration `../in/config.toml` belongs to another user (id 12345), and it can name \
         programs that are run; use one of your own\n",
    );
}

/// As Windows' Notepad writes it.
#[test]
fn a_byte_order_mark_and_line_ends_of_windows_are_read() {
    let api = small_api().start_blocking().unwrap();
    let text = "\u{feff}# mine\r\n[channels.shop]\r\ntoken_env = \"SHOP\"\r\n";
    Case::at(&api)
        .env("WHAPI_TOKEN", "")
        .env("SHOP", TOKEN)
        .input("config.toml", text)
        .run(&CHECK)
        .check_code(0);
    check(
        &text.replace("\"SHOP\"", "1"),
        Some(3),
        "`token_env` of channel `shop` is no text in quotes, or an empty one",
    );
}

#[test]
fn a_configuration_without_channels_changes_nothing() {
    let api = small_api().start_blocking().unwrap();
    for text in [
        "",
        "# nothing\n",
        "[channels]\n",
        "[exporters.a]\ncommand = [\"a\", \"b c\"]\n",
    ] {
        Case::at(&api)
            .input("config.toml", text)
            .run(&CHECK)
            .check_code(0);
    }
}
