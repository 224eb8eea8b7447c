//! Progress on a real terminal. Its states are tested beside the code, on a terminal in memory.

use whapi_emulator::{Effect, Fault, Trigger};

use crate::support::{BOUND, Case, api, small_api, wait};
use crate::tmux::Tmux;

/// A screen without the spinner.
fn still(screen: &str) -> String {
    let spins = |c: char| ('\u{2800}'..='\u{28ff}').contains(&c);
    screen.replace(spins, "*")
}

/// The seconds in the last line, behind this text.
fn seconds(screen: &str, text: &str) -> Option<u32> {
    let screen = still(screen);
    let rest = screen.lines().last()?.strip_prefix(text)?;
    rest.strip_suffix(" s")?.parse().ok()
}

#[test]
fn progress_is_alive_before_the_first_answer_and_gone_after_ctrl_c() {
    let api = small_api().latency(BOUND * 10).start_blocking().unwrap();
    let case = Case::at(&api);
    let Some(tmux) = Tmux::start(&case, 80, &["export", "-f", "csv"]) else {
        return;
    };
    let first = tmux.wait_for(|screen| still(screen) == "* connecting to the Whapi API");
    // The spinner turns, and nothing else is on the screen.
    tmux.wait_for(|screen| still(screen) == still(&first) && screen != first);
    tmux.resize(20);
    tmux.wait_for(|screen| still(screen) == "* connecting to th…");
    tmux.resize(80);
    tmux.wait_for(|screen| still(screen) == still(&first));
    tmux.press("C-c");
    assert_eq!(
        tmux.end(),
        "csv: nothing written to contacts.csv\nerror: cancelled\nexit code: 130"
    );
}

/// The API asks for a wait after the first page: the seconds count down, and log lines stand above.
#[test]
fn a_wait_counts_down_and_log_lines_stand_above_the_line() {
    let retry_after = Some("25".to_owned());
    let fault = Fault::new(Trigger::Request(2), Effect::RateLimited { retry_after });
    let api = api().fault(fault.on("/contacts")).start_blocking().unwrap();
    let case = Case::at(&api);
    let args = ["export", "-f", "csv", "-v", "--concurrency", "1"];
    let Some(tmux) = Tmux::start(&case, 250, &args) else {
        return;
    };
    let bar = "█".repeat(11) + &"░".repeat(19);
    let wide = format!("* reading contacts 500 of 1,317 {bar} the Whapi API asks to wait ");
    let screen = tmux.wait_for(|screen| seconds(screen, &wide).is_some());
    let first = seconds(&screen, &wide).unwrap();
    let logs: Vec<_> = screen.lines().rev().skip(1).collect();
    assert_eq!(logs.len(), 2, "{screen}");
    for (log, expected) in logs.into_iter().zip([
        " DEBUG whapi_fetch::client::request: trying again path=\"contacts\" tries=1 wait_ms=25000 \
         reason=\"the Whapi API limits the rate of requests (429): Too Many Requests: a fault of the emulator\"",
        " DEBUG whapi_fetch::client::contacts: page offset=0 count=500 rows=500 total=1317",
    ]) {
        let (_time, said) = log.split_once('Z').unwrap();
        assert_eq!(said, expected);
    }
    let later = tmux.wait_for(|screen| seconds(screen, &wide).is_some_and(|left| left < first));
    let later = seconds(&later, &wide).unwrap();
    tmux.resize(40);
    let narrow = "* contacts 500 of 1,317, wait ";
    tmux.wait_for(|screen| seconds(screen, narrow).is_some_and(|left| left < later));
    tmux.press("C-c");
    let screen = tmux.end();
    let said = "\ncsv: nothing written to contacts.csv\nerror: cancelled\nexit code: 130";
    assert!(screen.ends_with(said), "{screen}");
    assert!(!screen.contains("contacts 500"), "{screen}");
}

/// Contacts on the same terminal, which the line would tear.
#[test]
fn nothing_is_drawn_around_contacts() {
    let api = small_api().latency(BOUND * 10).start_blocking().unwrap();
    let case = Case::at(&api);
    let Some(tmux) = Tmux::start(&case, 80, &["export", "-f", "csv", "-o", "-"]) else {
        return;
    };
    wait(api.wait_for_requests(2));
    assert_eq!(tmux.screen(), "");
    tmux.press("C-c");
    assert_eq!(
        tmux.end(),
        "^Ccsv: nothing written to standard output\nerror: cancelled\nexit code: 130"
    );
}

#[test]
fn nothing_is_drawn_with_quiet() {
    let api = small_api().latency(BOUND * 10).start_blocking().unwrap();
    let case = Case::at(&api);
    let Some(tmux) = Tmux::start(&case, 80, &["export", "-f", "csv", "-q"]) else {
        return;
    };
    wait(api.wait_for_requests(2));
    assert_eq!(tmux.screen(), "");
    tmux.press("C-c");
    // The terminal itself shows the key.
    assert_eq!(tmux.end(), "^Cerror: cancelled\nexit code: 130");
}
