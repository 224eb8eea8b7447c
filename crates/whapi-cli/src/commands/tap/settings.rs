//! The settings of the tap.
//!
//! No message repeats a value, because a value may be a token in the wrong place.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use whapi_export::Available;
use whapi_export::whapi_model::StandingBy;
use whapi_fetch::{EnrichmentRequest, MAX_PAGE_SIZE, ScanOptions};
use whapi_secret::holds_token;

use super::files::text;
use crate::config::{did_you_mean, quoted_key};
use crate::error::CliError;
use crate::source::channel::DEFAULT_CHANNEL_CONCURRENCY;

/// The settings. A runner knows them by these names, too.
const KEYS: [&str; 15] = [
    "config_file",
    "channels",
    "channel_tags",
    "channel_concurrency",
    "base_url",
    "page_size",
    "concurrency",
    "max_requests",
    "max_requests_total",
    "reasons",
    "resolve_lids",
    "max_lid_lookups",
    "standing_by",
    "allow_incomplete",
    "demo_channels",
];

/// Words in the names of settings that hold a secret.
const SECRETS: [&str; 5] = ["token", "secret", "password", "credential", "api_key"];

/// The settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Settings {
    /// The configuration with the channels. `None` for that of the user.
    pub(super) config_file: Option<PathBuf>,
    /// The channels, and the tags of channels. All of them if there are none of both.
    pub(super) channels: Vec<String>,
    pub(super) channel_tags: Vec<String>,
    pub(super) channel_concurrency: usize,
    pub(super) base_url: Option<String>,
    page_size: u32,
    pub(super) concurrency: usize,
    pub(super) max_requests: Option<u64>,
    pub(super) max_requests_total: Option<u64>,
    reasons: bool,
    resolve_lids: bool,
    max_lid_lookups: u64,
    pub(super) standing_by: StandingBy,
    /// Whether to write channels that are not proven complete.
    pub(super) allow_incomplete: bool,
    pub(super) demo_channels: Option<u16>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            config_file: None,
            channels: Vec::new(),
            channel_tags: Vec::new(),
            channel_concurrency: DEFAULT_CHANNEL_CONCURRENCY.into(),
            base_url: None,
            page_size: MAX_PAGE_SIZE,
            concurrency: whapi_fetch::DEFAULT_CONCURRENCY,
            max_requests: None,
            max_requests_total: None,
            reasons: false,
            resolve_lids: false,
            max_lid_lookups: EnrichmentRequest::DEFAULT_LID_LOOKUPS,
            standing_by: StandingBy::Phonebook,
            allow_incomplete: false,
            demo_channels: None,
        }
    }
}

impl Settings {
    /// Reads the file of `--config`. A file that is no JSON object is a config.toml.
    pub(super) async fn read(path: Option<&Path>) -> Result<Self, CliError> {
        let Some(path) = path else {
            return Ok(Self::default());
        };
        let is_toml = path.extension().is_some_and(|ending| ending == "toml");
        if !is_toml {
            let text = text(path, "the settings").await?;
            if text
                .trim_start_matches('\u{feff}')
                .trim_start()
                .starts_with('{')
            {
                return Self::parse(&text).map_err(|fault| {
                    CliError::usage(format!("the settings `{}`: {fault}", path.display()))
                });
            }
        }
        Ok(Self {
            config_file: Some(path.to_owned()),
            ..Self::default()
        })
    }

