//! A page of the exporter, opened in a browser.

use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;
use whapi_export::conformance::all_available;
use whapi_export::{Available, ClassifiedContact, RunEnd};
use whapi_test_support::Browser;

use crate::common::export_to;

pub(crate) const WIDE: (u32, u32) = (1280, 900);
pub(crate) const NARROW: (u32, u32) = (380, 760);

pub(crate) struct Page {
    pub(crate) browser: Browser,
    pub(crate) file: PathBuf,
    _folder: TempDir,
}

impl Page {
    /// Exports contacts with everything that a run finds out, and opens the page.
    pub(crate) fn open(size: (u32, u32), contacts: &[ClassifiedContact]) -> Option<Self> {
        Self::open_with(size, [], all_available(), contacts, &RunEnd::complete())
    }

    pub(crate) fn open_with<'a>(
        (width, height): (u32, u32),
        options: impl IntoIterator<Item = (&'a str, &'a str)>,
        available: Available,
        contacts: &[ClassifiedContact],
        end: &RunEnd,
    ) -> Option<Self> {
        let browser = Browser::start(width, height)?;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("contacts.html");
        let _ = export_to(&file, options, available, contacts, end);
        browser.open(&file);
        Some(Self {
            browser,
            file,
            _folder: folder,
        })
    }

    /// The value of an expression of JavaScript in the page, after the next frame.
    pub(crate) fn value(&self, expression: &str) -> Value {
        self.browser.run_async(&format!(
            "const done = arguments[arguments.length - 1];
             requestAnimationFrame(() => requestAnimationFrame(() => done({expression})))"
        ))
    }

    /// Waits until an expression is true, frame by frame.
    pub(crate) fn wait_for(&self, expression: &str) {
        self.browser.run_async(&format!(
            "const done = arguments[arguments.length - 1];
             const look = () => ({expression}) ? done(true) : requestAnimationFrame(look);
             look()"
        ));
    }

    /// The text of an element, without blank lines.
    pub(crate) fn text(&self, selector: &str) -> String {
        let text = self.value(&format!("document.querySelector('{selector}').innerText"));
        let lines = text.as_str().unwrap().lines();
        let lines: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
        lines.join("\n")
    }

    /// The names in the list, as far as it is in sight.
    pub(crate) fn names(&self) -> Vec<String> {
        self.texts(".row .name")
    }

    /// The texts of all elements that a selector finds.
    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        let texts = self.value(&format!(
            "[...document.querySelectorAll('{selector}')].map((found) => found.textContent)"
        ));
        serde_json::from_value(texts).unwrap()
    }

    /// Types into the search as if its text was replaced.
    pub(crate) fn search(&self, text: &str) {
        self.browser.run(&format!(
            "query.value = {}; query.dispatchEvent(new Event('input'))",
            json!(text)
        ));
    }

    /// Chooses the option of a `select` whose text begins so.
    #[track_caller]
    pub(crate) fn choose(&self, id: &str, text: &str) {
        let chosen = self.browser.run(&format!(
            "const control = document.getElementById('{id}');
             const options = [...control.options];
             const option = options.find((one) => one.text.replace(/[\\u2068\\u2069]/g, '').startsWith({}));
             control.value = option.value;
             control.dispatchEvent(new Event('change'));
             return option.text",
            json!(text)
        ));
        assert!(chosen.is_string());
    }

    /// The options of a `select`, with how many contacts each has.
    pub(crate) fn options(&self, id: &str) -> Vec<String> {
        let texts = self.texts(&format!("#{id} option"));
        let texts = texts.iter();
        texts
            .map(|text| text.replace(['\u{2068}', '\u{2069}'], ""))
            .collect()
    }

    /// What has the focus: its id, or its name.
    pub(crate) fn focus(&self) -> String {
        let focus = self.value("document.activeElement.id || document.activeElement.tagName");
        focus.as_str().unwrap().to_owned()
    }

    /// The name in the row that the keyboard is at.
    pub(crate) fn active(&self) -> String {
        self.value(
            "document.getElementById(list.getAttribute('aria-activedescendant'))
               .querySelector('.name').textContent",
        )
        .as_str()
        .unwrap()
        .to_owned()
    }

    /// Ends the test: the console has no error, of a script or of the policy.
    #[track_caller]
    pub(crate) fn close(self) {
        assert_eq!(self.browser.console(), [""; 0]);
    }
}
