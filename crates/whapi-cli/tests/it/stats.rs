//! `stats`: counts on standard output, or as a page.

use serde_json::{Value, json};
use whapi_emulator::{Effect, Emulator, Fault, Person, TotalMode, Trigger};

use crate::reasons::explained;
use crate::support::{BOUND, Case, Ran, api, requests, signal, small_api, snapshot, wait};

/// The object without its time, which differs.
#[track_caller]
fn counts(ran: &Ran) -> Value {
    let text = ran.out().strip_suffix('\n').expect("one line");
    assert!(!text.contains('\n'), "one line: {text}");
    let mut counts: Value = serde_json::from_str(text).unwrap();
    let as_of = counts.as_object_mut().unwrap().remove("as_of").unwrap();
    assert!(as_of.as_str().unwrap().ends_with('Z'));
    counts
}

#[test]
fn text_of_three_people() {
    let api = small_api().start_blocking().unwrap();
    let ran = Case::at(&api).run(&["stats"]);
    snapshot("stats_text", &ran);
    ran.check_nothing_written(0);
    assert_eq!(requests(&api).len(), 2);
}

#[test]
fn text_goes_by_the_locale_and_has_no_colors_in_a_pipe() {
    let api = small_api().start_blocking().unwrap();
    let run = |locale: &str, args: &[&str]| {
        let case = Case::at(&api)
            .env("LANG", locale)
            .env("TERM", "xterm-256color");
        let ran = case.run(&[&["stats", "--quiet"], args].concat());
        ran.check_nothing_written(0);
        assert_eq!(ran.stderr, "");
        assert!(!ran.out().contains('\u{1b}'));
        (ran.out().contains('█'), ran.out().contains("##"))
    };
    assert_eq!(run("en_GB.UTF-8", &[]), (true, false));
    assert_eq!(run("C", &[]), (false, true));
    assert_eq!(run("en_GB.UTF-8", &["--ascii"]), (false, true));
}

/// Its chats are dated by the present day. On the first of a month that month has none yet.
#[test]
fn the_demo_has_chats_in_each_of_the_months_before_this_one() {
    let ran = Case::new().run(&["stats", "--demo", "--reasons", "--json", "--quiet"]);
    let activity = counts(&ran)["activity"].take();
    let months = activity["months"].as_array().unwrap();
    let chats = months.iter().map(|month| month["chats"].as_u64().unwrap());
    assert_eq!(months.len(), 12);
    assert!(chats.take(11).all(|chats| chats > 0), "{activity}");
}

#[test]
fn json_of_the_demo() {
    let ran = Case::new().run(&["stats", "--demo", "--json", "--quiet"]);
    ran.check_nothing_written(0);
    let counts = counts(&ran);
    let mut countries = counts["countries"].clone();
    let known = countries["known"].take();
    let known = known.as_array().unwrap().iter();
    let in_countries: u64 = known
        .map(|country| country["contacts"].as_u64().unwrap())
        .sum();
    assert_eq!(in_countries, 1221);
    assert_eq!(
        countries,
        json!({"known": null, "no_country": 39, "no_number": 57})
    );
    for (field, expected) in [
        ("schema", json!(1)),
        ("complete", json!(true)),
        ("incomplete_because", json!([])),
        ("contacts", json!(1317)),
        ("listed", json!(1317)),
        ("doubts", json!([])),
        (
            "standing",
            json!({"saved": 472, "discovered": 845, "unknown": 0}),
        ),
        (
            "permissions",
            json!({"edit": 472, "delete": 472, "create": 788, "unknown": 0}),
        ),
        ("kinds", json!({"phone": 1260, "lid": 57, "other": 0})),
        ("business", json!({"yes": 63, "no": 0, "unknown": 1254})),
        ("linked", Value::Null),
        ("reasons", Value::Null),
        ("groups", Value::Null),
        ("activity", Value::Null),
    ] {
        assert_eq!(counts[field], expected, "{field}");
    }
}

/// Two ways to the same numbers: the counts, and the summary of an export.
#[test]
fn reasons_are_those_of_an_export() {
    let flags = [
        "--demo",
        "--json",
        "--reasons",
        "--resolve-lids",
        "--merge-lids",
    ];
    let ran = Case::new().run(&[&["stats"], &flags[..]].concat());
    let counts = counts(&ran);
    let export = [&["export", "-f", "csv"], &flags[..]].concat();
    let exported = Case::new().run(&export);
    let summary: Value = serde_json::from_str(exported.out()).unwrap();
    assert_eq!(counts["reasons"]["primary"], summary["reasons"]["primary"]);
    let any = counts["reasons"]["any"].as_object().unwrap();
    assert_eq!(any.len(), 6);
    for (kind, found) in any {
        assert_eq!(found["yes"], summary["reasons"]["any"][kind], "{kind}");
    }
    assert_eq!(counts["linked"]["merged"], summary["lids"]["merged"]);
    let left = summary["contacts"]["selected"].as_u64().unwrap();
    assert_eq!(counts["contacts"], left);
    assert_eq!(counts["listed"], left);
}

