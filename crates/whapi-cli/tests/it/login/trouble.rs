//! Sign-ins that fail, and what they leave: the earlier sign-in, and nothing else.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::sync::mpsc;

use serde_json::{Value, json};

use super::google::{
    ACCESS_TOKEN, CLIENT_SECRET, CODE, Fault, Google, REFRESH_TOKEN, SPREADSHEETS,
};
use super::sign_in::{FOLDER, LOGIN, SignIn, case, get, request, saved};
use super::{SIGNED_IN, check_saved, check_unexpected, page, sign_in};
use crate::support::{Case, Ran, signal};

const FAILED: &str = "You are not signed in: the sign-in failed. The terminal says why.";
const NOT_ALLOWED: &str = "You are not signed in: the access was not allowed.";

/// A case with an earlier sign-in.
fn case_with_earlier(google: &Google) -> Case {
    let case = case(google);
    fs::create_dir_all(case.path(FOLDER)).unwrap();
    fs::write(saved(&case), "earlier").unwrap();
    case
}

/// The earlier sign-in is there, and no temporary file.
#[track_caller]
fn check_earlier(case: &Case, ran: &Ran) {
    assert_eq!(fs::read(saved(case)).unwrap(), b"earlier");
    let files = ran.names().into_iter().filter(|name| !name.ends_with('/'));
    assert_eq!(files.collect::<Vec<_>>(), [format!("{FOLDER}/google.json")]);
}

/// Signs in without success: the page, the message, and how often the token service is asked.
#[track_caller]
fn check_failing(google: &Google, shown: &str, expected: &str, requests: usize) {
    let case = case_with_earlier(google);
    let (answer, ran) = sign_in(&case, google, &[]);
    assert_eq!((answer.status, answer.body), (200, page(shown)));
    ran.check_code(7);
    let last = ran.stderr.lines().last();
    assert_eq!(last, Some(&*format!("error: {expected}")));
    assert_eq!(ran.stderr.lines().count(), 3);
    check_earlier(&case, &ran);
    assert_eq!(google.forms().len(), requests);
}

#[test]
fn access_that_is_not_allowed() {
    check_failing(
        &Google::start().refusing("access_denied"),
        NOT_ALLOWED,
        "the access was not allowed; sign in again, and choose Continue on Google's page",
        0,
    );
    check_failing(
        &Google::start().refusing("admin_policy\nenforced"),
        NOT_ALLOWED,
        "Google refused the access: admin_policy enforced",
        0,
    );
}

#[test]
fn a_redirect_counts_once() {
    let (release, held) = mpsc::channel();
    let google = Google::start().failing(Fault::Hold(held));
    let case = case(&google);
    let mut sign_in = SignIn::start(&case, &[]);
    let redirect = sign_in.redirect();
    let first = std::thread::spawn({
        let redirect = redirect.clone();
        move || get(&redirect)
    });
    google.wait_for_forms(1);
    for _ in 0..2 {
        check_unexpected(&get(&redirect));
    }
    release.send(()).unwrap();
    assert_eq!(first.join().unwrap().body, page(SIGNED_IN));
    let ran = sign_in.end(&case, &google);
    check_saved(&case, &google, &ran);
    assert_eq!(google.forms().len(), 1);
    assert!(request("GET", &redirect).is_none(), "the port is open");
}

#[test]
fn an_answer_without_a_refresh_token() {
    for token in [Value::Null, json!("")] {
        check_failing(
            &Google::start().answering("refresh_token", token),
            FAILED,
            "Google's sign-in sent no refresh token, by which the program stays signed in; remove your \
             app at https://myaccount.google.com/connections, and sign in again",
            1,
        );
    }
}

#[test]
fn less_access_than_was_requested() {
    let others = [
        "",
        "https://www.googleapis.com/auth/drive.file",
        "https://www.googleapis.com/auth/spreadsheets.readonly openid",
    ];
    for scope in others {
        check_failing(
            &Google::start().answering("scope", json!(scope)),
            FAILED,
            &format!(
                "Google did not grant the scope {SPREADSHEETS}; sign in again, and tick the box for it \
                 on Google's page"
            ),
            1,
        );
    }
}

#[test]
fn more_access_than_was_requested_and_no_word_on_it_are_fine() {
    for scope in [Value::Null, json!(format!("openid {SPREADSHEETS}"))] {
        let google = Google::start().answering("scope", scope);
        let case = case(&google);
        let (answer, ran) = sign_in(&case, &google, &[]);
        assert_eq!(answer.body, page(SIGNED_IN));
        check_saved(&case, &google, &ran);
    }
}

