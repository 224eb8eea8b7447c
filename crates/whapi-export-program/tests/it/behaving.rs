//! Programs that keep the protocol: what they are given, and where their result goes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use whapi_export::conformance::{channel_contacts, sample_contacts};
use whapi_export::{Available, Definition, OpenContext, OutputTarget, RunEnd, RunInfo, StatusSink};
use whapi_export_program::{Program, ProgramCommand};

use crate::support::{HELLO, Script, definition, export, names, runtime, short, to};

/// A script that appends each line of the host to `seen` in its own folder, and acknowledges batches of
/// 7 and 2.
fn recorder(hello: &str, at_finish: &str) -> Script {
    Script::whole(&format!(
        r#"echo '{hello}'
seen=$(dirname "$0")/seen
seq=0
while read -r line; do
    printf '%s\n' "$line" >> "$seen"
    case $line in
    *'"describe"'*) exit 0;;
    *'"begin"'*)
        staging=$(printf '%s' "$line" | sed 's/.*"staging":"\([^"]*\)".*/\1/')
        echo '{{"type":"status","message":"getting\u001bready"}}'
        echo '{{"type":"alive"}}'
        echo '{{"type":"ready"}}';;
    *'"batch"'*)
        seq=$((seq + 1))
        written=7; [ $seq = 2 ] && written=2
        echo "{{\"type\":\"ack\",\"seq\":$seq,\"written\":$written}}";;
    *'"abort"'*) echo aborted >> "$seen"; exit 0;;
    *'"finish"'*)
        {at_finish}
        exit 0;;
    esac
done
echo 'end of input' >> "$seen"
"#
    ))
}

/// What a recorder has seen, without the messages of its description.
fn seen(script: &Script) -> Vec<String> {
    let text = fs::read_to_string(script.path().with_file_name("seen")).unwrap();
    let lines = text.lines().filter(|line| !line.contains("describe"));
    lines.map(str::to_owned).collect()
}

fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

const DONE: &str = r#"echo '{"type":"done","written":9,"skipped":0,"warnings":["look\u001bout"]}'"#;

#[test]
fn a_file() {
    let options = r#""needs":["phone"],"options":[{"key":"header","value":"on|off","default":"on","help":"names"},{"key":"title","value":"TEXT","help":"a title"}]"#;
    let hello = HELLO.replace(r#""needs":["id"]"#, options);
    let at_finish = format!("printf 'Ada\\n' > \"$staging\"; {DONE}");
    let script = recorder(&hello, &at_finish);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    let said = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&said);
    let status = StatusSink::to(move |line| listener.lock().unwrap().push(line.to_owned()));
    let mut available = Available::default();
    available.reasons = true;
    let run = RunInfo::new()
        .with_expected_contacts(9)
        .with_available(available)
        .with_source("https://gate.whapi.cloud/");
    let contacts = sample_contacts();
    let summary = runtime().block_on(async {
        let definition = definition(script.command()).await.unwrap();
        assert_eq!(definition.name(), "lines");
        assert_eq!(
            definition.default_file_name().as_deref(),
            Some("contacts.txt")
        );
        let ctx = to(&path).with_option("title", "T").with_status(status);
        export(&definition, &ctx, &run, &contacts).await.unwrap()
    });
    assert_eq!(fs::read_to_string(&path).unwrap(), "Ada\n");
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(names(folder.path()), ["a.txt"]);
    assert_eq!(summary.destination, path.display().to_string());
    assert_eq!(summary.warnings, ["look\\u{1b}out"]);
    let by = format!("written by the program {}", script.path().display());
    assert_eq!(summary.messages, [by]);
    assert_eq!(*said.lock().unwrap(), ["getting\\u{1b}ready"]);

    let seen = seen(&script);
    let mut begin = json(&seen[0]);
    let staging = begin["staging"].take();
    let staging = Path::new(staging.as_str().unwrap());
    assert_eq!(
        staging.parent(),
        Some(&*fs::canonicalize(folder.path()).unwrap())
    );
    let started = begin["run"]["started_at"].take();
    assert!(whapi_text::parse_rfc_3339(started.as_str().unwrap()).is_some());
    assert_eq!(
        begin,
        json!({
            "type": "begin", "v": 1, "options": {"header": "on", "title": "T"}, "staging": null,
            "expected": 9, "dry_run": false,
            "run": {"started_at": null, "source": "https://gate.whapi.cloud/",
                    "facts": {"reasons": true, "links": false, "changes": false}},
        })
    );
    let batch = json(&seen[1]);
    assert_eq!(
        (&batch["type"], &batch["seq"]),
        (&json!("batch"), &json!(1))
    );
    let expected = contacts[..7].iter().map(|contact| {
        json!({"id": contact.id().as_str(), "phone": contact.phone().map(|phone| phone.to_string())})
    });
    assert_eq!(batch["contacts"], expected.collect::<Value>());
    assert_eq!(
        json(&seen[3]),
        json!({"type": "finish", "complete": true, "reasons": []})
    );
    assert_eq!(seen.len(), 4);
}

