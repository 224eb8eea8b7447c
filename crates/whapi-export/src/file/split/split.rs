//! The ways in which a result is split.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use crate::contract::{Error, ErrorKind, Result};

/// How a result is split into several files: the option `split` of every [file
/// format](crate::Definition::file).
///
/// The files stand beside where the one file would: of `contacts.vcf` they are `contacts-001.vcf`,
/// `contacts-002.vcf` and so on by number, and else `contacts-saved.vcf`, `contacts-de.vcf`,
/// `contacts-no-country.vcf`, `contacts-football-sundays.vcf`, `contacts-no-group.vcf`,
/// `contacts-shop.vcf`. Only files with contacts are written; without contacts there is one, without
/// contacts.
///
/// The name of a group or a channel is untrusted text. Its letters and digits are kept, in lower case and cut at
/// 48 bytes, everything else becomes a hyphen; where a letter is not a Latin one, the group's id,
/// or eight digits that follow from the channel's name, stand behind, since file systems differ in which
/// of those they take for the same. A name that is taken gets a number, so that each group or channel has
/// a file of its own.
///
/// All files are held until the last contact is there: 16 MiB of them in memory, the rest in a
/// temporary file without a name in the same folder. Then they are written one after another, each of
/// them complete or not at all. When one cannot be written, those before it stay replaced, and the
/// error names them, to programs by [`Error::partial`]. Files of an earlier run that this one did not
/// write stay, too; a warning names them. A result of more than 10,000 files is an error.
///
/// # Examples
///
/// ```
/// use std::path::Path;
/// use whapi_export::Split;
///
/// let split: Split = "3000".parse()?;
/// assert_eq!(split.files_for(6001), Some(3));
/// assert_eq!(split.pattern(Path::new("out/contacts.vcf")), Path::new("out/contacts-*.vcf"));
///
/// let error = "many".parse::<Split>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "option `split`: `many` is neither a number of contacts from 1 nor standing, country, group or \
///      channel"
/// );
/// # Ok::<(), whapi_export::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Split {
    /// Files of at most so many contacts, in their order.
    Count(NonZeroU64),
    /// A file for each [`Standing`](whapi_classify::Standing).
    Standing,
    /// A file for each country of a phone number, and one for contacts without. Needs
    /// [`OpenContext::with_country_of`](crate::OpenContext::with_country_of).
    Country,
    /// A file for each group, with its members, and one for contacts in none. Needs
    /// [reasons](crate::Available::reasons).
    Group,
    /// A file for each channel. Needs a run over [several channels](crate::Available::channels).
    Channel,
}

impl Split {
    /// How many files so many contacts fill. `None` unless split by [number](Self::Count).
    pub fn files_for(self, contacts: u64) -> Option<u64> {
        match self {
            Self::Count(most) => Some(contacts.div_ceil(most.get()).max(1)),
            _ => None,
        }
    }
}

impl FromStr for Split {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Ok(match text {
            "standing" => Self::Standing,
            "country" => Self::Country,
            "group" => Self::Group,
            "channel" => Self::Channel,
            number => Self::Count(number.parse().map_err(|_| {
                Error::new(
                    ErrorKind::Config,
                    format!(
                        "option `split`: `{number}` is neither a number of contacts from 1 nor \
                         standing, country, group or channel"
                    ),
                )
            })?),
        })
    }
}

/// The value that parses to it.
impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(most) => most.fmt(f),
            Self::Standing => f.write_str("standing"),
            Self::Country => f.write_str("country"),
            Self::Group => f.write_str("group"),
            Self::Channel => f.write_str("channel"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_parse_and_show_alike() {
        for value in ["1", "3000", "standing", "country", "group", "channel"] {
            assert_eq!(value.parse::<Split>().unwrap().to_string(), value);
        }
        for bad in ["0", "-1", "", "1.5", "Group", "18446744073709551616"] {
            let error = bad.parse::<Split>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains(&format!("`{bad}`")), "{error}");
        }
    }

    #[test]
    fn a_number_of_files_is_known_for_counts_only() {
        let split: Split = "1000".parse().unwrap();
        let files = [0, 1, 1000, 1001, 2000].map(|contacts| split.files_for(contacts).unwrap());
        assert_eq!(files, [1, 1, 1, 2, 2]);
        assert_eq!(Split::Group.files_for(5), None);
    }
}