#[test]
fn a_server_that_fails_is_asked_again() {
    let google = Google::start()
        .failing(Fault::Says(503, "<p>Busy".to_owned()))
        .failing(Fault::Cut);
    let case = case(&google);
    let (answer, ran) = sign_in(&case, &google, &[]);
    assert_eq!(answer.body, page(SIGNED_IN));
    check_saved(&case, &google, &ran);
    let forms = google.forms();
    assert_eq!(forms.len(), 3);
    assert!(forms.iter().all(|form| *form == forms[0]));
}

#[test]
fn a_server_that_keeps_failing_ends_the_sign_in() {
    let failing =
        |fault: fn() -> Fault| (0..4).fold(Google::start(), |google, _| google.failing(fault()));
    check_failing(
        &failing(|| Fault::Says(500, String::new())),
        FAILED,
        "Google's sign-in failed with status 500",
        4,
    );
    check_failing(
        &failing(|| Fault::Cut),
        FAILED,
        "the connection to Google's sign-in failed",
        4,
    );
}

#[test]
fn a_refusal_is_not_asked_again_and_names_the_way_out() {
    let cases = [
        (
            400,
            "invalid_grant",
            "it has expired or was used before; sign in again",
        ),
        (
            401,
            "invalid_client",
            "the OAuth client was deleted or its secret was changed; create a new client and give its \
             file",
        ),
        (429, "slow_down", "sign in again"),
    ];
    for (status, code, way_out) in cases {
        let said = json!({"error": code, "error_description": "No\nsuch thing."});
        check_failing(
            &Google::start().failing(Fault::Says(status, said.to_string())),
            FAILED,
            &format!(
                "Google's sign-in refused the code: {way_out} (Google: {code}: No such thing.)"
            ),
            1,
        );
    }
    let said = json!({"error": "invalid_grant"}).to_string();
    check_failing(
        &Google::start().failing(Fault::Says(400, said)),
        FAILED,
        "Google's sign-in refused the code: it has expired or was used before; sign in again (Google: \
         invalid_grant)",
        1,
    );
}

#[test]
fn refusals_that_repeat_secrets_are_shown_without_them() {
    let said = json!({
        "error": format!("no {CLIENT_SECRET}"),
        "error_description": format!("{CODE} 4%2F0canary-Code%2B2%3D {CLIENT_SECRET}"),
    });
    check_failing(
        &Google::start().failing(Fault::Says(400, said.to_string())),
        FAILED,
        "Google's sign-in refused the code: sign in again (Google: no [token]: [token] [token] [token])",
        1,
    );
}

#[test]
fn answers_that_make_no_sense() {
    let says = |status, said: &str| Google::start().failing(Fault::Says(status, said.to_owned()));
    for said in [
        "<p>Welcome to our Wi-Fi",
        "[]",
        "null",
        &format!("{{\"refresh_token\":[\"{REFRESH_TOKEN}\"]}}"),
        &format!("{{\"access_token\":\"{ACCESS_TOKEN}\""),
    ] {
        check_failing(
            &says(200, said),
            FAILED,
            "Google's sign-in sent an invalid answer",
            1,
        );
    }
    check_failing(
        &says(200, &" ".repeat((64 << 10) + 1)),
        FAILED,
        "Google's sign-in sent an answer of more than 64 KiB",
        1,
    );
    for said in ["<p>Not here", "{\"error\":{\"code\":404}}"] {
        check_failing(
            &says(404, said),
            FAILED,
            "Google's sign-in failed with status 404; check `token_uri` in `../in/client.json`, and \
             whether a proxy answers in Google's place",
            1,
        );
    }
}

#[test]
fn the_secrets_do_not_follow_a_redirect() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/token", other.local_addr().unwrap());
    check_failing(
        &Google::start().failing(Fault::Redirect(address)),
        FAILED,
        "Google's sign-in failed with status 307; check `token_uri` in `../in/client.json`, and whether \
         a proxy answers in Google's place",
        1,
    );
    other.set_nonblocking(true).unwrap();
    assert!(other.accept().is_err());
}

#[test]
fn a_signal_ends_it_and_leaves_the_earlier_sign_in() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        for more in [&[][..], &["--no-browser"]] {
            let google = Google::start();
            let case = case_with_earlier(&google);
            let mut sign_in = SignIn::start(&case, more);
            let redirect = sign_in.redirect();
            signal(sign_in.child.id(), name);
            let ran = sign_in.end(&case, &google);
            ran.check_code(code);
            assert_eq!(ran.stderr.lines().last(), Some("error: cancelled"));
            check_earlier(&case, &ran);
            assert!(request("GET", &redirect).is_none(), "the port is open");
        }
    }
}