#[test]
fn everything_that_can_be_known_of_six_and_the_account() {
    let api = explained().start_blocking().unwrap();
    let args = ["stats", "--reasons", "--resolve-lids", "--json", "--names"];
    let ran = Case::at(&api).run(&args);
    ran.check_nothing_written(0);
    let counts = counts(&ran);
    assert_eq!(counts["doubts"], json!([]));
    assert_eq!(counts["reasons"]["primary"]["account"], 1);
    let phones = [
        "447700900101",
        "447700900102",
        "493023125103",
        "447700900104",
        "447700900105",
        Emulator::ACCOUNT,
    ];
    let linked = phones.iter().filter_map(|phone| Emulator::lid_of(phone));
    // And the one of them that is in the list itself.
    assert_eq!(counts["linked"]["yes"], linked.count() + 1);
    assert_eq!(
        counts["groups"]["groups"],
        json!([
            {"id": "120363000000000001@g.us", "name": "Football Sundays", "contacts": 4},
            {"id": "120363000000000002@g.us", "name": "Padel", "contacts": 3},
        ])
    );
    assert_eq!(
        counts["activity"]["chats"],
        json!({"yes": 2, "no": 5, "unknown": 0})
    );
}

#[test]
fn groups_are_named_on_request() {
    let api = explained().start_blocking().unwrap();
    let run = |args: &[&str]| {
        let ran = Case::at(&api).run(&[&["stats", "--reasons"], args].concat());
        ran.check_nothing_written(0);
        ran.out().to_owned()
    };
    for format in [&[][..], &["--json"], &["--html", "-"]] {
        let text = run(format);
        assert!(!text.contains("Football"), "{text}");
        assert!(!text.contains("4477009"), "{text}");
        let named = run(&[format, &["--names"]].concat());
        assert_eq!(named.matches("Football Sundays").count(), 1);
        assert!(!named.contains("4477009"), "{named}");
    }
}

#[test]
fn titles_of_groups_are_escaped() {
    let title = "\u{1b}[31m\u{202e}<b>";
    let group = json!({"id": "120363000000000001@g.us", "name": title, "participants_count": 1,
        "participants": [{"id": "447700900101", "rank": "member"}]});
    let api = api()
        .contacts(vec![Person::new("447700900101").with_saved(false)])
        .chats_and_groups(vec![], vec![group], vec![])
        .start_blocking()
        .unwrap();
    let run = |args: &[&str]| {
        let all = [&["stats", "--reasons", "--names"], args].concat();
        Case::at(&api).run(&all).out().to_owned()
    };
    assert!(run(&[]).contains("  \\u{1b}[31m\\u{202e}<b>\n"));
    assert!(run(&["--html", "-"]).contains("<bdi>\\u{1b}[31m\\u{202e}&lt;b&gt;</bdi>"));
    let json = run(&["--json"]);
    assert!(json.is_ascii(), "{json}");
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["groups"]["groups"][0]["name"], title);
}

#[test]
fn a_page_replaces_a_file_for_its_owner_only() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api).old("stats.html");
    let ran = case.run(&["stats", "--html", "stats.html"]);
    ran.check(0, "The page was written to stats.html.\n");
    assert_eq!(ran.names(), ["stats.html"]);
    assert!(ran.files["stats.html"].ends_with(" bytes, mode 600"));
    let page = String::from_utf8(case.read("stats.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>\n"));
    assert!(page.ends_with("</html>\n"));
    assert!(page.contains("<h1><b>3</b> contacts</h1>"));
}

#[test]
fn a_page_that_cannot_be_written_costs_no_request() {
    let api = small_api().start_blocking().unwrap();
    let ran = Case::at(&api)
        .old("file")
        .run(&["stats", "--html", "file/stats.html"]);
    ran.check(
        7,
        "error: could not create the folder `file`: File exists (os error 17)\n",
    );
    ran.check_nothing_written(7);
    assert_eq!(requests(&api), [""; 0]);
}

#[test]
fn a_missing_folder_of_the_page_is_created() {
    let api = small_api().start_blocking().unwrap();
    let ran = Case::at(&api).run(&["stats", "-q", "--html", "new/deep/stats.html"]);
    ran.check(0, "");
    assert_eq!(ran.names(), ["new/", "new/deep/", "new/deep/stats.html"]);
    assert_eq!(ran.files["new/"], "mode 700");
    assert_eq!(ran.files["new/deep/"], "mode 700");
}

