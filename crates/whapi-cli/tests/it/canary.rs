//! The token is a canary: it is looked for in everything that a run touches, on every way through
//! the program. [`Case::run`] does the looking.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use whapi_emulator::{Effect, Emulator, Fault, Trigger};

use crate::support::{
    BOUND, Case, TOKEN, api, api_that_says, bounded, check_holds_no_token, is_installed, signal,
    small_api, wait,
};

/// Hostile answers that repeat the token, plainly and encoded.
const ECHOES: [&str; 11] = [
    TOKEN,
    "canary%2F5Yx%2BQ9%3D%3D",
    "canary%2f5Yx%2bQ9%3d%3d",
    "Y2FuYXJ5LzVZeCtROT09",
    // `Bearer` and the token.
    "QmVhcmVyIGNhbmFyeS81WXgrUTk9PQ==",
    "Bearer canary/5Yx+Q9==",
    // Escapes of some characters only, of percent-encoding and of JSON, and one in the other.
    "c%61nary/5Yx%2bQ9==",
    r"c\\u0061nary\\/5Yx\\u002BQ9==",
    r"canary%5Cu002f5Yx+Q9==",
    // `{"token":"canary/5Yx+Q9=="}` and `to canary/5Yx+Q9==`, for addresses.
    "eyJ0b2tlbiI6ImNhbmFyeS81WXgrUTk9PSJ9",
    "dG8gY2FuYXJ5LzVZeCtROT09",
];

/// Ways to call it that differ in what is said and where it goes.
const CALLS: [&[&str]; 6] = [
    &["-f", "vcard,csv", "-vv"],
    &["-f", "vcard,csv", "-vv", "--json"],
    &["-f", "csv", "-vv", "--output", "-"],
    &["-f", "csv", "-vv", "--dry-run"],
    &["-f", "csv", "-vv", "--dry-run", "--json"],
    &["-f", "csv", "--set", "csv.columns=all", "--quiet"],
];

/// Runs every call where `prepare` leads.
fn sweep(name: &str, code: i32, prepare: impl Fn() -> Case) {
    run_calls(&CALLS, name, code, prepare);
}

/// Runs these calls and returns what they said on standard error.
fn run_calls(calls: &[&[&str]], name: &str, code: i32, prepare: impl Fn() -> Case) -> String {
    let mut said = String::new();
    for call in calls {
        // The limit keeps retries short.
        let ran = prepare().run(&[&["export", "--max-requests", "3"], *call].concat());
        assert_eq!(ran.code, Some(code), "{name}: {ran}");
        said.push_str(&ran.stderr);
    }
    said
}

fn broken_api(effect: Effect) -> Emulator {
    small_api()
        .fault(Fault::new(Trigger::Always, effect))
        .start_blocking()
        .unwrap()
}

#[test]
fn where_all_is_well() {
    let api = small_api().start_blocking().unwrap();
    sweep("from the variable", 0, || Case::at(&api));
    let url = api.base_url();
    let file = || {
        Case::new()
            .env("WHAPI_BASE_URL", url)
            .env("WHAPI_TOKEN_FILE", "../in/t")
    };
    sweep("from a file", 0, || file().input("t", format!("{TOKEN}\n")));
    let stdin = || {
        Case::new()
            .env("WHAPI_BASE_URL", url)
            .env("WHAPI_TOKEN_FILE", "-")
    };
    sweep("from standard input", 0, || {
        stdin().stdin(format!("{TOKEN}\r\n"))
    });
}

#[test]
fn where_the_channel_is_configured() {
    let api = small_api().start_blocking().unwrap();
    for place in [
        "token_env = \"SHOP\"",
        "token_file = \"t\"",
        "token_command = [\"cat\", \"../in/t\"]",
    ] {
        let prepare = || {
            Case::new()
                .env("WHAPI_BASE_URL", api.base_url())
                .env("PATH", "/usr/bin:/bin")
                .env("SHOP", TOKEN)
                .env("XDG_CONFIG_HOME", "../in")
                .input("t", TOKEN)
                .input("config.toml", format!("[channels.shop]\n{place}\n"))
        };
        let named = ["--config", "../in/config.toml"];
        let calls = CALLS.map(|call| [call, &named].concat());
        let calls: Vec<_> = calls.iter().map(Vec::as_slice).collect();
        run_calls(&calls, place, 0, prepare);
        for command in ["check", "groups", "labels", "stats"] {
            for flags in [&["-vv"][..], &["-vv", "--json"]] {
                let args = [&[command][..], &named, flags].concat();
                prepare().run(&args).check_code(0);
            }
        }
        #[cfg(feature = "tap")]
        prepare()
            .run(&[&["tap", "-vv"][..], &named].concat())
            .check_code(0);
    }
}

