//! The emulated API of `--demo` and `emulate`.

use time::OffsetDateTime;
use whapi_emulator::people::DEFAULT_SEED;
use whapi_emulator::{Emulator, EmulatorBuilder};

use crate::error::CliError;

/// Returns the settings of an emulator whose chats were active before a day.
///
/// `day` is its first second since 1970 UTC. Default: today, so that counts by month have recent
/// months. The answers are the same all day.
pub(crate) fn emulator(day: Option<i64>) -> EmulatorBuilder {
    let midnight = || OffsetDateTime::now_utc().date().midnight();
    let day = day.unwrap_or_else(|| midnight().assume_utc().unix_timestamp());
    Emulator::builder().newest_activity(u64::try_from(day).unwrap_or_default())
}

/// Returns the settings of an emulator of several channels.
pub(crate) fn emulated_channels(count: u16) -> EmulatorBuilder {
    let channel = |number: u16| {
        emulator(None)
            .token(format!("demo-token-{number}"))
            .seed(u64::from(number) + DEFAULT_SEED - 1)
    };
    (2..=count).fold(channel(1), |first, number| {
        first.and_channel(channel(number))
    })
}

/// Starts an emulator for a demo.
pub(crate) fn start(emulator: EmulatorBuilder) -> Result<Emulator, CliError> {
    emulator.start_blocking().map_err(|error| {
        CliError::unexpected(format!("could not start the emulated Whapi API: {error}"))
    })
}