#[test]
fn a_signal_ends_it_while_google_is_asked() {
    let (_release, held) = mpsc::channel();
    let google = Google::start().failing(Fault::Hold(held));
    let case = case_with_earlier(&google);
    let mut sign_in = SignIn::start(&case, &["--no-browser"]);
    let redirect = sign_in.redirect();
    sign_in.paste(&redirect);
    google.wait_for_forms(1);
    signal(sign_in.child.id(), "INT");
    let ran = sign_in.end(&case, &google);
    ran.check_code(130);
    check_earlier(&case, &ran);
}

#[test]
fn of_two_at_once_the_second_is_refused() {
    let google = Google::start();
    let case = case(&google);
    let mut first = SignIn::start(&case, &[]);
    let redirect = first.redirect();
    let second = case.run(&LOGIN);
    second.check(
        7,
        &format!(
            "error: another run is writing `{}`; let it finish, or name another file\n",
            saved(&case).display()
        ),
    );
    get(&redirect);
    let ran = first.end(&case, &google);
    check_saved(&case, &google, &ran);
}

#[test]
fn what_cannot_be_written_is_found_before_the_sign_in() {
    let google = Google::start();
    let case = case(&google);
    let folder = case.path(FOLDER);
    fs::create_dir_all(folder.parent().unwrap()).unwrap();
    fs::write(&folder, "").unwrap();
    let ran = case.run(&LOGIN);
    let (what, _) = ran
        .stderr
        .split_once(": ")
        .unwrap()
        .1
        .split_once(": ")
        .unwrap();
    assert_eq!(
        what,
        format!("could not create the folder `{}`", folder.display())
    );
    ran.check_code(7);

    fs::remove_file(&folder).unwrap();
    fs::create_dir_all(saved(&case)).unwrap();
    let path = saved(&case).display().to_string();
    case.run(&LOGIN).check(
        7,
        &format!("error: `{path}` is a folder; name a file in it\n"),
    );
    let ran = case.run(&["logout", "google"]);
    let (what, _) = ran
        .stderr
        .split_once(": ")
        .unwrap()
        .1
        .split_once(": ")
        .unwrap();
    assert_eq!(what, format!("could not delete `{path}`"));
    ran.check_code(7);
    assert_eq!(google.pages().len(), 0);
}

#[test]
fn without_a_home_there_is_no_place_for_it() {
    let google = Google::start();
    let case = Case::new().input("client.json", google.client_file());
    for args in [&LOGIN[..], &["logout", "google"]] {
        let ran = case.run(args);
        ran.check(
            2,
            "error: there is no folder for the sign-in; set the variable HOME\n",
        );
        assert_eq!(ran.names(), [""; 0]);
    }
}

/// The file of the client is refused before anything is written.
#[track_caller]
fn check_client(file: &str, expected: &str) {
    let google = Google::start();
    let case = case(&google).input("client.json", file);
    let ran = case.run(&LOGIN);
    ran.check(2, &format!("error: {expected}\n"));
    assert_eq!(ran.names(), ["home/"]);
}

#[test]
fn a_file_that_is_no_desktop_client() {
    let way_out =
        "create a client of the type \"Desktop app\" in Google's console, and download its file";
    check_client(
        r#"{"web":{"client_id":"a","client_secret":"hush","redirect_uris":["http://127.0.0.1/"]}}"#,
        &format!(
            "the OAuth client in `../in/client.json` is of the type \"Web application\"; {way_out}"
        ),
    );
    check_client(
        "{\"installed\":{\"client_id\":\"a\"}}",
        &format!("the OAuth client in `../in/client.json` has no `client_secret`; {way_out}"),
    );
    check_client(
        "hush",
        "the OAuth client in `../in/client.json` is not valid: JSON error in line 1",
    );
    check_client(
        &" ".repeat((64 << 10) + 1),
        "could not read the OAuth client in `../in/client.json`: larger than 64 KiB",
    );
}

#[test]
fn a_client_that_is_not_there_and_one_in_place_of_its_path() {
    let google = Google::start();
    let case = case(&google);
    case.run(&["login", "google", "--client", "missing.json"]).check(
        2,
        "error: could not read the OAuth client in `missing.json`: No such file or directory (os error \
         2)\n",
    );
    case.run(&["login", "google", "--client", &google.client_file()])
        .check(
            2,
            "error: --client takes the path of a file, but its value looks like a secret; save it in a \
             file that only you can read\n",
        );
}

#[test]
fn a_client_that_others_can_read_is_a_warning() {
    let google = Google::start();
    let case = case(&google);
    let mode = fs::Permissions::from_mode(0o644);
    fs::set_permissions(case.path("../in/client.json"), mode).unwrap();
    let (_, ran) = sign_in(&case, &google, &[]);
    check_saved(&case, &google, &ran);
    assert_eq!(
        ran.stderr.lines().next(),
        Some(
            "warning: other users of this computer can read the OAuth client in `../in/client.json`; \
             run `chmod 600` on the file"
        )
    );
}
