//! `login google` and `logout google`: the sign-in in a browser, and the file that it leaves.

mod export;
mod google;
pub(crate) mod sign_in;
mod trouble;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::{Case, Ran, bounded, in_shell};
use google::{CLIENT_ID, CLIENT_SECRET, CODE, Fields, Google, REFRESH_TOKEN, SPREADSHEETS};
use sign_in::{Answer, FOLDER, LOGIN, SignIn, case, get, redirect_of, request, saved};

/// The page of the browser at the end.
fn page(text: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>whapi</title>\n\
         <p>{text}</p>\n</html>\n"
    )
}

const SIGNED_IN: &str = "You are signed in. You can close this page and go back to the terminal.";

#[track_caller]
fn check_unexpected(answer: &Answer) {
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.body,
        page("This address does not belong to a sign-in that is waiting.")
    );
}

/// Signs in as a person does who allows the access.
fn sign_in(case: &Case, google: &Google, more: &[&str]) -> (Answer, Ran) {
    let mut sign_in = SignIn::start(case, more);
    let answer = get(&sign_in.redirect());
    (answer, sign_in.end(case, google))
}

/// The last line that `login` prints.
fn last_line(case: &Case) -> String {
    format!(
        "You are signed in. The sign-in is saved in {}; `export --format sheets` uses it unless it is \
         given other credentials.",
        saved(case).display()
    )
}

fn saved_json(google: &Google) -> String {
    format!(
        "{{\n  \"type\": \"authorized_user\",\n  \"client_id\": \"{CLIENT_ID}\",\n  \
         \"client_secret\": \"{CLIENT_SECRET}\",\n  \"refresh_token\": \"{REFRESH_TOKEN}\",\n  \
         \"token_uri\": \"{}\"\n}}\n",
        google.token_uri()
    )
}

/// The sign-in is saved for its owner only, and nothing else is there.
#[track_caller]
fn check_saved(case: &Case, google: &Google, ran: &Ran) {
    ran.check_code(0);
    let json = saved_json(google);
    assert_eq!(fs::read_to_string(saved(case)).unwrap(), json);
    let file = format!("{FOLDER}/google.json");
    let files = ran.files.iter().filter(|(name, _)| name.contains("whapi"));
    let files: Vec<_> = files.collect();
    let (folder, mode) = (format!("{FOLDER}/"), "mode 700".to_owned());
    assert_eq!(
        files,
        [
            (&folder, &mode),
            (&file, &format!("{} bytes, mode 600", json.len()))
        ]
    );
}

#[test]
fn a_sign_in_is_saved_and_says_where() {
    let google = Google::start();
    let case = case(&google);
    let mut sign_in = SignIn::start(&case, &[]);
    let address = sign_in.address();
    let answer = get(&redirect_of(&address));
    assert_eq!((answer.status, answer.body), (200, page(SIGNED_IN)));
    let ran = sign_in.end(&case, &google);
    check_saved(&case, &google, &ran);
    assert_eq!(
        ran.stderr,
        format!(
            "A browser opens in which you can allow the access, within 5 minutes. If none does, open \
             this address:\n{address}\n{}\n",
            last_line(&case)
        )
    );
}

#[test]
fn a_sign_in_is_for_its_owner_only_under_any_umask() {
    let google = Google::start();
    for umask in ["000", "022", "777"] {
        let case = case(&google);
        let args = [&LOGIN[..], &["--no-browser"]].concat();
        let mut sign_in = SignIn::spawn(in_shell(&case, &format!("umask {umask}"), &args));
        assert_eq!(get(&sign_in.redirect()).status, 200);
        let ran = sign_in.end(&case, &google);
        check_saved(&case, &google, &ran);
    }
}

#[test]
fn the_page_is_not_kept_and_loads_nothing() {
    let google = Google::start();
    let case = case(&google);
    let (answer, _) = sign_in(&case, &google, &[]);
    let mut head: Vec<_> = answer.head.lines().collect();
    head.retain(|line| !line.starts_with("date: "));
    head.sort_unstable();
    assert_eq!(
        head,
        [
            "HTTP/1.1 200 OK",
            "cache-control: no-store",
            "connection: close",
            "content-length: 164",
            "content-security-policy: default-src 'none'",
            "content-type: text/html; charset=utf-8",
            "referrer-policy: no-referrer",
            "x-content-type-options: nosniff",
        ]
    );
}

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    &fields[name]
}

