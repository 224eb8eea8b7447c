//! Exit codes 0 and 3 to 6, by the answers of the API.

use whapi_emulator::{Channel, Effect, EmulatorBuilder, Fault, ListChange, TotalMode, Trigger};

use crate::support::{Case, Ran, api, api_that_says, fails, requests, small_api, snapshot};

const EXPORT: [&str; 3] = ["export", "--format", "vcard,csv"];

/// Fails against this API. Returns the number of requests.
#[track_caller]
fn failing(name: &str, code: i32, api: EmulatorBuilder) -> usize {
    let api = api.start_blocking().unwrap();
    fails(name, code, Case::at(&api), &EXPORT);
    api.journal().len()
}

fn always(effect: Effect) -> Fault {
    Fault::new(Trigger::Always, effect)
}

fn retry_after(status: u16, value: &str) -> Effect {
    Effect::RetryAfter {
        status,
        value: value.to_owned(),
    }
}

#[test]
fn complete() {
    let api = api().start_blocking().unwrap();
    let ran = Case::at(&api).old("contacts.vcf").run(&EXPORT);
    snapshot("complete", &ran);
    ran.check_code(0);
}

#[test]
fn one_fetch_feeds_all_formats() {
    let api = api().start_blocking().unwrap();
    Case::at(&api).run(&EXPORT).check_code(0);
    assert_eq!(
        requests(&api),
        [
            "GET /contacts?count=500&offset=0",
            "GET /contacts?count=500&offset=498",
            "GET /contacts?count=500&offset=996",
            "GET /health?wakeup=false",
        ]
    );
}

#[test]
fn complete_without_contacts() {
    let api = api().contacts(Vec::new()).start_blocking().unwrap();
    let ran = Case::at(&api).run(&EXPORT);
    snapshot("complete_without_contacts", &ran);
    ran.check_code(0);
}

#[test]
fn complete_after_a_retry() {
    let api = api()
        .fault(Fault::new(Trigger::Request(1), retry_after(503, "0")))
        .start_blocking()
        .unwrap();
    let ran = Case::at(&api).run(&["export", "-f", "csv"]);
    snapshot("complete_after_a_retry", &ran);
    ran.check_code(0);
}

#[test]
fn complete_though_the_list_moved() {
    let change = ListChange::RemoveAt(vec![10, 20, 30]);
    let api = api()
        .fault(Fault::new(Trigger::Request(2), Effect::Change(change)))
        .start_blocking()
        .unwrap();
    let ran = Case::at(&api).run(&["export", "-f", "csv", "--concurrency", "1"]);
    snapshot("complete_though_the_list_moved", &ran);
    ran.check_code(0);
}

#[test]
fn a_demo_takes_the_same_path() {
    let api = api().start_blocking().unwrap();
    let real = Case::at(&api);
    real.run(&EXPORT).check_code(0);
    let demo = Case::new();
    let ran = demo.run(&["export", "--format", "vcard,csv", "--demo"]);
    snapshot("demo", &ran);
    ran.check_code(0);
    for name in ["contacts.vcf", "contacts.csv"] {
        assert_eq!(demo.read(name), real.read(name), "{name}");
    }
}

#[test]
fn a_demo_contacts_no_other_api() {
    let api = api().start_blocking().unwrap();
    let ran = Case::at(&api).run(&["export", "--format", "vcard", "--demo"]);
    ran.check_code(0);
    assert!(api.journal().is_empty());
}

#[test]
fn incomplete_when_the_total_says_more() {
    let api = api().total(TotalMode::Off(50)).start_blocking().unwrap();
    let ran = Case::at(&api).old("contacts.vcf").run(&EXPORT);
    snapshot("incomplete", &ran);
    ran.check_code(3);
    assert_eq!(ran.names(), ["contacts.csv", "contacts.vcf"]);
    assert_ne!(ran.files["contacts.vcf"], "as it was");
}

#[test]
fn incomplete_is_reported_when_quiet() {
    let api = small_api()
        .total(TotalMode::Off(50))
        .start_blocking()
        .unwrap();
    let ran = Case::at(&api).run(&["export", "--format", "vcard", "--quiet"]);
    ran.check(
        3,
        "warning: contacts may be missing: the Whapi API says that there are 53 contacts but lists 50 fewer\n",
    );
}

#[test]
fn token_refused() {
    assert_eq!(
        failing("api_401", 4, small_api().fault(always(Effect::Status(401)))),
        2
    );
    assert_eq!(
        failing("api_403", 4, small_api().fault(always(Effect::Status(403)))),
        2
    );
    assert_eq!(
        failing("api_404", 4, small_api().fault(always(Effect::Status(404)))),
        2
    );
}

#[test]
fn token_of_another_channel() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api).env("WHAPI_TOKEN", "of-another-channel");
    fails("api_wrong_token", 4, case, &EXPORT);
}

#[test]
fn channel_not_ready() {
    failing("channel_qr", 4, small_api().channel(Channel::Qr));
    failing("channel_stop", 4, small_api().channel(Channel::Stop));
    failing(
        "channel_sync_error",
        4,
        small_api().channel(Channel::SyncError),
    );
}

#[test]
fn channel_of_unknown_state() {
    let api = small_api()
        .channel(Channel::Missing)
        .start_blocking()
        .unwrap();
    let ran = Case::at(&api).run(&EXPORT);
    ran.check_code(0);
    assert_eq!(ran.names(), ["contacts.csv", "contacts.vcf"]);
}

