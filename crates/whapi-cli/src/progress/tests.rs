use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::InMemoryTerm;
use whapi_fetch::{FetchList, ScanReport, WaitCause};

use super::*;

/// Progress on a terminal in memory, in a time of its own.
struct Case {
    progress: Progress,
    screen: InMemoryTerm,
    begun: Instant,
    millis: Arc<AtomicU64>,
}

impl Case {
    fn new(columns: u16) -> Self {
        Self::with(InMemoryTerm::new(6, columns), Glyphs::UNICODE)
    }

    fn with(screen: InMemoryTerm, glyphs: Glyphs) -> Self {
        let begun = Instant::now();
        let millis = Arc::new(AtomicU64::new(0));
        let time = Arc::clone(&millis);
        let now = move || begun + Duration::from_millis(time.load(Ordering::Relaxed));
        let activity = Activity::new("connecting to the Whapi API", "writing");
        let progress = Progress::draw_on(Some(screen.clone()), activity, glyphs, now);
        Self {
            progress,
            screen,
            begun,
            millis,
        }
    }

    fn now(&self) -> Instant {
        self.begun + Duration::from_millis(self.millis.load(Ordering::Relaxed))
    }

    fn wait(&self, millis: u64) {
        self.millis.fetch_add(millis, Ordering::Relaxed);
    }

    fn fetched(&self, event: &FetchEvent) {
        let now = self.now();
        let activity = &self.progress.activity;
        activity.with(|activity| activity.fetched(event, now));
    }

    fn started(&self, list: FetchList) {
        self.fetched(&FetchEvent::Started { list });
    }

    fn page(&self, list: FetchList, items: u64, total: Option<u64>, pass: u32) {
        self.fetched(&FetchEvent::Page {
            list,
            items,
            total,
            pass,
        });
    }

    fn finished(&self, list: FetchList) {
        let complete = true;
        self.fetched(&FetchEvent::Finished { list, complete });
    }

    fn waiting(&self, seconds: u64, cause: WaitCause) {
        let (list, wait) = (FetchList::Contacts, Duration::from_secs(seconds));
        self.fetched(&FetchEvent::Waiting { list, wait, cause });
    }

    fn batch(&self, contacts: u64, reported_total: Option<u64>) {
        let mut scan = ScanReport::default();
        scan.reported_total = reported_total;
        self.ran(&Event::Batch { contacts, scan });
    }

    fn ran(&self, event: &Event) {
        let now = self.now();
        let activity = &self.progress.activity;
        activity.with(|activity| activity.ran(event, now));
    }

    /// What the screen shows.
    fn draw(&self) -> String {
        self.progress.bar.tick();
        self.screen.contents()
    }
}

/// A run in all of its states: what each looks like in this many columns.
fn states(columns: u16) -> String {
    let case = Case::new(columns);
    let shown = std::cell::RefCell::new(String::new());
    let see = |state: &str| {
        case.wait(300);
        let screen = case.draw();
        assert_eq!(screen.lines().count(), 1, "{columns}, {state}: {screen}");
        let line = format!("{state:<36}{screen}\n");
        shown.borrow_mut().push_str(&line);
    };
    see("the start");
    case.started(FetchList::Contacts);
    see("the first request");
    case.waiting(3, WaitCause::Starting);
    see("a channel that starts");
    case.wait(3000);
    see("the end of the wait");
    case.page(FetchList::Contacts, 500, Some(12_317), 1);
    for list in [FetchList::Chats, FetchList::Groups, FetchList::Blocked] {
        case.started(list);
    }
    see("the first page");
    case.page(FetchList::Chats, 1200, Some(3400), 1);
    case.page(FetchList::Groups, 100, Some(157), 1);
    case.wait(3000);
    case.page(FetchList::Contacts, 1994, Some(12_317), 1);
    see("contacts, chats and groups");
    case.waiting(8, WaitCause::RetryAfter);
    see("Retry-After");
    case.wait(4000);
    see("4 s later");
    case.wait(4000);
    case.waiting(2, WaitCause::Backoff);
    see("a failed request");
    case.page(FetchList::Contacts, 12_317, Some(12_317), 1);
    case.page(FetchList::Contacts, 12_317, Some(12_318), 2);
    see("the list again");
    case.finished(FetchList::Contacts);
    see("chats after contacts");
    case.finished(FetchList::Chats);
    case.finished(FetchList::Groups);
    see("a list without a page");
    case.finished(FetchList::Blocked);
    see("nothing to read");
    case.started(FetchList::Participants);
    case.page(FetchList::Participants, 3, Some(12), 1);
    see("participants");
    case.finished(FetchList::Participants);
    case.page(FetchList::Blocked, 3, Some(3), 1);
    see("blocked ids");
    case.finished(FetchList::Blocked);
    case.started(FetchList::Lids);
    case.page(FetchList::Lids, 200, Some(11_800), 1);
    see("LIDs");
    case.finished(FetchList::Lids);
    case.batch(500, Some(12_317));
    see("writing");
    case.batch(12_317, Some(12_317));
    see("all is written");
    let status = BarStatus(Arc::new(OnceLock::from(case.progress.activity.clone())));
    status.sink().say("表「連絡先」: part 3 of 12\u{1b}[2J");
    see("a status of an exporter");
    let format = "sheets".to_owned();
    case.ran(&Event::Committing { format });
    see("the commit");
    case.progress.end();
    assert_eq!(case.screen.contents(), "");
    shown.into_inner()
}