#[test]
fn filtered_contacts_are_counted() {
    let api = small_api().start_blocking().unwrap();
    let ran = Case::at(&api).run(&["stats", "--json", "--only", "saved"]);
    let counts = counts(&ran);
    assert_eq!(
        (&counts["contacts"], &counts["listed"]),
        (&json!(1), &json!(3))
    );
    let ran = Case::at(&api).run(&["stats", "--only", "saved"]);
    assert!(ran.out().contains("\n1 of 3 contacts selected.\n"));
}

#[test]
fn an_incomplete_list_is_marked() {
    let api = small_api()
        .total(TotalMode::Off(1))
        .start_blocking()
        .unwrap();
    let ran = Case::at(&api).run(&["stats"]);
    snapshot("stats_incomplete", &ran);
    ran.check_nothing_written(3);
    let ran = Case::at(&api).run(&["stats", "--json"]);
    ran.check_code(3);
    let counts = counts(&ran);
    assert_eq!(counts["complete"], false);
    assert_eq!(counts["incomplete_because"].as_array().unwrap().len(), 1);
    let ran = Case::at(&api).run(&["stats", "--html", "stats.html"]);
    ran.check_code(3);
    assert_eq!(ran.names(), ["stats.html"]);
}

#[test]
fn groups_that_cannot_be_read_are_not_known() {
    let api = explained()
        .fault(Fault::new(Trigger::Always, Effect::Status(403)).on("/groups"))
        .start_blocking()
        .unwrap();
    let ran = Case::at(&api).run(&["stats", "--reasons"]);
    ran.check_nothing_written(0);
    assert!(
        ran.stderr
            .starts_with("warning: the groups are not all known: ")
    );
    let doubt = "\nNot everything is known:\n  the groups are not all known: ";
    assert!(ran.out().contains(doubt), "{}", ran.out());
    let groups = "\nGroups\n  Not known: the list of groups could not be read.\n";
    assert!(ran.out().contains(groups), "{}", ran.out());
}

#[test]
fn what_fails_prints_no_counts() {
    let api = small_api()
        .fault(Fault::new(Trigger::Always, Effect::Status(402)))
        .start_blocking()
        .unwrap();
    let case = Case::at(&api).old("stats.html");
    let ran = case.run(&["stats", "--html", "stats.html"]);
    ran.check_nothing_written(6);
    assert_eq!(ran.out(), "");
    let ran = case.run(&["stats", "--json"]);
    ran.check_nothing_written(6);
    let summary: Value = serde_json::from_str(ran.out()).unwrap();
    assert_eq!(summary["outcome"], "failed");
    assert_eq!(summary["exit_code"], 6);
    assert_eq!(summary["error"]["kind"], "quota");
    let nothing = json!([{"format": "stats", "destination": "-", "written": 0, "skipped": [],
        "warnings": [], "sha256": null}]);
    assert_eq!(summary["exports"], nothing);
}

#[test]
fn signals_leave_the_old_page() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let api = small_api().latency(BOUND * 10).start_blocking().unwrap();
        let case = Case::at(&api).old("stats.html");
        let args = ["stats", "--html", "stats.html"];
        let child = case.command(&args).spawn().unwrap();
        wait(api.wait_for_requests(2));
        signal(child.id(), name);
        let ran = case.finish(child, &args);
        ran.check(code, "error: cancelled\n");
        ran.check_nothing_written(code);
        assert_eq!(ran.names(), ["stats.html"]);
    }
}

#[test]
fn conflicting_flags() {
    for args in [
        &["stats", "--json", "--html", "-"][..],
        &["stats", "--json", "--ascii"],
        &["stats", "--from", "-", "--reasons"],
    ] {
        Case::new().run(args).check_nothing_written(2);
    }
}

#[test]
fn from_saved_answers() {
    let answers = Emulator::answer(&crate::support::three_people(), 0, 500);
    let ran = Case::new()
        .stdin(answers)
        .run(&["stats", "--from", "-", "--json"]);
    ran.check_nothing_written(0);
    let counts = counts(&ran);
    assert_eq!(
        counts["standing"],
        json!({"saved": 1, "discovered": 1, "unknown": 1})
    );
}

/// The shown name decides, and with it the flags that make it.
#[test]
fn the_flags_of_an_export_count_the_same_contacts() {
    let api = small_api().start_blocking().unwrap();
    let select = ["--name-order", "phone", "--name-contains", "+44"];
    let ran = Case::at(&api).run(&[&["stats", "--json"], &select[..]].concat());
    let export = ["export", "-f", "csv", "--json"];
    let exported = Case::at(&api).run(&[&export[..], &select].concat());
    let summary: Value = serde_json::from_str(exported.out()).unwrap();
    assert_eq!(summary["contacts"]["selected"], 2);
    assert_eq!(counts(&ran)["contacts"], 2);
}
