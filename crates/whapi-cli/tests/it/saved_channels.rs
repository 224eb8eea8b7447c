//! `login` and `logout` at a channel: what they save, and what they leave behind.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use whapi_emulator::{Channel, Effect, Emulator, Fault, Trigger};

use crate::support::{
    Case, TOKEN, api_that_says, check_holds_no_token, in_shell, list, requests, run_in_shell,
    small_api,
};

/// The folder of the configuration, below `../in`, where a token may be.
const FOLDER: &str = "../in/config/whapi";
const EXPORT: [&str; 4] = ["export", "-f", "csv", "-q"];

fn api() -> Emulator {
    small_api().start_blocking().unwrap()
}

/// A case with a folder for the configuration, and the token on standard input.
fn case(api: &Emulator) -> Case {
    let case = Case::new();
    let config = case.path("../in/config");
    fs::create_dir(&config).unwrap();
    case.env("XDG_CONFIG_HOME", &config)
        .env("HOME", &config)
        .env("WHAPI_BASE_URL", api.base_url())
        .stdin(format!("{TOKEN}\n"))
}

fn config_path(case: &Case) -> PathBuf {
    case.path(FOLDER).join("config.toml")
}

fn config(case: &Case) -> String {
    fs::read_to_string(config_path(case)).unwrap()
}

/// Everything in the folder for configurations. Only files of tokens hold the token.
fn kept(case: &Case) -> BTreeMap<String, String> {
    let folder = case.path("../in/config");
    let mut found = BTreeMap::new();
    list(&folder, "", &mut found);
    for name in found.keys().filter(|name| !name.ends_with('/')) {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        if name.contains("channels/") {
            assert_eq!(text, format!("{TOKEN}\n"));
        } else {
            check_holds_no_token(&text);
        }
    }
    found
}

fn names(case: &Case) -> Vec<String> {
    kept(case).into_keys().collect()
}

/// What `login` says where all is well.
fn said(case: &Case, name: &str, how: &str) -> String {
    let folder = case.path(FOLDER);
    format!(
        "The channel is ready: +999000000000, with 3 contacts.\n\
         The token is saved in {0}/channels/{1}.token, and the channel `{name}` in {0}/config.toml.\n\
         `export` and the other commands use it{how}.\n",
        folder.display(),
        name.to_ascii_lowercase()
    )
}

#[test]
fn login_export_and_logout_leave_no_trace() {
    let api = api();
    let case = case(&api);
    case.run(&["login"]).check(0, &said(&case, "main", ""));
    assert_eq!(
        requests(&api),
        ["GET /contacts?count=1&offset=0", "GET /health?wakeup=false"]
    );
    let text = format!(
        "[channels.main]\ntoken_file = \"channels/main.token\"\nbase_url = \"{}\"\ndefault = true\n",
        api.base_url()
    );
    assert_eq!(config(&case), text);
    let expected = [
        ("whapi/", "mode 700".to_owned()),
        ("whapi/channels/", "mode 700".to_owned()),
        (
            "whapi/channels/main.token",
            format!("{} bytes, mode 600", TOKEN.len() + 1),
        ),
        (
            "whapi/config.toml",
            format!("{} bytes, mode 600", text.len()),
        ),
    ];
    let expected = expected.map(|(name, what)| (name.to_owned(), what));
    assert_eq!(kept(&case), BTreeMap::from(expected));

    // Nothing but the saved channel says where the API is.
    let case = case.env("WHAPI_BASE_URL", "").stdin("");
    case.run(&EXPORT).check(0, "");
    assert_eq!(case.run(&EXPORT).names(), ["contacts.csv"]);

    let folder = case.path(FOLDER);
    case.run(&["logout"]).check(
        0,
        &format!(
            "The token of channel `main` in {}/channels/main.token is deleted.\n\
             To make it invalid as well, renew it in Whapi's panel.\n",
            folder.display()
        ),
    );
    assert_eq!(names(&case), [""; 0]);
    case.run(&["logout"]).check(
        0,
        &format!(
            "There is no saved token of channel `main` in {}/channels/main.token.\n",
            folder.display()
        ),
    );
    case.run(&EXPORT).check_code(2);
}

#[test]
fn quiet_login_and_logout_say_nothing() {
    let api = api();
    let case = case(&api);
    case.run(&["login", "-q"]).check(0, "");
    case.run(&["logout", "-q"]).check(0, "");
}

#[test]
fn modes_do_not_depend_on_the_umask() {
    let api = api();
    for umask in ["000", "022", "777"] {
        let case = case(&api);
        let ran = run_in_shell(&case, &format!("umask {umask}"), &["login", "-q"]);
        ran.check(0, "");
        let modes: Vec<_> = kept(&case)
            .into_values()
            .map(|what| what.rsplit_once(' ').unwrap().1.to_owned())
            .collect();
        assert_eq!(modes, ["700", "700", "600", "600"], "{umask}");
    }
}

