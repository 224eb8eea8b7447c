//! `emulate`: serves an emulated Whapi API.

use std::time::Duration;

use whapi_emulator::{
    Channel, Effect, Emulator, EmulatorBuilder, Fault, ListChange, TotalMode, Trigger, people,
};

use crate::args::{ChannelArg, EmulateArgs, FaultArgs, FaultKind};
use crate::console::{self, Console};
use crate::emulator::emulator;
use crate::{exit, signals};

/// Serves until Ctrl-C or SIGTERM. Prints the address as one line on standard output.
pub(crate) fn run(args: &EmulateArgs) -> u8 {
    let console = Console::new(false);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let served = runtime.and_then(|runtime| runtime.block_on(serve(args, console)));
    match served {
        Ok(code) => code,
        Err(error) => {
            console.error(format_args!(
                "could not serve on port {}: {error}",
                args.port
            ));
            exit::UNEXPECTED
        }
    }
}

async fn serve(args: &EmulateArgs, console: Console) -> std::io::Result<u8> {
    let stop = signals::listen()?;
    let api = account(args).start().await?;
    console.info(format_args!(
        "an emulated Whapi API with {} made-up contacts; its token is `{}`; stop it with Ctrl-C",
        whapi_text::grouped(args.contacts as u64),
        api.token()
    ));
    if let Some(partner) = api.partner() {
        console.info(format_args!(
            "the partner API lists {}; its token is `{}`",
            whapi_text::counted(api.channels().len() as u64, "channel"),
            partner.token()
        ));
    }
    console::print(&format!("{}\n", api.base_url()))?;
    let by = stop.await;
    api.shutdown().await;
    Ok(exit::of_cancel(by))
}

/// The channels of the arguments, and the partner API if there is a number of them.
fn account(args: &EmulateArgs) -> EmulatorBuilder {
    let first = build(args);
    let Some(count) = args.channels else {
        return first;
    };
    let seed = args.seed.unwrap_or(people::DEFAULT_SEED);
    let channel = |number: u16| {
        emulator(args.today)
            .people(args.contacts)
            .token(format!("{}-{number}", args.token))
            .seed(seed.wrapping_add(u64::from(number) - 1))
    };
    (2..=count)
        .fold(first, |first, number| first.and_channel(channel(number)))
        .and_partner(Emulator::builder().token(&args.partner_token))
}

fn build(args: &EmulateArgs) -> EmulatorBuilder {
    let (faults, answers) = (&args.faults, &args.answers);
    let mut api = emulator(args.today)
        .people(args.contacts)
        .port(args.port)
        .token(&args.token)
        .latency(Duration::from_millis(faults.latency_ms))
        .channel(channel(faults.channel))
        .no_limits(answers.no_limits)
        .participants_cap(answers.participants_cap.unwrap_or(usize::MAX))
        .group_cap(answers.group_cap.unwrap_or(usize::MAX))
        .device_ids(answers.device_ids)
        .blocked_lids(answers.blocked_lids)
        .huge_numbers(answers.huge_numbers);
    if let Some(seed) = args.seed {
        api = api.seed(seed);
    }
    if let Some(rows) = faults.page_cap {
        api = api.page_cap(rows);
    }
    if faults.no_total {
        api = api.total(TotalMode::Missing);
    } else if let Some(by) = faults.total_off {
        api = api.total(TotalMode::Off(by));
    }
    if faults.same_page {
        api = api.fault(Fault::new(Trigger::Always, Effect::SamePage));
    }
    if faults.remove + faults.append + faults.insert > 0 {
        api = api.fault(Fault::new(
            Trigger::Request(2),
            Effect::Change(changes(args)),
        ));
    }
    if let Some(n) = faults.fault_every {
        api = api.fault(Fault::new(Trigger::Every(n), effect(faults)));
    }
    api
}

/// Removes contacts from the start of the list, and adds new contacts.
fn changes(args: &EmulateArgs) -> ListChange {
    let FaultArgs {
        remove,
        append,
        insert,
        ..
    } = args.faults;
    let seed = args.seed.unwrap_or(people::DEFAULT_SEED);
    let mut appended =
        people::made_up(args.contacts + append + insert, seed).split_off(args.contacts);
    let inserted = appended.split_off(append);
    ListChange::All(vec![
        ListChange::RemoveAt((0..remove.min(args.contacts)).collect()),
        ListChange::Append(appended),
        ListChange::InsertFront(inserted),
    ])
}

fn effect(faults: &FaultArgs) -> Effect {
    let retry_after = faults.retry_after.clone();
    match (faults.fault, retry_after) {
        (FaultKind::RateLimited, retry_after) => Effect::RateLimited { retry_after },
        (FaultKind::Unavailable, Some(value)) => Effect::RetryAfter { status: 503, value },
        (FaultKind::Unavailable, None) => Effect::Status(503),
        (FaultKind::ServerError, _) => Effect::Status(500),
        (FaultKind::TrialLimit, _) => Effect::TrialLimit,
        (FaultKind::Cut, _) => Effect::CutBody,
        (FaultKind::Truncated, _) => Effect::TruncatedJson,
        (FaultKind::Html, _) => Effect::Html,
        (FaultKind::Close, _) => Effect::CloseConnection,
    }
}

fn channel(state: ChannelArg) -> Channel {
    match state {
        ChannelArg::Auth => Channel::Auth,
        ChannelArg::Qr => Channel::Qr,
        ChannelArg::Stop => Channel::Stop,
        ChannelArg::Error => Channel::Error,
        ChannelArg::SyncError => Channel::SyncError,
        ChannelArg::Launch => Channel::Launch { answers: 3 },
        ChannelArg::Missing => Channel::Missing,
    }
}