#[test]
fn a_batch_has_contacts_of_one_channel() {
    let script = Script::whole(&format!(
        r#"echo '{}'
seq=0 written=0
while read -r line; do
    printf '%s\n' "$line" >> "$(dirname "$0")/seen"
    case $line in
    *'"describe"'*) exit 0;;
    *'"begin"'*) echo '{{"type":"ready"}}';;
    *'"batch"'*)
        skipped='[]'
        case $line in *'"phone":null'*)
            skipped='[{{"id":"84958372615288@lid","reason":"no number"}}]';;
        esac
        seq=$((seq + 1)) written=$((written + 1))
        echo "{{\"type\":\"ack\",\"seq\":$seq,\"written\":1,\"skipped\":$skipped}}";;
    *'"finish"'*)
        echo '{{"type":"done","written":3,"skipped":1,"destination":"there"}}'
        exit 0;;
    esac
done
"#,
        HELLO
            .replace(r#""kind":"file","extension":"txt""#, r#""kind":"remote""#)
            .replace(r#""needs":["id"]"#, r#""needs":["phone"]"#)
    ));
    let mut available = Available::default();
    available.channels = true;
    let run = RunInfo::new().with_available(available);
    let summary = runtime().block_on(async {
        let definition = definition(script.command()).await.unwrap();
        let mut exporter = definition.open(&OpenContext::new()).unwrap();
        exporter.begin(&run).await.unwrap();
        let report = exporter.write_batch(&channel_contacts()).await.unwrap();
        assert_eq!(report.written, 3);
        let skipped: Vec<_> = report.skipped.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(skipped, ["84958372615288@lid"]);
        exporter.finish(&RunEnd::complete()).await.unwrap()
    });
    assert_eq!(summary.destination, "there");
    let seen = seen(&script);
    assert_eq!(
        json(&seen[0])["run"]["facts"],
        json!({"reasons": false, "links": false, "changes": false, "channels": true})
    );
    let shared =
        |channel| json!({"channel": channel, "id": "447700900811", "phone": "+447700900811"});
    let batches: Vec<_> = seen[1..4]
        .iter()
        .map(|line| json(line)["contacts"].take())
        .collect();
    assert_eq!(
        batches,
        [
            json!([
                shared("shop"),
                {"channel": "shop", "id": "84958372615288@lid", "phone": null}
            ]),
            json!([shared("office")]),
            json!([{
                "channel": "=1+\"1\"\n</b>,;../x", "id": "447700900812", "phone": "+447700900812"
            }]),
        ]
    );
    assert_eq!(seen.len(), 5);
}

