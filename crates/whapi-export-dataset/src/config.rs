//! The options of the exporter.

use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Deserializer};
use whapi_text::{parse_rfc_3339, system_time_rfc_3339};

use crate::shard::Shard;

/// How a dataset is written.
///
/// # Examples
///
/// ```
/// use whapi_export::OpenContext;
/// use whapi_export_dataset::DatasetConfig;
///
/// let ctx = OpenContext::new().with_option("date", "2026-11-29").with_option("shard", "2/3");
/// let config: DatasetConfig = ctx.options()?;
/// assert_eq!(config.shard.to_string(), "2/3");
/// assert!(OpenContext::new().with_option("date", "29.11.2026").options::<DatasetConfig>().is_err());
/// # Ok::<(), whapi_export::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct DatasetConfig {
    /// The day of the folder `dt=…`. Default: today in UTC.
    pub date: Option<DatasetDate>,
    /// Which of several runs this is. Default: the only one.
    pub shard: Shard,
}

impl Default for DatasetConfig {
    fn default() -> Self {
        Self {
            date: None,
            shard: Shard::WHOLE,
        }
    }
}

/// A day: `2026-11-29`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DatasetDate(String);

impl DatasetDate {
    /// The present day in UTC.
    pub fn today() -> Self {
        let mut now = system_time_rfc_3339(SystemTime::now());
        now.truncate("2026-11-29".len());
        Self(now)
    }

    /// A day from its text. `None` for text that is no day.
    ///
    /// ```
    /// use whapi_export_dataset::DatasetDate;
    ///
    /// assert_eq!(DatasetDate::parse("2026-11-29").unwrap().to_string(), "2026-11-29");
    /// assert_eq!(DatasetDate::parse("2026-02-30"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let is_short = text.len() == 10;
        let is_day = is_short && parse_rfc_3339(&format!("{text}T00:00:00Z")).is_some();
        is_day.then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for DatasetDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for DatasetDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            let text = whapi_text::escape_terminal(&text);
            serde::de::Error::custom(format!("`{text}` is no day such as 2026-11-29"))
        })
    }
}
