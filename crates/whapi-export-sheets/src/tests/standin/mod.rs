//! A stand-in for the Sheets API, over HTTP: one spreadsheet, with quotas and scripted faults.
//!
//! `docs/testing/sheets.md` lists which of its behavior is documented and which is assumed.

mod call;
mod changes;
mod mask;
mod refused;
mod respond;
mod sheet;
mod state;
mod token;

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::Value;
use whapi_http::VirtualClock;

pub(super) use sheet::{Cell, Sheet, Val};
pub(super) use state::{Entry, Fault, ID, Kind, POLLER, READ_ONLY_TOKEN, TOKEN};

use respond::serve;
use state::{QUOTA, StandInState, lock};

pub(super) struct StandIn {
    state: Arc<Mutex<StandInState>>,
    clock: Arc<VirtualClock>,
    port: u16,
}

impl StandIn {
    pub(super) fn start(clock: Arc<VirtualClock>) -> Self {
        Self::start_on(0, clock)
    }

    pub(super) fn start_on(port: u16, clock: Arc<VirtualClock>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = StandInState {
            sheets: vec![Sheet::new(0, "Sheet1", 1000, 26)],
            next_tag: 1,
            most_payload: 10_000_000,
            keeps_history: true,
            ..StandInState::default()
        };
        let state = Arc::new(Mutex::new(state));
        let (shared, time) = (Arc::downgrade(&state), Arc::clone(&clock));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if shared.strong_count() == 0 {
                    break;
                }
                let (shared, time) = (shared.clone(), Arc::clone(&time));
                std::thread::spawn(move || {
                    let _ = serve(&stream, &shared, &time);
                });
            }
        });
        Self { state, clock, port }
    }

    fn lock(&self) -> MutexGuard<'_, StandInState> {
        lock(&self.state)
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    pub(super) fn clock(&self) -> &Arc<VirtualClock> {
        &self.clock
    }

    pub(super) fn journal(&self) -> Vec<Entry> {
        self.lock().journal.clone()
    }

    pub(super) fn count(&self, kind: Kind) -> usize {
        self.lock()
            .journal
            .iter()
            .filter(|entry| entry.kind == kind)
            .count()
    }

    pub(super) fn forget_journal(&self) {
        let mut state = self.lock();
        state.journal.clear();
        state.faults.clear();
        state.edits.0.clear();
    }

    /// Sets a fault for the `nth` request, counted from 1.
    pub(super) fn fault(&self, nth: usize, fault: Fault) {
        self.lock().faults.insert(nth, fault);
    }

    /// Sets a fault for every request from the `nth` on.
    pub(super) fn fault_from(&self, nth: usize, fault: Fault) {
        self.lock().every = Some((nth, fault));
    }

    /// Edits the tab `Contacts` before the `nth` request is answered, as people do.
    pub(super) fn edit_before(&self, nth: usize, edit: impl FnOnce(&mut Sheet) + Send + 'static) {
        self.lock().edits.0.insert(nth, Box::new(edit));
    }

    /// Exhausts the quota of the current minute.
    pub(super) fn use_up_quota(&self) {
        let now = self.clock.elapsed();
        for is_read in [true, false] {
            let sent = vec![now; QUOTA];
            self.lock().quotas.insert((is_read, TOKEN.to_owned()), sent);
        }
    }

    pub(super) fn most_payload(&self, bytes: usize) {
        self.lock().most_payload = bytes;
    }

    pub(super) fn read_only(&self) {
        self.lock().read_only = true;
    }

    pub(super) fn without_history(&self) {
        self.lock().keeps_history = false;
    }

    pub(super) fn history(&self) -> Vec<Option<Vec<Vec<String>>>> {
        self.lock().history.clone()
    }

    pub(super) fn sheet(&self, title: &str) -> Option<Sheet> {
        let state = self.lock();
        state
            .sheets
            .iter()
            .find(|sheet| sheet.title == title)
            .cloned()
    }

    pub(super) fn titles(&self) -> Vec<String> {
        self.lock()
            .sheets
            .iter()
            .map(|sheet| sheet.title.clone())
            .collect()
    }

    /// Reads two rows of the tab `Contacts` over HTTP.
    pub(super) fn poll(port: u16) -> Vec<Vec<String>> {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        write!(
            stream,
            "GET /v4/spreadsheets/{ID}/values:batchGet?ranges='Contacts'!A1:L2 HTTP/1.1\r\n\
             Authorization: Bearer {POLLER}\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        let body: Value = serde_json::from_str(body).unwrap();
        serde_json::from_value(body["valueRanges"][0]["values"].clone()).unwrap()
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Edits a tab, as a user would.
    pub(super) fn edit(&self, title: &str, edit: impl FnOnce(&mut Sheet)) {
        let mut state = self.lock();
        edit(
            state
                .sheets
                .iter_mut()
                .find(|sheet| sheet.title == title)
                .unwrap(),
        );
    }

    pub(super) fn add(&self, sheet: Sheet) {
        self.lock().sheets.push(sheet);
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        // Wakes the thread that accepts connections, so that it ends.
        self.state = Arc::default();
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}
