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
    /// The format of the files. Default: JSON Lines.
    pub file: DatasetFile,
}

impl Default for DatasetConfig {
    fn default() -> Self {
        Self {
            date: None,
            shard: Shard::WHOLE,
            file: DatasetFile::Jsonl,
        }
    }
}

/// The format of the files of a dataset.
///
/// # Examples
///
/// ```
/// use whapi_export::OpenContext;
/// use whapi_export_dataset::{DatasetConfig, DatasetFile};
///
/// let options = |file: &str| OpenContext::new().with_option("file", file).options::<DatasetConfig>();
/// assert_eq!(options("jsonl")?.file, DatasetFile::Jsonl);
/// assert_eq!(options("parquet").is_ok(), cfg!(feature = "parquet"));
/// # Ok::<(), whapi_export::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DatasetFile {
    /// `part-0.jsonl`: a JSON object a line.
    Jsonl,
    /// `part-0.parquet`: the same as columns.
    #[cfg(feature = "parquet")]
    #[cfg_attr(docsrs, doc(cfg(feature = "parquet")))]
    Parquet,
}

impl DatasetFile {
    /// The name of the file of a partition.
    pub(crate) const fn file_name(self) -> &'static str {
        match self {
            Self::Jsonl => "part-0.jsonl",
            #[cfg(feature = "parquet")]
            Self::Parquet => "part-0.parquet",
        }
    }
}

impl<'de> Deserialize<'de> for DatasetFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            "jsonl" => Ok(Self::Jsonl),
            #[cfg(feature = "parquet")]
            "parquet" => Ok(Self::Parquet),
            #[cfg(not(feature = "parquet"))]
            "parquet" => Err(serde::de::Error::custom(
                "this program was built without Parquet; use `jsonl`, or install one with it by \
                 `cargo install whapi-cli --features parquet`",
            )),
            other => {
                let other = whapi_text::escape_terminal(other);
                Err(serde::de::Error::custom(format!(
                    "`{other}` is neither jsonl nor parquet"
                )))
            }
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