#[test]
fn each_state_has_a_line_at_each_width() {
    for columns in [120, 80, 40, 12] {
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(format!("{columns}_columns"), states(columns));
        });
    }
}

#[test]
fn saved_answers_have_no_events_of_their_own() {
    let case = Case::new(80);
    case.batch(500, Some(2000));
    case.wait(2000);
    case.batch(1000, Some(2000));
    assert_eq!(
        case.draw(),
        "⠋ writing contacts 1,000 of 2,000 ██████████████░░░░░░░░░░░░░░░ 250/s, 4 s left"
    );
    let case = Case::new(80);
    case.batch(500, None);
    assert_eq!(case.draw(), "⠋ writing contacts 500");
}

#[test]
fn a_list_without_a_total_has_neither_bar_nor_end() {
    let case = Case::new(80);
    case.page(FetchList::Contacts, 500, None, 1);
    case.wait(2000);
    case.page(FetchList::Contacts, 998, None, 1);
    assert_eq!(case.draw(), "⠋ reading contacts 998");
}

#[test]
fn the_longest_of_several_waits_is_shown_and_only_a_page_ends_a_failed_request() {
    let case = Case::new(80);
    let line = "⠋ reading contacts 500 of 500";
    case.page(FetchList::Contacts, 500, Some(500), 1);
    for seconds in [6, 8, 7] {
        case.waiting(seconds, WaitCause::RetryAfter);
    }
    // Answers that were under way still arrive.
    case.page(FetchList::Contacts, 500, Some(500), 1);
    assert_eq!(
        case.draw(),
        format!("{line} ██████████████████ the Whapi API asks to wait 8 s")
    );
    case.wait(8000);
    case.waiting(30, WaitCause::Backoff);
    case.page(FetchList::Contacts, 500, Some(500), 1);
    let bar = "█".repeat(30);
    assert_eq!(case.draw(), format!("{line} {bar}"));
}

#[test]
fn ascii_where_the_locale_is_not_utf_8() {
    let case = Case::with(InMemoryTerm::new(6, 60), Glyphs::ASCII);
    case.page(FetchList::Contacts, 500, Some(2000), 1);
    case.wait(100);
    assert_eq!(
        case.draw(),
        "/ reading contacts 500 of 2,000 ######....................."
    );
    let format = "a format whose name does not fit into the width of it".to_owned();
    case.ran(&Event::Committing { format });
    assert_eq!(
        case.draw(),
        "/ completing a format whose name does not fit into the wi.."
    );
}

/// A terminal that wraps the line when it becomes narrower keeps the cursor at the start of it: there the
/// next drawing begins, and clears the rows below, too.
#[test]
fn a_line_that_the_terminal_has_wrapped_is_cleared() {
    let wide = Screen::new(InMemoryTerm::new(6, 80));
    wide.write_str("⠋ connecting to the Whapi API").unwrap();
    let drawn = "Str(\"\\u{1b}[?7l⠋ connecting to the Whapi API\\u{1b}[?7h\\r\")\n";
    assert_eq!(wide.terminal.moves_since_last_check(), drawn);
    wide.clear_line().unwrap();
    assert_eq!(wide.terminal.moves_since_last_check(), "Clear\n");

    let narrow = Screen::new(InMemoryTerm::new(6, 12));
    narrow.write_str("⠋ connecting to the Whapi API").unwrap();
    narrow.clear_line().unwrap();
    assert_eq!(
        narrow.terminal.moves_since_last_check(),
        drawn.to_owned() + "Clear\nDown(1)\nClear\nDown(1)\nClear\nUp(2)\n"
    );
}

#[test]
fn messages_stand_above_the_line() {
    let case = Case::new(40);
    case.draw();
    for message in ["a log line", "a second one"] {
        let screen = case.screen.clone();
        case.progress.bar.suspend(|| {
            TermLike::write_line(&screen, message).unwrap();
        });
    }
    assert_eq!(
        case.screen.contents(),
        "a log line\na second one\n⠋ connecting to the Whapi API"
    );
    case.progress.end();
    assert_eq!(case.screen.contents(), "a log line\na second one");
}
