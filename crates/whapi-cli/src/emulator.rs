//! The emulated API of `--demo` and `emulate`.

use time::OffsetDateTime;
use whapi_emulator::people::DEFAULT_SEED;
use whapi_emulator::serde_json::{Value, json};
use whapi_emulator::{Emulator, EmulatorBuilder};

use crate::error::CliError;

/// The token of the emulated partner API.
pub(crate) const PARTNER_TOKEN: &str = "demo-partner-token";

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

/// Returns the settings of an emulator of a partner account, whose channels are in different states.
pub(crate) fn emulated_account() -> EmulatorBuilder {
    let channel = |number: u16, fields: Value| {
        let token = format!("demo-token-{number}");
        emulator(None).people(1).token(token).listed_as(fields)
    };
    channel(1, json!({"name": "Shop Berlin"}))
        .and_channel(channel(2, json!({"name": "Shop Lisbon"})))
        .and_channel(channel(3, json!({"name": "Support", "stopped": true})))
        .and_channel(channel(4, json!({"name": "Spring fair", "activeTill": 1})))
        .and_channel(channel(5, json!({"name": "Trial", "mode": "trial"})))
        .and_partner(Emulator::builder().token(PARTNER_TOKEN))
}

/// Starts an emulator for a demo.
pub(crate) fn start(emulator: EmulatorBuilder) -> Result<Emulator, CliError> {
    emulator.start_blocking().map_err(|error| {
        CliError::unexpected(format!("could not start the emulated Whapi API: {error}"))
    })
}
