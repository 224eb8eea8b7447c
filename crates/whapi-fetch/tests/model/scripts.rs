//! Scripts by chance.

use crate::model::*;
use proptest::prelude::*;

/// What contacts do among themselves.
#[derive(Debug, Clone, Copy)]
pub(crate) enum World {
    /// Contacts come and go; those that stay keep their order.
    ComeAndGo,
    /// No contact comes or goes; contacts change places.
    ChangePlaces,
    /// All of it.
    Both,
}

pub(crate) fn moving(world: World) -> BoxedStrategy<Event> {
    let come_and_go = prop_oneof![
        any::<u16>().prop_map(Event::Insert),
        any::<u16>().prop_map(Event::Delete),
    ];
    let change_places = prop_oneof![
        3 => any::<(u16, u16)>().prop_map(|(a, b)| Event::Swap(a, b)),
        3 => any::<(u16, u16)>().prop_map(|(a, b)| Event::Move(a, b)),
        1 => any::<u64>().prop_map(Event::Shuffle),
    ];
    match world {
        World::ComeAndGo => come_and_go.boxed(),
        World::ChangePlaces => change_places.boxed(),
        World::Both => prop_oneof![
            4 => come_and_go,
            4 => change_places,
            1 => any::<(u16, u16)>().prop_map(|(of, at)| Event::Duplicate(of, at)),
        ]
        .boxed(),
    }
}

/// What the API itself does: either its pages are short or its total lies, since a page that is
/// short just where a wrong total says that the list ends looks like the end.
pub(crate) fn api_trouble() -> BoxedStrategy<BoxedStrategy<Event>> {
    prop_oneof![
        Just(
            prop_oneof![
                2 => (1u64..8).prop_map(Event::Cap),
                2 => (1u64..8).prop_map(Event::Short),
                1 => any::<bool>().prop_map(Event::Empty),
                2 => any::<bool>().prop_map(Event::TotalShown),
            ]
            .boxed()
        ),
        Just(
            prop_oneof![
                2 => (1u64..9).prop_map(Event::Round),
                1 => (0u64..40).prop_map(Event::Clamp),
                1 => any::<bool>().prop_map(Event::LastPage),
                1 => (1u64..8).prop_map(Event::Short),
                1 => any::<bool>().prop_map(Event::TotalShown),
            ]
            .boxed()
        ),
        Just(
            prop_oneof![
                (-9i64..9).prop_map(Event::TotalOff),
                any::<bool>().prop_map(Event::TotalShown),
            ]
            .boxed()
        ),
    ]
    .boxed()
}

pub(crate) fn scripts(world: World, with_api_trouble: bool) -> impl Strategy<Value = Script> {
    let events = if with_api_trouble {
        api_trouble()
            .prop_map(move |trouble| prop_oneof![3 => moving(world), 1 => trouble].boxed())
            .boxed()
    } else {
        Just(moving(world)).boxed()
    };
    let gaps = events.prop_flat_map(|event| {
        // Most gaps are quiet: a list that never rests is never called complete.
        let gap = prop_oneof![
            3 => Just(Vec::new()),
            1 => prop::collection::vec(event, 1..5),
        ];
        prop::collection::vec(gap, 0..40)
    });
    (
        0u64..40,
        1u32..9,
        1usize..9,
        gaps,
        any::<bool>(),
        any::<u64>(),
        duplicates_of_the_api(),
        prop::bool::weighted(0.7),
    )
        .prop_map(
            |(people, page_size, concurrency, gaps, endless, order, duplicates, total_shown)| {
                Script {
                    people,
                    duplicates,
                    total_shown,
                    page_size,
                    concurrency,
                    // A list that grows as fast as it is read has no end to come to.
                    endless: endless && growth(&gaps) <= 0,
                    gaps,
                    order,
                }
            },
        )
}

/// In one of three scripts the API lists some contacts twice.
pub(crate) fn duplicates_of_the_api() -> impl Strategy<Value = Vec<(u16, u16)>> {
    prop_oneof![
        2 => Just(Vec::new()),
        1 => prop::collection::vec(any::<(u16, u16)>(), 1..4),
    ]
}

/// By how many rows these events make a list longer.
pub(crate) fn growth(gaps: &[Vec<Event>]) -> i32 {
    gaps.iter()
        .flatten()
        .map(|event| match event {
            Event::Insert(_) | Event::Duplicate(..) => 1,
            Event::Delete(_) => -1,
            _ => 0,
        })
        .sum()
}

/// Whether a script has an API that changes offsets, which may end a scan in an error.
pub(crate) fn changes_offsets(script: &Script) -> bool {
    script.gaps.iter().flatten().any(|event| {
        matches!(
            event,
            Event::Round(_) | Event::Clamp(_) | Event::LastPage(_)
        )
    })
}