/// The person gives the token where no argument takes one.
#[test]
fn where_the_token_is_an_argument() {
    let real = "3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d";
    for token in [TOKEN, real] {
        for args in [
            &["login", token][..],
            &["logout", token],
            &["login", "--channel", token, "--config", "c"],
            &["login", "--token", token],
            &["export", token],
            &["export", "-f", "csv", "--token", token, "--json"],
            &["check", &format!("--token={token}")],
            &["check", "--channel", token, "--json"],
            &[token],
        ] {
            let ran = Case::new().env("HOME", "/nonexistent").run(args);
            ran.check_code(2);
            assert!(
                !format!("{ran}")
                    .replacen(&args.join(" "), "", 1)
                    .contains(real),
                "{ran}"
            );
        }
    }
    let ran = Case::new().run(&["login", real]);
    ran.check(
        2,
        "error: unrecognized subcommand '[hidden]'\n\nUsage: whapi login [OPTIONS]\n       whapi login \
         <COMMAND>\n\nFor more information, try '--help'.\n\ntip: an argument looks like a token, so it is \
         not repeated; arguments are visible to other users and stay in the shell's history: renew the \
         token in Whapi's panel, and run `whapi login`, which asks for it\n",
    );
}

#[test]
fn where_a_hostile_api_is_checked_and_listed() {
    for echo in ECHOES {
        let object = format!(r#"{{"error":{{"code":1,"message":"no channel for {echo}"}}}}"#);
        for (status, code) in [("401 Unauthorized", 4), ("400 Bad Request", 5)] {
            let url = api_that_says(status, object.clone());
            for args in [
                &["check"][..],
                &["groups"],
                &["labels", "--json"],
                &["login", "--config", "c"],
            ] {
                let case = Case::new()
                    .env("WHAPI_BASE_URL", url.as_str())
                    .env("WHAPI_TOKEN", TOKEN)
                    .stdin(TOKEN);
                let ran = case.run(&[args, &["-vv"]].concat());
                ran.check_code(code);
                assert!(ran.stderr.contains("[token]"), "{ran}");
            }
        }
    }
}

#[test]
fn where_the_api_fails() {
    for (status, code) in [(400, 5), (401, 4), (402, 6), (403, 4), (404, 4), (410, 5)] {
        let api = broken_api(Effect::Status(status));
        sweep(&status.to_string(), code, || Case::at(&api));
    }
    let elsewhere = format!("https://elsewhere.example/?token={}", ECHOES[1]);
    let api = broken_api(Effect::Redirect(elsewhere));
    sweep("redirect", 5, || Case::at(&api));
}

#[test]
fn where_the_run_tries_again() {
    for effect in [
        Effect::Status(429),
        Effect::Status(503),
        Effect::Html,
        Effect::CutBody,
        Effect::CloseConnection,
    ] {
        let name = format!("{effect:?}");
        let api = broken_api(effect);
        run_calls(&CALLS[..1], &name, 6, || Case::at(&api));
    }
    run_calls(&CALLS[1..2], "no server", 6, || {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
        Case::new()
            .env("WHAPI_BASE_URL", format!("http://{}", address.unwrap()))
            .env("WHAPI_TOKEN", TOKEN)
    });
}

#[test]
fn where_the_api_repeats_it() {
    for echo in ECHOES {
        let object = format!(
            r#"{{"error":{{"code":1,"message":"no channel for {echo}","details":"{echo}"}}}}"#
        );
        let text = format!(r#"{{"error":"{echo}{echo}"}}"#);
        let page = format!("<html>{echo}</html>");
        for (status, body, code) in [
            ("200 OK", &object, 6),
            ("400 Bad Request", &object, 5),
            ("400 Bad Request", &text, 5),
            ("400 Bad Request", &page, 5),
            ("401 Unauthorized", &object, 4),
        ] {
            let url = api_that_says(status, body.clone());
            let said = run_calls(&CALLS[1..2], body, code, || {
                Case::new()
                    .env("WHAPI_BASE_URL", url.as_str())
                    .env("WHAPI_TOKEN", TOKEN)
            });
            assert_eq!(said.contains("[token]"), *body != page, "{said}");
        }
    }
}

#[test]
fn where_the_call_is_wrong() {
    let api = small_api().start_blocking().unwrap();
    for (args, code) in [
        (&["-f", "cvs"][..], 2),
        (&["-f", "csv", "--set", "csv.columns=none"], 2),
        (&["-f", "csv", "--page-size", "1"], 2),
        (&["-f", "csv", "--base-url", "http://api.example"], 2),
        (&["-f", "csv", "--base-url", "ftp://api.example"], 2),
        (&["-f", "csv", "--base-url", TOKEN], 2),
        (
            &[
                "-f",
                "csv",
                "--base-url",
                "https://api.example/?t=canary/5Yx+Q9==",
            ],
            2,
        ),
        (
            &[
                "-f",
                "csv",
                "--base-url",
                "http://api.example/canary%2F5Yx+Q9==",
            ],
            2,
        ),
        (
            &[
                "-f",
                "csv",
                "--base-url",
                "https://u:canary%2F5Yx+Q9==@api.example:x/",
            ],
            2,
        ),
        (&["-f", "csv", "--token-file", TOKEN], 2),
        (&["-f", "csv", "--output", "/dev/null/x.csv"], 7),
        (&["-f", "csv", "--output", "/dev/null"], 7),
        (&["-f", "csv", "--from", "nowhere"], 2),
        (&["-f", "csv", "--max-requests", "0"], 6),
        (&["-f", "csv", "--token-file", "nowhere"], 2),
        (&["-f", "csv", "--demo"], 0),
        (&["--help"], 0),
    ] {
        for more in [&["-vv"][..], &["-vv", "--json"]] {
            let ran = Case::at(&api).run(&[&["export"], args, more].concat());
            ran.check_code(code);
        }
    }
    for junk in [
        format!("{TOKEN} {TOKEN}"),
        format!("{TOKEN}\n{TOKEN}"),
        format!("{TOKEN}\u{0}"),
        format!("{TOKEN}\u{fc}"),
        format!("Basic {TOKEN}"),
    ] {
        let case = || Case::new().env("WHAPI_BASE_URL", api.base_url());
        for more in [&["-vv"][..], &["-vv", "--json"]] {
            let args = [&["export", "-f", "csv", "--token-file", "../in/t"], more].concat();
            case().input("t", &junk).run(&args).check_code(2);
            let args = [&["export", "-f", "csv", "--token-file", "-"], more].concat();
            case().stdin(junk.clone()).run(&args).check_code(2);
        }
    }
    assert!(api.journal().is_empty());
}

#[test]
fn where_a_signal_ends_it() {
    for more in [&["-vv"][..], &["-vv", "--json"]] {
        let api = api().latency(BOUND * 10).start_blocking().unwrap();
        let args = [&["export", "-f", "vcard,csv"], more].concat();
        let case = Case::at(&api);
        let child = case.command(&args).spawn().unwrap();
        wait(api.wait_for_requests(2));
        signal(child.id(), "INT");
        case.finish(child, &args).check_code(130);
    }
}

/// What other users see of it: the arguments, and of the environment only what its own user may.
#[cfg(target_os = "linux")]
#[test]
fn where_processes_are_listed() {
    for token_file in [None, Some("../in/t"), Some("-")] {
        let api = small_api().latency(BOUND * 10).start_blocking().unwrap();
        let mut args = vec!["export", "-f", "csv", "-vv"];
        let mut case = Case::new().env("WHAPI_BASE_URL", api.base_url());
        case = match token_file {
            Some(path) => {
                args.extend(["--token-file", path]);
                case.input("t", TOKEN).stdin(TOKEN)
            }
            None => case.env("WHAPI_TOKEN", TOKEN),
        };
        let mut child = case.command(&args).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A program that reads another place may have closed it.
        let _ = stdin.write_all(TOKEN.as_bytes());
        drop(stdin);
        wait(api.wait_for_requests(2));
        let of_process = format!("/proc/{}", child.id());
        for file in ["cmdline", "comm", "status"] {
            check_holds_no_token(&fs::read_to_string(format!("{of_process}/{file}")).unwrap());
        }
        for thread in fs::read_dir(format!("{of_process}/task")).unwrap() {
            let comm = thread.unwrap().path().join("comm");
            check_holds_no_token(&fs::read_to_string(comm).unwrap_or_default());
        }
        let children = format!("{of_process}/task/{}/children", child.id());
        assert_eq!(fs::read_to_string(children).unwrap_or_default(), "");
        signal(child.id(), "INT");
        case.finish(child, &args).check_code(130);
    }
}

/// A proxy that records each request and refuses it.
pub(crate) struct Proxy {
    url: String,
    pub(crate) said: mpsc::Receiver<String>,
}

impl Proxy {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (send, said) = mpsc::channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                    head.push(byte[0]);
                }
                // A closed connection is no error.
                let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
                let _ = stream.shutdown(std::net::Shutdown::Write);
                let _ = stream.read_to_end(&mut head);
                let _ = send.send(String::from_utf8_lossy(&head).into_owned());
            }
        });
        Self { url, said }
    }

    pub(crate) fn of(&self, case: Case) -> Case {
        [
            "HTTPS_PROXY",
            "HTTP_PROXY",
            "ALL_PROXY",
            "https_proxy",
            "http_proxy",
            "all_proxy",
        ]
        .into_iter()
        .fold(case, |case, name| case.env(name, self.url.as_str()))
    }
}

