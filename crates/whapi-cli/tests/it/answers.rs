//! The token, a name and a number in every position of every answer: no message shows them.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::{Case, TOKEN, check_holds_no_token};

const NAME: &str = "Canaria Pajaro";
const NUMBER: &str = "447700900199";
/// How many runs are under way at a time; most of them wait for the next try.
const AT_A_TIME: usize = 12;

/// What each path answers, with every field that is read.
fn answers() -> BTreeMap<&'static str, Value> {
    let group = json!({"id": "1@g.us", "name": "g", "participants_count": 1,
        "participants": [{"id": "447700900101", "rank": "admin"}]});
    BTreeMap::from([
        (
            "/health",
            json!({"status": {"code": 4, "text": "AUTH"}, "user": {"id": "447700900100"}}),
        ),
        (
            "/contacts",
            json!({"contacts": [{"id": "447700900101", "name": "n", "pushname": "p",
                "saved": true, "status": "s", "profile_pic": "u"}], "total": 1}),
        ),
        (
            "/chats",
            json!({"chats": [{"id": "447700900101", "type": "contact", "timestamp": 7,
                "labels": [{"id": "1", "name": "l"}]}], "total": 1}),
        ),
        ("/groups", json!({"groups": [group], "total": 1})),
        ("/blacklist", json!(["447700900101"])),
        (
            "/contacts/lids",
            json!({"447700900101": {"lid": "11112222@lid"}}),
        ),
    ])
}

/// Every value that is `value` with one of its parts, itself among them, replaced by `by`.
fn with_one_replaced(value: &Value, by: &Value) -> Vec<Value> {
    let mut all = vec![by.clone()];
    let parts: Vec<_> = match value {
        Value::Array(items) => (0..items.len()).map(|place| format!("/{place}")).collect(),
        Value::Object(fields) => fields.keys().map(|key| format!("/{key}")).collect(),
        _ => Vec::new(),
    };
    for part in parts {
        for changed in with_one_replaced(value.pointer(&part).unwrap(), by) {
            let mut whole = value.clone();
            *whole.pointer_mut(&part).unwrap() = changed;
            all.push(whole);
        }
    }
    all
}

/// A server that answers each path with a body of its own.
fn serve(bodies: BTreeMap<&'static str, String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let bodies = Arc::new(bodies);
    // Ends with the test's process.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let bodies = Arc::clone(&bodies);
            std::thread::spawn(move || answer(stream.unwrap(), &bodies));
        }
    });
    url
}

fn answer(mut stream: TcpStream, bodies: &BTreeMap<&'static str, String>) {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        request.push(byte[0]);
    }
    let request = String::from_utf8(request).unwrap();
    let target = request.split(' ').nth(1).unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default();
    let body = bodies.get(path).map_or("{}", String::as_str);
    // A client that went away does not want it.
    let _ = write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
}

/// Runs an export of everything against these bodies and looks at what is said. Files are not
/// looked at: a name is what they are for.
fn check(bodies: BTreeMap<&'static str, String>) {
    let described = format!("{bodies:?}");
    let url = serve(bodies);
    let case = Case::new()
        .env("WHAPI_BASE_URL", url)
        .env("WHAPI_TOKEN", TOKEN);
    let args = [
        "export",
        "-f",
        "csv",
        "--reasons",
        "--resolve-lids",
        "-vv",
        "--json",
    ];
    let output = case.command(&args).output().unwrap();
    for said in [output.stdout, output.stderr] {
        let said = String::from_utf8(said).unwrap();
        check_holds_no_token(&said);
        for canary in ["Pajaro", NUMBER] {
            assert!(!said.contains(canary), "{described}: {said}");
        }
    }
}

#[test]
fn no_message_and_no_summary_shows_what_an_answer_holds() {
    let plain = answers();
    let canary = json!(format!("{TOKEN} {NAME} {NUMBER}"));
    let mut waiting = Vec::new();
    for (path, answer) in &plain {
        for changed in with_one_replaced(answer, &canary) {
            let mut bodies: BTreeMap<_, _> = plain
                .iter()
                .map(|(path, answer)| (*path, answer.to_string()))
                .collect();
            bodies.insert(*path, changed.to_string());
            waiting.push(bodies);
        }
    }
    assert!(waiting.len() > 40, "{}", waiting.len());
    let waiting = Mutex::new(waiting);
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                loop {
                    let Some(bodies) = waiting.lock().unwrap().pop() else {
                        break;
                    };
                    check(bodies);
                }
            });
        }
    });
}

#[test]
fn the_position_is_shown_and_the_value_is_not() {
    let mut bodies: BTreeMap<_, _> = answers()
        .iter()
        .map(|(path, answer)| (*path, answer.to_string()))
        .collect();
    bodies.insert("/contacts", format!(r#"{{"contacts":[{TOKEN}]}}"#));
    let case = Case::new()
        .env("WHAPI_BASE_URL", serve(bodies))
        .env("WHAPI_TOKEN", TOKEN);
    let ran = case.run(&["export", "-f", "csv", "-q"]);
    ran.check_code(5);
    let (message, place) = ran.stderr.split_once(" tries in ").unwrap();
    assert_eq!(
        message,
        "error: the Whapi API's answer is not the documented JSON; gave up after 6"
    );
    assert_eq!(
        place.split_once(" s: ").unwrap().1,
        "text that is not JSON, in line 1, column 14\n"
    );
}
