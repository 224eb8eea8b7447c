//! `--from`: saved answers give the same bytes as the API that gave them.

use whapi_emulator::{Emulator, people};

use crate::support::{Case, api, snapshot};

const SIZE: usize = 500;

fn check_same_as_api(texts: &[(&str, String)]) {
    let api = api().start_blocking().unwrap();
    let expected = Case::at(&api);
    expected.run(&["export", "-f", "vcard,csv"]).check_code(0);
    for (what, text) in texts {
        for stdin in [false, true] {
            let case = Case::new();
            let (case, from) = if stdin {
                (case.stdin(text.as_str()), "-")
            } else {
                (case.input("saved", text), "../in/saved")
            };
            let ran = case.run(&["export", "-f", "vcard,csv", "--from", from]);
            assert_eq!(ran.code, Some(0), "{what}: {ran}");
            for name in ["contacts.vcf", "contacts.csv"] {
                assert!(case.read(name) == expected.read(name), "{what}: {name}");
            }
        }
    }
}

#[test]
fn the_same_bytes_as_from_the_api() {
    let people = people::made_up(people::DEFAULT_COUNT, people::DEFAULT_SEED);
    let rows: Vec<_> = people.iter().map(whapi_emulator::Person::to_json).collect();
    let answers: Vec<_> = (0..people.len())
        .step_by(SIZE)
        .map(|offset| Emulator::answer(&people, offset, SIZE))
        .collect();
    let pretty: serde_json::Value =
        serde_json::from_str(&Emulator::answer(&people, 0, 1317)).unwrap();
    check_same_as_api(&[
        ("one answer", Emulator::answer(&people, 0, people.len())),
        (
            "one answer on many lines",
            serde_json::to_string_pretty(&pretty).unwrap(),
        ),
        ("an array", format!("[{}]", rows.join(","))),
        (
            "an array on many lines",
            format!("[\n{}\n]\n", rows.join(",\n")),
        ),
        ("an answer to a line", answers.join("\n") + "\n"),
        ("a contact to a line", rows.join("\r\n\r\n")),
        (
            "of each something",
            format!(
                "{}\n[{}]\n{}\n",
                answers[0],
                rows[500..1000].join(","),
                rows[1000..].join("\n")
            ),
        ),
    ]);
}

#[test]
fn needs_neither_token_nor_api() {
    let case = Case::new().input(
        "saved",
        "{\"contacts\":[{\"id\":\"447700900101\"}],\"total\":1}",
    );
    let ran = case.run(&["export", "-f", "csv", "--from", "../in/saved"]);
    snapshot("from_saved_answers", &ran);
    ran.check_code(0);
}

#[test]
fn fewer_than_the_last_total_is_incomplete() {
    let case = Case::new()
        .old("contacts.csv")
        .input("saved", r#"{"contacts":[{"id":"447700900101"}],"total":3}"#);
    let ran = case.run(&["export", "-f", "csv", "--from", "../in/saved"]);
    snapshot("from_incomplete_answers", &ran);
    ran.check_code(3);
}
