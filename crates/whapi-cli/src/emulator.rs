//! The emulated API of `--demo` and `emulate`.

use time::OffsetDateTime;
use whapi_emulator::{Emulator, EmulatorBuilder};

/// Returns the settings of an emulator whose chats were active before a day.
///
/// `day` is its first second since 1970 UTC. Default: today, so that counts by month have recent
/// months. The answers are the same all day.
pub(crate) fn emulator(day: Option<i64>) -> EmulatorBuilder {
    let midnight = || OffsetDateTime::now_utc().date().midnight();
    let day = day.unwrap_or_else(|| midnight().assume_utc().unix_timestamp());
    Emulator::builder().newest_activity(u64::try_from(day).unwrap_or_default())
}