#[test]
fn several_channels_and_the_first_is_the_default() {
    let (api, other) = (api(), api());
    let case = case(&api);
    case.run(&["login"]).check(0, &said(&case, "main", ""));
    let args = ["login", "--channel", "Shop", "--base-url", other.base_url()];
    let how = " with --channel Shop";
    case.run(&args).check(0, &said(&case, "Shop", how));
    let expected = format!(
        "[channels.main]\ntoken_file = \"channels/main.token\"\nbase_url = \"{}\"\ndefault = true\n\n\
         [channels.Shop]\ntoken_file = \"channels/shop.token\"\nbase_url = \"{}\"\n",
        api.base_url(),
        other.base_url()
    );
    assert_eq!(config(&case), expected);
    let seen = || (api.journal().len(), other.journal().len());
    assert_eq!(seen(), (2, 2));
    case.run(&EXPORT).check(0, "");
    assert_eq!(seen(), (4, 2));
    case.run(&[&EXPORT[..], &["--channel", "shop"]].concat())
        .check(0, "");
    assert_eq!(seen(), (4, 4));

    case.run(&["logout", "-q"]).check(0, "");
    let left = expected.split_once("\n\n").unwrap().1;
    assert_eq!(config(&case).trim_start(), left);
    // The only channel that is left needs no flag.
    case.run(&EXPORT).check(0, "");
    assert_eq!(seen(), (4, 6));
    case.run(&["logout", "-q", "--channel", "SHOP"])
        .check(0, "");
    assert_eq!(names(&case), [""; 0]);
}

#[test]
fn a_saved_channel_is_replaced_and_keeps_its_address() {
    let (api, other) = (api(), api());
    let case = case(&api);
    case.run(&["login", "-q"]).check(0, "");
    let before = config(&case);
    fs::write(case.path(FOLDER).join("channels/main.token"), "old\n").unwrap();
    // The address of the channel comes before the variable's.
    let case = case.env("WHAPI_BASE_URL", other.base_url());
    case.run(&["login", "-q"]).check(0, "");
    assert_eq!((api.journal().len(), other.journal().len()), (4, 0));
    assert_eq!(config(&case), before);
    case.run(&["login", "-q", "--base-url", other.base_url()])
        .check(0, "");
    assert_eq!(
        config(&case),
        before.replace(api.base_url(), other.base_url())
    );
    kept(&case);
}

#[test]
fn comments_and_order_of_the_configuration_stay() {
    let api = api();
    let case = case(&api);
    fs::create_dir(case.path(FOLDER)).unwrap();
    let text = "# Mine.\n\n[channels.z] # first\ntoken_env   = 'Z'\n\n[exporters.a]\ncommand=['b',]  # c\n\n# End.\n";
    fs::write(config_path(&case), text).unwrap();
    fs::set_permissions(config_path(&case), fs::Permissions::from_mode(0o644)).unwrap();
    case.run(&["login", "--channel", "shop"])
        .check(0, &said(&case, "shop", " with --channel shop"));
    let added = format!(
        "\n[channels.shop]\ntoken_file = \"channels/shop.token\"\nbase_url = \"{}\"\n",
        api.base_url()
    );
    assert_eq!(config(&case), format!("{text}{added}"));
    case.run(&["logout", "-q", "--channel", "shop"])
        .check(0, "");
    assert_eq!(config(&case), text);
    assert_eq!(names(&case), ["whapi/", "whapi/config.toml"]);
}

#[test]
fn a_channel_that_a_person_wrote_is_not_touched() {
    let api = api();
    for place in [
        "token_env = \"A\"",
        "token_file = \"main.token\"",
        "token_file = \"channels/other.token\"",
        "token_command = [\"cat\"]",
    ] {
        let case = case(&api);
        fs::create_dir(case.path(FOLDER)).unwrap();
        let text = format!("[channels.Main]\n{place}\n");
        fs::write(config_path(&case), &text).unwrap();
        let expected = format!(
            "error: the channel `Main` in `{}` was not written by login, so it is not changed; choose \
             another name with --channel, or remove the channel from the file first\n",
            config_path(&case).display()
        );
        case.run(&["login"]).check(2, &expected);
        case.run(&["logout"]).check(2, &expected);
        assert_eq!(config(&case), text);
        assert_eq!(names(&case), ["whapi/", "whapi/config.toml"]);
    }
    assert_eq!(api.journal().len(), 0);
}

