//! How often a moving list hides a contact, measured.

use std::fmt::Write as _;
use std::io::Write as _;

use crate::model::*;
use crate::scripts::*;

/// How many of `scripts` ended in each way.
#[derive(Debug, Default)]
struct Rates {
    scripts: u32,
    complete: u32,
    hidden_in_complete: u32,
    hidden_in_incomplete: u32,
    plain_lost: u32,
}

/// One script of the measurement: each gap has `moves` of a kind with the chance given in percent.
fn measured_script(rng: &mut fastrand::Rng, setting: &Setting, world: World) -> Script {
    let mut place = {
        let mut rng = rng.fork();
        move || rng.u16(..)
    };
    let mut gap = |busy: bool, coin: u8| {
        let (come_and_go, change_places) = match world {
            World::ComeAndGo => (true, false),
            World::ChangePlaces => (false, true),
            World::Both => (true, true),
        };
        let mut events = Vec::new();
        if busy && come_and_go {
            // As many come as go, so that the total tells nothing.
            events.push(Event::Delete(place()));
            events.push(Event::Insert(place()));
        }
        if busy && change_places {
            events.push(match coin {
                // A contact wrote a message and goes to the top, as chats do.
                0 => Event::Move(place(), 0),
                1 => Event::Move(place(), place()),
                _ => Event::Swap(place(), place()),
            });
        }
        events
    };
    let gaps = (0..64)
        .map(|_| gap(rng.u8(..100) < setting.percent_of_gaps, rng.u8(..3)))
        .collect();
    Script {
        people: setting.people,
        duplicates: Vec::new(),
        page_size: setting.page_size,
        concurrency: setting.concurrency,
        total_shown: true,
        gaps,
        endless: true,
        order: rng.u64(..),
    }
}

#[derive(Debug, Clone, Copy)]
struct Setting {
    people: u64,
    page_size: u32,
    concurrency: usize,
    percent_of_gaps: u8,
}

/// Prints the table of docs/scan.md.
#[test]
#[ignore = "slow tier: measures"]
fn measure_how_often_a_contact_is_hidden() {
    let settings = [
        (1317, 500, 1, 25, 1_000),
        (1317, 500, 8, 25, 1_000),
        (1317, 500, 8, 100, 1_000),
        (1317, 100, 8, 5, 1_000),
        (40, 7, 8, 25, 5_000),
    ];
    let mut table = String::new();
    for (people, page_size, concurrency, percent_of_gaps, scripts) in settings {
        for world in [World::ComeAndGo, World::ChangePlaces, World::Both] {
            let setting = Setting {
                people,
                page_size,
                concurrency,
                percent_of_gaps,
            };
            let mut rng = fastrand::Rng::with_seed(20_261_122);
            let mut rates = Rates::default();
            for _ in 0..scripts {
                let script = measured_script(&mut rng, &setting, world);
                let outcome = block_on(run(&script, 1_000_000)).unwrap().unwrap();
                rates.scripts += 1;
                rates.complete += u32::from(outcome.report.complete);
                if !outcome.hidden.is_empty() {
                    if outcome.report.complete {
                        rates.hidden_in_complete += 1;
                    } else {
                        rates.hidden_in_incomplete += 1;
                    }
                }
                rates.plain_lost += u32::from(!plain_loop(&script));
            }
            writeln!(table, "{setting:?} {world:?}: {rates:?}").unwrap();
        }
    }
    // The table is what this test is for.
    std::io::stdout().write_all(table.as_bytes()).unwrap();
}