#[test]
fn where_a_proxy_listens() {
    let proxy = Proxy::start();
    let case = proxy
        .of(Case::new())
        .env("WHAPI_BASE_URL", "https://api.example")
        .env("WHAPI_TOKEN", TOKEN);
    let args = ["export", "-f", "csv", "-vv", "--max-requests", "1"];
    case.run(&args).check_code(6);
    let said = bounded(move || proxy.said.recv().unwrap());
    check_holds_no_token(&said);
    assert_eq!(
        said,
        format!(
            "CONNECT api.example:443 HTTP/1.1\r\nHost: api.example:443\r\nuser-agent: whapi-export/{}\r\n\r\n",
            env!("CARGO_PKG_VERSION")
        )
    );
}

#[test]
fn a_proxy_is_not_asked_for_loopback() {
    let proxy = Proxy::start();
    let api = small_api().start_blocking().unwrap();
    proxy
        .of(Case::at(&api))
        .run(&["export", "-f", "csv", "-q"])
        .check(0, "");
    assert_eq!(api.journal().len(), 2);
    assert_eq!(proxy.said.try_recv(), Err(mpsc::TryRecvError::Empty));
}

/// Every address that the program connects to and every file that it makes, by `strace`.
#[cfg(target_os = "linux")]
#[test]
fn only_the_api_is_contacted_and_only_the_output_is_written() {
    let works = is_installed("strace")
        && Command::new("strace")
            .args(["-o", "/dev/null", "true"])
            .status()
            .is_ok_and(|s| s.success());
    if !works {
        writeln!(std::io::stderr(), "SKIPPED: strace does not work here").unwrap();
        return;
    }
    let api = small_api().start_blocking().unwrap();
    let port = api.base_url().rsplit_once(':').unwrap().1.to_owned();
    let case = Case::at(&api);
    let program = case.command(&[]);
    let trace = case.path("../trace");
    let status = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=network,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,execve,fork,vfork", "-o"])
        .arg(&trace)
        .arg(program.get_program())
        .args(["export", "-f", "vcard,csv", "-q", "--output-dir", "out"])
        .current_dir(case.path(""))
        .env_clear()
        .env("WHAPI_BASE_URL", api.base_url())
        .env("WHAPI_TOKEN", TOKEN)
        .status()
        .unwrap();
    assert!(status.success());
    let trace = fs::read_to_string(trace).unwrap();
    let calls: Vec<&str> = trace
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(_, call)| call.trim_start())
        .filter(|call| !call.starts_with(['+', '-', '<']))
        .collect();

    let of = |name: &'static str| {
        calls
            .iter()
            .filter(move |call| call.starts_with(name))
            .copied()
    };
    let connects: Vec<_> = of("connect(").collect();
    assert!(!connects.is_empty());
    let to_the_api = format!("sin_port=htons({port}), sin_addr=inet_addr(\"127.0.0.1\")");
    for connect in connects {
        assert!(connect.contains(&to_the_api), "{connect}");
    }
    // Nothing is sent to an address without connecting either, as a look-up of a name would be.
    for name in ["sendto(", "sendmsg(", "sendmmsg(", "bind("] {
        for call in of(name) {
            assert!(!call.contains("sa_family"), "{call}");
        }
    }
    assert_eq!(of("execve(").count(), 1, "no other program is started");

    let made: BTreeSet<_> = calls
        .iter()
        .filter(|call| {
            call.contains("O_CREAT") || call.starts_with("mkdir") || call.starts_with("rename")
        })
        .flat_map(|call| call.split('"').skip(1).step_by(2))
        .collect();
    let expected = [
        "out",
        "out/.contacts.csv.whapi.tmp",
        "out/.contacts.vcf.whapi.tmp",
        "out/contacts.csv",
        "out/contacts.vcf",
    ];
    assert_eq!(made, BTreeSet::from(expected));
}

/// The demo contacts only its own API, whatever the environment says.
#[test]
fn the_demo_contacts_only_its_own_api() {
    let other = Emulator::builder().start_blocking().unwrap();
    let proxy = Proxy::start();
    proxy
        .of(Case::at(&other))
        .run(&["export", "--demo", "-f", "csv", "-q"])
        .check_code(0);
    assert!(other.journal().is_empty());
    assert_eq!(
        proxy.said.recv_timeout(Duration::ZERO),
        Err(mpsc::RecvTimeoutError::Timeout)
    );
}