    /// Reads a JSON object. The error is a fragment of a message.
    fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim_start_matches('\u{feff}');
        let values: Map<String, Value> = serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            format!("not valid JSON (line {line}, column {column})")
        })?;
        let mut settings = Self::default();
        for (key, value) in &values {
            refuse_secrets(key, value)?;
            // Runners write null for a setting without a value.
            if !value.is_null() {
                settings.set(key, value)?;
            }
        }
        Ok(settings)
    }

    fn set(&mut self, key: &str, value: &Value) -> Result<(), String> {
        match key {
            "config_file" => self.config_file = Some(a_text(key, value)?.into()),
            "channels" => self.channels = names(key, value)?,
            "channel_tags" => self.channel_tags = names(key, value)?,
            "channel_concurrency" => self.channel_concurrency = number(key, value, 1, 64)?,
            "base_url" => self.base_url = Some(a_text(key, value)?),
            "page_size" => self.page_size = number(key, value, 2, MAX_PAGE_SIZE.into())?,
            "concurrency" => self.concurrency = number(key, value, 1, 64)?,
            "max_requests" => self.max_requests = Some(number(key, value, 1, u64::MAX)?),
            "max_requests_total" => {
                self.max_requests_total = Some(number(key, value, 1, u64::MAX)?);
            }
            "reasons" => self.reasons = a_switch(key, value)?,
            "resolve_lids" => self.resolve_lids = a_switch(key, value)?,
            "max_lid_lookups" => self.max_lid_lookups = number(key, value, 0, u64::MAX)?,
            "standing_by" => self.standing_by = standing_by(value)?,
            "allow_incomplete" => self.allow_incomplete = a_switch(key, value)?,
            "demo_channels" => self.demo_channels = Some(number(key, value, 1, 300)?),
            other => {
                return Err(format!(
                    "unknown key {}{} known: {}",
                    quoted_key(other),
                    did_you_mean(other, KEYS),
                    KEYS.join(", ")
                ));
            }
        }
        Ok(())
    }

    /// How lists are read.
    pub(super) fn scan_options(&self) -> Result<ScanOptions, CliError> {
        Ok(ScanOptions::default()
            .with_page_size(self.page_size)?
            .with_concurrency(self.concurrency)?)
    }

    /// What is requested beside contacts.
    pub(super) fn enrichment(&self) -> EnrichmentRequest {
        EnrichmentRequest::default()
            .with_reasons(self.reasons)
            .with_lids(self.resolve_lids)
            .with_max_lid_lookups(self.max_lid_lookups)
    }

    /// What contacts have beside their own fields.
    pub(super) fn available(&self) -> Available {
        Available::default()
            .with_reasons(self.reasons)
            .with_lid_links(self.resolve_lids)
    }
}

/// An error for a key or a value that holds a token.
fn refuse_secrets(key: &str, value: &Value) -> Result<(), String> {
    let name = key.to_ascii_lowercase();
    let is_secret = SECRETS.iter().any(|word| name.contains(word));
    if !is_secret && !has_token(value) {
        return Ok(());
    }
    let what = if is_secret {
        "is for a secret"
    } else {
        "has what looks like a token"
    };
    Err(format!(
        "the key {} {what}, and settings hold none; give the place of each token in config.toml \
         (token_file, token_command or token_env), and name that file by `config_file`",
        quoted_key(key)
    ))
}

/// Whether any text of a value looks like a token.
fn has_token(value: &Value) -> bool {
    match value {
        Value::String(text) => holds_token(text),
        Value::Array(values) => values.iter().any(has_token),
        Value::Object(values) => values
            .iter()
            .any(|(key, value)| holds_token(key) || has_token(value)),
        _ => false,
    }
}

fn a_text(key: &str, value: &Value) -> Result<String, String> {
    let text = value.as_str().filter(|text| !text.is_empty());
    text.map(str::to_owned)
        .ok_or_else(|| format!("`{key}` is no text"))
}

fn names(key: &str, value: &Value) -> Result<Vec<String>, String> {
    let names = value.as_array().map(|names| {
        let names = names.iter();
        names.map(|name| name.as_str().map(str::to_owned))
    });
    let names: Vec<String> = names
        .and_then(Iterator::collect)
        .ok_or_else(|| format!("`{key}` is no list of names"))?;
    if names.is_empty() {
        return Err(format!(
            "`{key}` is empty; leave it out to read all channels"
        ));
    }
    Ok(names)
}

fn a_switch(key: &str, value: &Value) -> Result<bool, String> {
    value
        .as_bool()
        .ok_or_else(|| format!("`{key}` is neither true nor false"))
}

fn number<T: TryFrom<u64>>(key: &str, value: &Value, least: u64, most: u64) -> Result<T, String> {
    let number = value
        .as_u64()
        .filter(|number| (least..=most).contains(number));
    let range = if most == u64::MAX {
        format!("of at least {least}")
    } else {
        format!("from {least} to {most}")
    };
    number
        .and_then(|number| T::try_from(number).ok())
        .ok_or_else(|| format!("`{key}` is no number {range}"))
}