#[test]
fn google_gets_what_the_sign_in_needs_and_nothing_else() {
    let google = Google::start();
    let case = case(&google);
    let (_, ran) = sign_in(&case, &google, &[]);
    check_saved(&case, &google, &ran);

    let [asked] = &google.pages()[..] else {
        panic!()
    };
    let redirect_uri = field(asked, "redirect_uri");
    let port = redirect_uri.strip_prefix("http://127.0.0.1:").unwrap();
    assert_ne!(port.strip_suffix('/').unwrap().parse::<u16>().unwrap(), 0);
    let [state, challenge] = ["state", "code_challenge"].map(|name| field(asked, name));
    assert_eq!((state.len(), challenge.len()), (43, 43));
    let expected = [
        ("access_type", "offline"),
        ("client_id", CLIENT_ID),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
        ("prompt", "consent"),
        ("redirect_uri", redirect_uri),
        ("response_type", "code"),
        ("scope", SPREADSHEETS),
        ("state", state),
    ];
    let pairs = |fields: &Fields| -> Vec<(String, String)> { fields.clone().into_iter().collect() };
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    assert_eq!(pairs(asked), expected.map(owned));

    let [form] = &google.forms()[..] else {
        panic!()
    };
    let verifier = field(form, "code_verifier");
    assert_eq!(verifier.len(), 43);
    let expected = [
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("code", CODE),
        ("code_verifier", verifier),
        ("grant_type", "authorization_code"),
        ("redirect_uri", redirect_uri),
    ];
    assert_eq!(pairs(form), expected.map(owned));
}

#[test]
fn only_own_requests_access_to_files_of_the_program() {
    let google = Google::start();
    let case = case(&google);
    let (_, ran) = sign_in(&case, &google, &["--only-own"]);
    check_saved(&case, &google, &ran);
    let scope = field(&google.pages()[0], "scope").to_owned();
    assert_eq!(scope, "https://www.googleapis.com/auth/drive.file");
}

#[test]
fn the_folder_for_configuration_is_respected() {
    let google = Google::start();
    let case = case(&google);
    let folder = case.path("config");
    let case = case.env("XDG_CONFIG_HOME", &folder);
    let (_, ran) = sign_in(&case, &google, &[]);
    ran.check_code(0);
    let folder = if cfg!(target_os = "macos") {
        case.path(FOLDER)
    } else {
        folder.join("whapi")
    };
    let text = fs::read_to_string(folder.join("google.json")).unwrap();
    assert_eq!(text, saved_json(&google));
}