#[test]
fn api_fails_to_the_end() {
    let fault = always(retry_after(500, "0"));
    assert_eq!(
        failing("api_500_to_the_end", 5, small_api().fault(fault)),
        7
    );
}

#[test]
fn api_wants_too_long_a_wait() {
    let fault = always(retry_after(503, "121"));
    assert_eq!(
        failing("api_503_for_too_long", 5, small_api().fault(fault)),
        2
    );
}

#[test]
fn api_fails_in_the_middle() {
    let fault = Fault::new(Trigger::Offset(996), retry_after(503, "121"));
    failing("api_503_in_the_middle", 5, api().fault(fault));
}

#[test]
fn api_redirects() {
    let elsewhere = small_api().start_blocking().unwrap();
    let fault = always(Effect::Redirect(format!(
        "{}/contacts",
        elsewhere.base_url()
    )));
    assert_eq!(failing("api_redirects", 5, small_api().fault(fault)), 2);
    assert!(elsewhere.journal().is_empty(), "the token stays");
}

#[test]
fn api_refuses_the_request() {
    let api = api().fault(always(Effect::Status(400)));
    // Once more with a smaller page, as a lower limit than documented would want it.
    assert_eq!(failing("api_400", 5, api), 3);
}

#[test]
fn api_gives_the_same_page_for_every_offset() {
    failing("api_same_page", 5, api().fault(always(Effect::SamePage)));
}

#[test]
fn api_claims_too_many() {
    failing(
        "api_absurd_total",
        5,
        small_api().total(TotalMode::Fixed(u64::MAX)),
    );
}

#[test]
fn api_answers_without_end() {
    failing(
        "api_endless_body",
        5,
        small_api().fault(always(Effect::Endless)),
    );
}

#[test]
fn no_server_listens() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api).old("contacts.vcf");
    drop(api);
    // One try only: the others would wait.
    let ran = case.run(&["export", "--format", "vcard", "--max-requests", "1"]);
    ran.check_nothing_written(6);
}

#[test]
fn quota_used_up() {
    assert_eq!(
        failing("api_402", 6, small_api().fault(always(Effect::Status(402)))),
        2
    );
    assert_eq!(
        failing(
            "api_402_of_a_trial",
            6,
            small_api().fault(always(Effect::TrialLimit))
        ),
        2
    );
}

#[test]
fn api_wants_fewer_requests() {
    let rate_limited = |value: &str| {
        let retry_after = Some(value.to_owned());
        small_api().fault(always(Effect::RateLimited { retry_after }))
    };
    assert_eq!(failing("api_429_for_too_long", 6, rate_limited("121")), 2);
    assert_eq!(failing("api_429_to_the_end", 6, rate_limited("0")), 7);
}

#[test]
fn max_requests() {
    let run = |most: &str| -> (Ran, usize) {
        let api = api().start_blocking().unwrap();
        let case = Case::at(&api).old("contacts.vcf");
        let ran = case.run(&["export", "--format", "vcard", "--max-requests", most]);
        (ran, api.journal().len())
    };
    for most in ["0", "1", "2", "3"] {
        let (ran, asked) = run(most);
        ran.check_nothing_written(6);
        ran.check(
            6,
            &format!(
                "vcard: nothing written to contacts.vcf\n\
                 error: stopped after {most} {}, the limit that was set\n",
                if most == "1" { "request" } else { "requests" }
            ),
        );
        assert_eq!(asked.to_string(), most);
    }
    let (ran, asked) = run("4");
    ran.check_code(0);
    assert_eq!(asked, 4);
}

#[test]
fn max_requests_counts_retries() {
    let api = small_api()
        .fault(always(retry_after(503, "0")))
        .start_blocking()
        .unwrap();
    let case = Case::at(&api).old("contacts.vcf");
    let ran = case.run(&["export", "--format", "vcard", "--max-requests", "4"]);
    ran.check_nothing_written(6);
    assert_eq!(api.journal().len(), 4);
}

#[test]
fn page_size_and_concurrency() {
    let api = api().start_blocking().unwrap();
    let args = ["--page-size", "300", "--concurrency", "1"];
    let case = Case::at(&api);
    case.run(&[&["export", "-f", "csv"], &args[..]].concat())
        .check_code(0);
    assert_eq!(
        requests(&api),
        [
            "GET /contacts?count=300&offset=0",
            "GET /contacts?count=300&offset=1192",
            "GET /contacts?count=300&offset=298",
            "GET /contacts?count=300&offset=596",
            "GET /contacts?count=300&offset=894",
            "GET /health?wakeup=false",
        ]
    );
    let most = api.journal().iter().map(|entry| entry.in_flight).max();
    assert_eq!(most, Some(1));
}

#[test]
fn messages_of_the_api_are_shown_and_escaped() {
    let body = "{\"error\":{\"code\":401,\"message\":\"go \\u001b[31maway\\u001b]0;x\\u0007 \
                \u{202e}txet\\u009b and take canary/5Yx+Q9== with you\"}}";
    let url = api_that_says("401 Unauthorized", body.to_owned());
    let case = Case::new()
        .env("WHAPI_BASE_URL", url)
        .env("WHAPI_TOKEN", crate::support::TOKEN);
    fails("api_says_what_steers", 4, case, &EXPORT);
}

#[test]
fn an_error_that_is_no_json_is_reported_by_its_status() {
    let url = api_that_says("403 Forbidden", "<h1>No\u{1b}[2J</h1>".to_owned());
    let case = Case::new()
        .env("WHAPI_BASE_URL", url)
        .env("WHAPI_TOKEN", crate::support::TOKEN);
    fails("api_says_html", 4, case, &EXPORT);
}