#[test]
fn a_link_to_the_configuration_stays_a_link() {
    let api = api();
    let case = case(&api);
    fs::create_dir(case.path(FOLDER)).unwrap();
    let real = case.path("../in/config/dotfiles.toml");
    fs::write(&real, "# mine\n").unwrap();
    symlink("../dotfiles.toml", config_path(&case)).unwrap();
    case.run(&["login", "-q"]).check(0, "");
    assert!(config_path(&case).is_symlink());
    assert!(
        fs::read_to_string(&real)
            .unwrap()
            .starts_with("# mine\n\n[channels.main]\n")
    );
    case.run(&["logout", "-q"]).check(0, "");
    assert!(config_path(&case).is_symlink());
    assert_eq!(fs::read_to_string(&real).unwrap(), "# mine\n");
}

#[test]
fn config_names_another_file() {
    let api = api();
    let case = case(&api);
    fs::create_dir(case.path("../in/else")).unwrap();
    let args = ["login", "-q", "--config", "../in/else/my.toml"];
    case.run(&args).check(0, "");
    let token = case.path("../in/else/channels/main.token");
    assert_eq!(fs::read_to_string(&token).unwrap(), format!("{TOKEN}\n"));
    case.run(&[&EXPORT[..], &["--config", "../in/else/my.toml"]].concat())
        .check(0, "");
    assert_eq!(names(&case), [""; 0]);
    case.run(&["logout", "-q", "--config", "../in/else/my.toml"])
        .check(0, "");
    // A folder that a flag names stays, though it is empty.
    let left = fs::read_dir(case.path("../in/else")).unwrap().count();
    assert_eq!(left, 0);
}

#[test]
fn a_token_that_is_refused_is_not_saved() {
    let table = [
        (
            401,
            4,
            "the Whapi API says that the channel is not authorized (401): Unauthorized: a fault of the \
             emulator; the phone may not be linked: open the channel in Whapi's panel and scan the QR \
             code with WhatsApp; otherwise check the token from standard input",
        ),
        (
            403,
            4,
            "the Whapi API refused the token from standard input (403): Forbidden: a fault of the \
             emulator",
        ),
        (
            404,
            4,
            "the Whapi API knows no channel for this token (404): Not Found: a fault of the emulator; \
             check the token from standard input and the address of the API",
        ),
        (
            402,
            6,
            "the channel's quota is used up (402): Payment Required: a fault of the emulator",
        ),
        (
            400,
            5,
            "the Whapi API refused the request (400): Bad Request: a fault of the emulator",
        ),
    ];
    for (status, code, message) in table {
        let api = small_api()
            .fault(Fault::new(Trigger::Always, Effect::Status(status)))
            .start_blocking()
            .unwrap();
        let case = case(&api);
        let expected = format!("error: {message}; nothing was saved\n");
        case.run(&["login"]).check(code, &expected);
        assert_eq!(names(&case), [""; 0], "{status}");
    }
    let api = api();
    let wrong = case(&api).stdin("wrong");
    wrong.run(&["login", "--channel", "shop"]).check(
        4,
        "error: the Whapi API knows no channel for this token (404): Not Found: channel not found; check \
         the token from standard input and the address of the API; nothing was saved\n",
    );
    assert_eq!(names(&wrong), [""; 0]);
}

#[test]
fn text_that_is_no_token_is_refused_before_any_request() {
    let api = api();
    for (text, problem) in [
        (
            "",
            "this is nothing and no token; Whapi's panel shows the token of each channel",
        ),
        (
            "https://gate.whapi.cloud",
            "this is an address and no token; Whapi's panel shows the token of each channel",
        ),
        (
            "one\ntwo",
            "this is several words and no token; Whapi's panel shows the token of each channel",
        ),
        (
            "h\u{fc}sh",
            "the token from standard input has white space or a character that no token has",
        ),
    ] {
        let case = case(&api).stdin(text);
        case.run(&["login"])
            .check(2, &format!("error: {problem}\n"));
        assert_eq!(names(&case), [""; 0]);
    }
    let case = case(&api).stdin("a".repeat((64 << 10) + 1));
    case.run(&["login"]).check(
        2,
        "error: could not read the token from standard input: larger than 64 KiB\n",
    );
    for name in [TOKEN, "a/b", "", "3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d"] {
        case.run(&["login", "--channel", name]).check(
            2,
            "error: --channel takes the name of a channel; a name has at most 30 letters from a to z, \
             digits, `-` and `_`\n",
        );
    }
    assert_eq!(api.journal().len(), 0);
}