#[test]
fn an_earlier_sign_in_is_replaced() {
    let google = Google::start();
    let case = case(&google);
    fs::create_dir_all(case.path(FOLDER)).unwrap();
    fs::set_permissions(case.path(FOLDER), fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(saved(&case), "old").unwrap();
    fs::set_permissions(saved(&case), fs::Permissions::from_mode(0o644)).unwrap();
    let (_, ran) = sign_in(&case, &google, &[]);
    check_saved(&case, &google, &ran);
}

#[test]
fn requests_of_others_are_refused_and_ignored() {
    let google = Google::start();
    let case = case(&google);
    let mut sign_in = SignIn::start(&case, &[]);
    let redirect = sign_in.redirect();
    let (root, query) = redirect.split_once('?').unwrap();
    let state = query.split('&').next().unwrap();
    for address in [
        root.to_owned(),
        format!("{root}favicon.ico"),
        format!("{root}other?{query}"),
        format!("{root}?code=stolen"),
        format!("{root}?state=&code=stolen"),
        format!("{root}?state=other&code=stolen"),
        format!("{root}?{state}x&code=stolen"),
        format!("{root}?state=other&error=access_denied"),
        format!("{root}?error=access_denied"),
        format!("{root}?{state}"),
    ] {
        check_unexpected(&get(&address));
    }
    for method in ["POST", "PUT", "OPTIONS"] {
        check_unexpected(&request(method, &redirect).unwrap());
    }
    assert_eq!(request("HEAD", &redirect).unwrap().status, 400);
    assert_eq!(google.forms().len(), 0);
    assert_eq!(get(&redirect).body, page(SIGNED_IN));
    let ran = sign_in.end(&case, &google);
    check_saved(&case, &google, &ran);
    assert_eq!(google.forms().len(), 1);
}

#[test]
fn a_pasted_address_is_taken_for_the_redirect() {
    let google = Google::start();
    let case = case(&google);
    let mut sign_in = SignIn::start(&case, &["--no-browser"]);
    let redirect = sign_in.redirect();
    sign_in.line(|line| line.contains("paste it here"));
    sign_in.paste("");
    let hint = "This is not the address at which the browser ended; copy the whole address, which begins \
                with http://127.0.0.1, and paste it here.";
    for other in [
        CODE,
        "http://127.0.0.1/?state=other&code=1",
        &redirect[..60],
    ] {
        sign_in.paste(other);
        assert_eq!(sign_in.line(|line| line.starts_with("This is not")), hint);
    }
    sign_in.paste(&format!("  {redirect}\r"));
    let ran = sign_in.end(&case, &google);
    check_saved(&case, &google, &ran);

    let lines: Vec<_> = ran.stderr.lines().collect();
    let root = redirect.split_once('?').unwrap().0;
    let port = root.rsplit_once(':').unwrap().1.trim_end_matches('/');
    assert_eq!(
        lines[..1],
        ["Open this address in a browser, and allow the access within 5 minutes:"]
    );
    assert_eq!(
        lines[2..],
        [
            "If the browser is on another computer, first run this there, with the name of this \
             computer in place of COMPUTER:",
            &format!("ssh -L {port}:127.0.0.1:{port} COMPUTER"),
            &format!(
                "Or allow the access without that, copy the address at which the browser ends with an \
                 error ({root}?…), paste it here, and press Enter."
            ),
            hint,
            hint,
            hint,
            &last_line(&case),
        ]
    );
}

#[test]
fn without_a_browser_the_redirect_may_come_through_a_tunnel() {
    let google = Google::start();
    let case = case(&google);
    let mut sign_in = SignIn::start(&case, &["--no-browser"]);
    // The end of standard input is no end of the sign-in.
    drop(sign_in.child.stdin.take());
    assert_eq!(get(&sign_in.redirect()).body, page(SIGNED_IN));
    let ran = sign_in.end(&case, &google);
    check_saved(&case, &google, &ran);
}

#[test]
fn an_address_is_not_read_from_standard_input_where_a_browser_opens() {
    let google = Google::start();
    let case = case(&google);
    let mut sign_in = SignIn::start(&case, &[]);
    let redirect = sign_in.redirect();
    sign_in.paste(&redirect.replace(CODE, "other"));
    assert_eq!(get(&redirect).body, page(SIGNED_IN));
    let ran = sign_in.end(&case, &google);
    check_saved(&case, &google, &ran);
    assert_eq!(field(&google.forms()[0], "code"), CODE);
}

/// A program in place of the system's opener, which leaves what it was given in a file.
fn opener(case: Case, script: &str) -> Case {
    let folder = case.path("../in");
    for name in ["xdg-open", "open"] {
        let path = folder.join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    }
    let path = format!("{}:/usr/bin:/bin", folder.display());
    case.env("PATH", path)
        .env("WHAPI_TOKEN", "hush")
        .env("WHAPI_SHEETS_TOKEN", "hush")
        .env("DISPLAY", ":0")
}

#[test]
fn the_browser_is_opened_with_the_address_and_without_secrets() {
    let google = Google::start();
    let script = "{ echo $#; echo \"$1\"; env; } > ../in/pipe";
    let case = opener(case(&google).pipe("pipe"), script);
    let mut sign_in = SignIn::start(&case, &[]);
    let address = sign_in.address();
    let pipe = case.path("../in/pipe");
    let given = bounded(move || fs::read_to_string(pipe).unwrap());
    let mut lines = given.lines();
    assert_eq!(lines.next(), Some("1"));
    assert_eq!(lines.next(), Some(&*address));
    let environment: Vec<_> = lines.collect();
    assert!(environment.contains(&"DISPLAY=:0"), "{given}");
    assert!(!given.contains("hush"), "{given}");

    assert_eq!(get(&redirect_of(&address)).body, page(SIGNED_IN));
    let ran = sign_in.end(&case, &google);
    check_saved(&case, &google, &ran);
}

#[test]
fn an_opener_that_fails_is_no_error_and_none_is_started_without_a_browser() {
    let google = Google::start();
    let case = opener(
        case(&google),
        "echo broken >&2; touch ../in/started; exit 3",
    );
    let (_, ran) = sign_in(&case, &google, &["--no-browser"]);
    check_saved(&case, &google, &ran);
    assert!(!case.path("../in/started").exists());
    let (_, ran) = sign_in(&case, &google, &[]);
    check_saved(&case, &google, &ran);
    assert!(!ran.stderr.contains("broken"), "{}", ran.stderr);
}

#[test]
fn logout_deletes_the_sign_in() {
    let google = Google::start();
    let case = case(&google);
    let (_, ran) = sign_in(&case, &google, &[]);
    check_saved(&case, &google, &ran);
    let path = saved(&case);
    let withdraw = "To withdraw the access at Google as well, remove your app at \
                    https://myaccount.google.com/connections.";
    for said in [
        format!("The sign-in in {} is deleted.", path.display()),
        format!("There is no saved sign-in in {}.", path.display()),
    ] {
        let ran = case.run(&["logout", "google"]);
        ran.check(0, &format!("{said}\n{withdraw}\n"));
        assert!(!path.exists());
    }
    assert_eq!(google.forms().len(), 1);
}
