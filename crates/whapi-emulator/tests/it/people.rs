//! The made-up people, whom fixtures and snapshots depend on.

use whapi_emulator::people::{self, DEFAULT_COUNT, DEFAULT_SEED};
use whapi_emulator::{Emulator, Person};

/// FNV-1a of a list's JSON, in place of a fixture.
fn checksum(people: &[Person]) -> u64 {
    Emulator::answer(people, 0, people.len())
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

#[test]
fn made_up_people_are_the_same_in_every_version() {
    let people = people::made_up(DEFAULT_COUNT, DEFAULT_SEED);
    let first: Vec<_> = people.iter().take(5).map(Person::to_json).collect();
    assert_eq!(first, FIRST);
    assert_eq!(checksum(&people), CHECKSUM);
}

const FIRST: [&str; 5] = [
    r#"{"id":"441164960434","pushname":"শ্রেয়া","saved":false}"#,
    r#"{"id":"46701740605","pushname":"zoë","saved":false}"#,
    r#"{"id":"12125550160","name":"王, 秀英","pushname":"王秀英","saved":true,"is_business":true}"#,
    r#"{"id":"719278696675781@lid","pushname":"Jiří","saved":false}"#,
    r#"{"id":"441164960423","pushname":"秀英","saved":false}"#,
];
const CHECKSUM: u64 = 3_928_490_645_997_512_752;