fn standing_by(value: &Value) -> Result<StandingBy, String> {
    match value.as_str() {
        Some("phonebook") => Ok(StandingBy::Phonebook),
        Some("saved") => Ok(StandingBy::Saved),
        _ => Err("`standing_by` is neither phonebook nor saved".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_error(text: &str, expected: &str) {
        assert_eq!(Settings::parse(text).unwrap_err(), expected);
    }

    #[test]
    fn every_key_sets_something() {
        let values = r#"{"config_file":"a.toml","channels":["shop"],"channel_tags":["eu"],
            "channel_concurrency":2,"base_url":"http://127.0.0.1:1","page_size":10,"concurrency":3,
            "max_requests":4,"max_requests_total":5,"reasons":true,"resolve_lids":true,
            "max_lid_lookups":6,"standing_by":"saved","allow_incomplete":true,"demo_channels":7}"#;
        let expected = Settings {
            config_file: Some("a.toml".into()),
            channels: vec!["shop".to_owned()],
            channel_tags: vec!["eu".to_owned()],
            channel_concurrency: 2,
            base_url: Some("http://127.0.0.1:1".to_owned()),
            page_size: 10,
            concurrency: 3,
            max_requests: Some(4),
            max_requests_total: Some(5),
            reasons: true,
            resolve_lids: true,
            max_lid_lookups: 6,
            standing_by: StandingBy::Saved,
            allow_incomplete: true,
            demo_channels: Some(7),
        };
        assert_eq!(Settings::parse(values), Ok(expected));
        let parsed: Map<String, Value> = serde_json::from_str(values).unwrap();
        assert_eq!(parsed.len(), KEYS.len());
        for key in KEYS {
            let null = format!("{{\"{key}\":null}}");
            assert_eq!(Settings::parse(&null), Ok(Settings::default()), "{key}");
        }
    }

    #[test]
    fn faults_name_the_key_and_repeat_no_value() {
        check_error(
            r#"{"chanels":["shop"]}"#,
            "unknown key `chanels`, did you mean `channels`? known: config_file, channels, channel_tags, \
             channel_concurrency, base_url, page_size, concurrency, max_requests, max_requests_total, \
             reasons, resolve_lids, max_lid_lookups, standing_by, allow_incomplete, demo_channels",
        );
        check_error(
            r#"{"page_size":1}"#,
            "`page_size` is no number from 2 to 500",
        );
        check_error(
            r#"{"max_requests":"9"}"#,
            "`max_requests` is no number of at least 1",
        );
        check_error(r#"{"channels":"shop"}"#, "`channels` is no list of names");
        check_error(r#"{"channels":[1]}"#, "`channels` is no list of names");
        check_error(
            r#"{"channels":[]}"#,
            "`channels` is empty; leave it out to read all channels",
        );
        check_error(r#"{"reasons":"on"}"#, "`reasons` is neither true nor false");
        check_error(r#"{"base_url":""}"#, "`base_url` is no text");
        check_error(
            r#"{"standing_by":"both"}"#,
            "`standing_by` is neither phonebook nor saved",
        );
        check_error(r#"{"channels":["#, "not valid JSON (line 1, column 13)");
    }

    #[test]
    fn tokens_are_refused_wherever_they_are() {
        const TOKEN: &str = "3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d";
        const WAY_OUT: &str = ", and settings hold none; give the place of each token in config.toml \
             (token_file, token_command or token_env), and name that file by `config_file`";
        for key in [
            "token",
            "access_token",
            "TOKEN",
            "apiToken",
            "client_secret",
            "token_file",
        ] {
            check_error(
                &format!("{{\"{key}\":\"x\"}}"),
                &format!("the key `{key}` is for a secret{WAY_OUT}"),
            );
        }
        for (key, value) in [
            ("channels", format!("[\"shop\",\"{TOKEN}\"]")),
            ("base_url", format!("\"http://127.0.0.1/{TOKEN}\"")),
            ("other", format!("{{\"deep\":[{{\"{TOKEN}\":1}}]}}")),
        ] {
            check_error(
                &format!("{{\"{key}\":{value}}}"),
                &format!("the key `{key}` has what looks like a token{WAY_OUT}"),
            );
        }
        let hidden = Settings::parse(&format!("{{\"{TOKEN}\":1}}")).unwrap_err();
        assert!(
            hidden.starts_with("unknown key that looks like a token; known: "),
            "{hidden}"
        );
    }
}