#[test]
fn a_channel_that_is_not_ready_is_saved_with_a_warning() {
    for (channel, problem) in [
        (
            Channel::Qr,
            "the channel is not linked to a phone (QR); open it in Whapi's panel and scan the QR code \
             with WhatsApp",
        ),
        (
            Channel::Stop,
            "the channel is stopped (STOP); start it in Whapi's panel",
        ),
        (
            Channel::Launch { answers: 9 },
            "the channel is still starting",
        ),
    ] {
        let api = small_api().channel(channel).start_blocking().unwrap();
        let case = case(&api);
        let rest = said(&case, "main", "");
        let rest = rest.split_once('\n').unwrap().1;
        let warning = format!("warning: {problem}; the token is saved all the same\n");
        case.run(&["login"]).check(0, &format!("{warning}{rest}"));
        assert_eq!(requests(&api), ["GET /health?wakeup=false"]);
        assert_eq!(names(&case).len(), 4);
        case.run(&["login", "-q"]).check(0, &warning);
    }
}

#[test]
fn an_api_without_a_state_is_asked_for_contacts() {
    let api = small_api()
        .channel(Channel::Missing)
        .start_blocking()
        .unwrap();
    let case = case(&api);
    let expected = said(&case, "main", "").replace(": +999000000000", "");
    case.run(&["login"]).check(0, &expected);
}

#[test]
fn nothing_is_saved_where_the_api_cannot_be_reached() {
    let address = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let api = api();
    let case = case(&api);
    let url = format!("http://user:pass@{address}");
    case.run(&["login", "--base-url", &url]).check(
        2,
        "error: the address of the API holds a user name or password; give the token separately\n",
    );
    let url = api_that_says("302 Found", String::new());
    case.run(&["login", "--base-url", &url]).check(
        5,
        "error: the Whapi API answered with a redirect (302), which is never followed, because it would \
         send the token elsewhere; nothing was saved\n",
    );
    assert_eq!(names(&case), [""; 0]);
}

#[test]
fn places_that_cannot_be_written() {
    let api = api();
    let case = case(&api);
    fs::write(case.path(FOLDER), "in the way").unwrap();
    case.run(&["login"]).check(
        2,
        &format!(
            "error: could not read the configuration `{}`: Not a directory (os error 20)\n",
            config_path(&case).display()
        ),
    );
    assert_eq!(names(&case), ["whapi"]);
    fs::remove_file(case.path(FOLDER)).unwrap();

    fs::create_dir_all(case.path(FOLDER).join("channels/main.token")).unwrap();
    case.run(&["login"]).check(
        7,
        &format!(
            "error: `{}/channels/main.token` is a folder; name a file in it\n",
            case.path(FOLDER).display()
        ),
    );
    assert_eq!(
        names(&case),
        ["whapi/", "whapi/channels/", "whapi/channels/main.token/"]
    );
}

#[test]
fn a_token_whose_channel_cannot_be_written_does_not_stay() {
    let api = api();
    let case = case(&api);
    fs::create_dir(case.path(FOLDER)).unwrap();
    let text = "# long\n".repeat(1000);
    fs::write(config_path(&case), &text).unwrap();
    let ran = run_in_shell(&case, "ulimit -f 1", &["login"]);
    ran.check(
        7,
        &format!(
            "error: could not write `{}`: File too large (os error 27)\n",
            fs::canonicalize(config_path(&case)).unwrap().display()
        ),
    );
    assert_eq!(config(&case), text);
    assert_eq!(
        names(&case),
        ["whapi/", "whapi/channels/", "whapi/config.toml"]
    );
}

/// Two runs onto one file: see `Output`.
#[test]
fn of_two_logins_at_once_the_second_is_refused() {
    let api = api();
    let case = case(&api);
    case.run(&["login", "-q"]).check(0, "");
    let lock = case.path(FOLDER).join(".config.toml.whapi.tmp");
    let held = fs::File::create(&lock).unwrap();
    held.lock().unwrap();
    for command in ["login", "logout"] {
        case.run(&[command]).check(
            7,
            &format!(
                "error: another run is writing `{}`; let it finish, or name another file\n",
                fs::canonicalize(config_path(&case)).unwrap().display()
            ),
        );
    }
    drop(held);
    case.run(&["logout", "-q"]).check(0, "");
    assert_eq!(names(&case), [""; 0]);
}

/// The part of `logout` that was not done is done by the next.
#[test]
fn logout_deletes_a_token_without_a_channel() {
    let api = api();
    let case = case(&api);
    case.run(&["login", "-q"]).check(0, "");
    fs::write(config_path(&case), "").unwrap();
    case.run(&["logout", "-q"]).check(0, "");
    assert_eq!(names(&case), ["whapi/", "whapi/config.toml"]);
}

#[test]
fn the_shell_can_pass_the_token_by_a_file() {
    let api = api();
    let case = case(&api).input("t", TOKEN);
    let mut command = in_shell(&case, "exec < ../in/t", &["login", "-q", "--no-input"]);
    let child = command.spawn().unwrap();
    case.finish(child, &["login"]).check(0, "");
    assert_eq!(names(&case).len(), 4);
}