#[test]
fn values_outside_of_a_closed_set_and_unknown_options_are_refused() {
    let options = r#""options":[{"key":"header","value":"on|off","default":"on"}]"#;
    let script = recorder(&HELLO.replace(r#""needs":["id"]"#, options), DONE);
    let definition = runtime().block_on(definition(script.command())).unwrap();
    let refused = |key: &str, value: &str| {
        let ctx = OpenContext::new().with_target(OutputTarget::Stdout);
        let opened = definition.open(&ctx.with_option(key, value));
        opened.err().unwrap().to_string()
    };
    assert_eq!(
        refused("header", "maybe"),
        "option `header`: `maybe` is none of on, off (format `lines`)"
    );
    assert_eq!(
        refused("colour", "red"),
        "unknown option `lines.colour`; known: lines.header, lines.split"
    );
}

#[test]
fn a_folder() {
    let hello = HELLO.replace(
        r#"{"kind":"file","extension":"txt"}"#,
        r#"{"kind":"folder"}"#,
    );
    let script = recorder(&hello, &format!("echo Ada > \"$staging/ada\"; {DONE}"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cards");
    let summary = runtime().block_on(async {
        let definition = definition(script.command()).await.unwrap();
        for _ in 0..2 {
            let _ = export(&definition, &to(&path), &RunInfo::new(), &sample_contacts())
                .await
                .unwrap();
        }
        export(&definition, &to(&path), &RunInfo::new(), &sample_contacts())
            .await
            .unwrap()
    });
    assert_eq!(summary.destination, path.display().to_string());
    assert_eq!(fs::read_to_string(path.join("ada")).unwrap(), "Ada\n");
    assert_eq!(names(folder.path()), ["cards"]);
}

fn remote(at_finish: &str) -> Script {
    let hello = HELLO.replace(
        r#"{"kind":"file","extension":"txt"}"#,
        r#"{"kind":"remote"}"#,
    );
    recorder(&hello, at_finish)
}

#[test]
fn a_service() {
    let done = r#"echo '{"type":"done","written":9,"destination":"https://crm.example.com/7"}'"#;
    let script = remote(done);
    let summary = runtime().block_on(async {
        let definition = definition(script.command()).await.unwrap();
        assert!(definition.capabilities().remote);
        let ctx = OpenContext::new();
        export(&definition, &ctx, &RunInfo::new(), &sample_contacts())
            .await
            .unwrap()
    });
    assert_eq!(summary.destination, "https://crm.example.com/7");
    assert_eq!(json(&seen(&script)[0])["staging"], Value::Null);
}

#[test]
fn a_forecast() {
    let done =
        r#"echo '{"type":"done","written":0,"destination":"a shelf","forecast":{"writes":3}}'"#;
    let script = remote(done);
    let forecast = runtime().block_on(async {
        let definition = definition(script.command()).await.unwrap();
        let mut exporter = definition.open(&OpenContext::new()).unwrap();
        exporter
            .begin(&RunInfo::new().with_dry_run(true))
            .await
            .unwrap();
        exporter.forecast(&RunEnd::complete()).await.unwrap()
    });
    assert_eq!(forecast.destination, "a shelf");
    assert_eq!(forecast.amounts, [("writes".into(), 3)]);
    assert_eq!(json(&seen(&script)[0])["dry_run"], json!(true));
}

#[test]
fn an_incomplete_scan_and_an_abort() {
    let script = remote(DONE);
    runtime().block_on(async {
        let definition = definition(script.command()).await.unwrap();
        let begun = async || {
            let mut exporter = definition.open(&OpenContext::new()).unwrap();
            exporter.begin(&RunInfo::new()).await.unwrap();
            exporter
        };
        let mut first = begun().await;
        for batch in sample_contacts().chunks(7) {
            let _ = first.write_batch(batch).await.unwrap();
        }
        let end = RunEnd::incomplete(vec!["the list kept moving".to_owned()]);
        let _ = first.finish(&end).await.unwrap();
        begun().await.abort().await.unwrap();
    });
    let seen = seen(&script);
    assert_eq!(
        json(&seen[3]),
        json!({"type": "finish", "complete": false, "reasons": ["the list kept moving"]})
    );
    assert_eq!(json(&seen[5]), json!({"type": "abort"}));
    assert_eq!(seen[6..], ["aborted"]);
}

#[test]
fn it_gets_no_token_and_an_empty_private_folder() {
    let at_finish = format!(
        "(env; pwd; ls -A; stat -c %a .; ps -o pgid= -p $$) > \"$staging\"; echo $$ >> \"$staging\"; {DONE}"
    );
    let script = recorder(HELLO, &at_finish);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    let this = "behaving::it_gets_no_token_and_an_empty_private_folder";
    if std::env::var_os("WHAPI_TOKEN").is_none() {
        // Variables of this process cannot be set safely beside other tests.
        let own = std::env::current_exe().unwrap();
        let ran = std::process::Command::new(own)
            .args(["--exact", this])
            .env("WHAPI_TOKEN", "secret-canary")
            .env("whapi_other", "secret-canary")
            .env("HARMLESS", "7")
            .output()
            .unwrap();
        assert!(
            ran.status.success(),
            "{}",
            String::from_utf8_lossy(&ran.stdout)
        );
        return;
    }
    runtime().block_on(async {
        let definition = definition(script.command()).await.unwrap();
        let _ = export(&definition, &to(&path), &RunInfo::new(), &sample_contacts())
            .await
            .unwrap();
    });
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.contains("\nHARMLESS=7\n") || text.starts_with("HARMLESS=7\n"),
        "{text}"
    );
    assert!(!text.contains("canary"), "{text}");
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let [.., cwd, mode, group, own] = lines[..] else {
        panic!("{text}")
    };
    assert!(cwd.starts_with('/') && !Path::new(cwd).exists(), "{cwd}");
    assert_eq!((mode, group), ("700", own));
}

#[test]
fn a_program_that_others_can_change_is_not_started() {
    let script = recorder(HELLO, DONE);
    let path = script.path();
    let refused =
        |definition: whapi_export::Result<Definition>| definition.err().unwrap().to_string();
    let start = |command: ProgramCommand| runtime().block_on(definition(command));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o722)).unwrap();
    assert_eq!(
        refused(start(script.command())),
        format!(
            "`{}` can be changed by other users (mode 722); run `chmod go-w` on it; it is not started",
            path.display()
        )
    );
    // The same of a script that an interpreter runs.
    assert!(start(ProgramCommand::new("sh").with_args([&path])).is_err());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    start(ProgramCommand::new("sh").with_args([&path])).unwrap();
    let folder = path.parent().unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).unwrap();
    assert!(
        refused(start(script.command())).starts_with(&format!("`{}` can be", folder.display()))
    );
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
    let missing = ProgramCommand::new("/no/such/program");
    assert_eq!(
        refused(start(missing)),
        "there is no program `/no/such/program`"
    );
    let pinned = script.command().with_sha256("00");
    assert!(refused(start(pinned)).contains(" is not the program that the configuration pins: "));
    let relative = ProgramCommand::new("./program");
    assert_eq!(
        refused(start(relative)),
        "`./program` is not an absolute path"
    );
}

#[test]
fn log_lines_go_to_the_listener() {
    let script = Script::whole(&format!(
        "echo '{HELLO}'; read -r line; echo 'a\tb' >&2; echo c >&2"
    ));
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&heard);
    let log = StatusSink::to(move |line| listener.lock().unwrap().push(line.to_owned()));
    let program = Program::new(script.command())
        .with_timeouts(short())
        .with_log(log);
    runtime().block_on(program.definition("lines")).unwrap();
    assert_eq!(*heard.lock().unwrap(), ["a\\u{9}b", "c"]);
}
