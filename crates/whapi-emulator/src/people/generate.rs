//! People made up from a seed.

use std::collections::HashSet;

use super::names::{Names, about};
use super::numbers::{Lids, Numbers};
use super::person::Person;

/// Number of people that an emulator makes up by default.
pub const DEFAULT_COUNT: usize = 1317;

/// Seed of the made-up people by default.
pub const DEFAULT_SEED: u64 = 7;

/// Number of saved people of [`DEFAULT_COUNT`]; other counts in proportion.
const SAVED: usize = 472;

/// Makes up people from a seed.
///
/// The same count and seed give the same people in the same order.
///
/// Of every 1,317 people 472 are saved (rounded down), with a `name` and mostly a `pushname`. The
/// others are discovered, mostly with a `pushname`; about 10% have only an id and 6% are a LID.
/// About 5% of those with more than an id have `is_business`. All ids differ.
///
/// Phone numbers come from the ranges for fiction of North America, the United Kingdom, Ireland,
/// France, Germany, Sweden and Australia, and then from country code 999, which is not assigned.
///
/// # Examples
///
/// ```
/// use whapi_emulator::people::{DEFAULT_COUNT, DEFAULT_SEED, made_up};
///
/// let people = made_up(DEFAULT_COUNT, DEFAULT_SEED);
/// assert_eq!(people.len(), 1317);
/// assert_eq!(people.iter().filter(|p| p.saved == Some(true)).count(), 472);
/// assert_eq!(people, made_up(1317, 7));
/// ```
pub fn made_up(count: usize, seed: u64) -> Vec<Person> {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut numbers = Numbers::new(&mut rng);
    let mut lids = Lids::new(&mut rng);
    let mut saved = vec![false; count];
    // u128, because the product overflows for large counts.
    let share = (count as u128 * SAVED as u128) / DEFAULT_COUNT as u128;
    for flag in saved
        .iter_mut()
        .take(usize::try_from(share).unwrap_or(count))
    {
        *flag = true;
    }
    rng.shuffle(&mut saved);
    saved
        .into_iter()
        .map(|saved| {
            if saved {
                saved_person(&mut rng, &mut numbers)
            } else {
                discovered_person(&mut rng, &mut numbers, &mut lids)
            }
        })
        .collect()
}

/// Makes up phone numbers that none of these people has.
pub(crate) fn unlisted_numbers(people: &[Person], seed: u64) -> impl Iterator<Item = String> {
    let listed: HashSet<&str> = people.iter().map(|person| person.id.as_str()).collect();
    let mut rng = fastrand::Rng::with_seed(!seed);
    let mut numbers = Numbers::new(&mut rng);
    std::iter::from_fn(move || Some(numbers.next(&mut rng)))
        .filter(move |number| !listed.contains(number.as_str()))
}

fn saved_person(rng: &mut fastrand::Rng, numbers: &mut Numbers) -> Person {
    let mut person = Person::new(numbers.next(rng));
    let names = Names::pick(rng);
    person.name = Some(names.in_a_phone(rng));
    person.pushname = (rng.u8(..100) < 85).then(|| names.chosen(rng));
    person.saved = Some(true);
    decorate(&mut person, rng);
    person
}

fn discovered_person(rng: &mut fastrand::Rng, numbers: &mut Numbers, lids: &mut Lids) -> Person {
    let mut person = Person::new(if rng.u8(..100) < 6 {
        lids.next(rng)
    } else {
        numbers.next(rng)
    });
    person.saved = Some(false);
    if rng.u8(..100) >= 10 {
        person.pushname = Some(Names::pick(rng).chosen(rng));
        decorate(&mut person, rng);
    }
    person
}

/// Sets the rarer fields of some people.
fn decorate(person: &mut Person, rng: &mut fastrand::Rng) {
    person.is_business = (rng.u8(..100) < 5).then_some(true);
    if rng.u8(..100) < 8 {
        person.status = Some(about(rng).to_owned());
    }
    if rng.u8(..100) < 5 {
        // `.invalid` never resolves, so no request for the picture leaves the machine.
        let url = format!("https://pps.invalid/v/{:016x}", rng.u64(..));
        person.profile_pic_full = Some(format!("{url}_full.jpg"));
        person.profile_pic = Some(format!("{url}.jpg"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(people: &[Person]) -> usize {
        people.iter().filter(|p| p.saved == Some(true)).count()
    }

    #[test]
    fn the_default_list_has_the_documented_proportions() {
        let people = made_up(DEFAULT_COUNT, DEFAULT_SEED);
        assert_eq!(saved(&people), 472);
        let discovered: Vec<_> = people.iter().filter(|p| p.saved == Some(false)).collect();
        assert_eq!(discovered.len(), 845);
        assert!(discovered.iter().all(|p| p.name.is_none()));
        let bare = discovered.iter().filter(|p| p.pushname.is_none()).count();
        assert!((60..110).contains(&bare), "{bare}");
        let lids = people.iter().filter(|p| p.id.ends_with("@lid")).count();
        assert!((35..70).contains(&lids), "{lids}");
        let business = people
            .iter()
            .filter(|p| p.is_business == Some(true))
            .count();
        assert!((40..95).contains(&business), "{business}");
    }

    #[test]
    fn small_and_other_counts_work() {
        for (count, share) in [(0, 0), (1, 0), (2, 0), (3, 1), (100, 35), (2634, 944)] {
            let people = made_up(count, 1);
            assert_eq!((people.len(), saved(&people)), (count, share));
        }
    }

    #[test]
    fn another_seed_makes_other_people() {
        assert_ne!(made_up(20, 1), made_up(20, 2));
    }

    #[test]
    fn ids_of_a_large_list_all_differ_and_look_like_ids() {
        let people = made_up(400_000, 3);
        let ids: HashSet<_> = people.iter().map(|p| p.id.as_str()).collect();
        assert_eq!(ids.len(), people.len());
        for id in ids {
            let (digits, range) = match id.strip_suffix("@lid") {
                Some(digits) => (digits, 14..=15),
                None => (id, 9..=13),
            };
            assert!(range.contains(&digits.len()), "{id}");
            assert!(digits.bytes().all(|b| b.is_ascii_digit()), "{id}");
        }
    }
}
