//! Measures what looking up costs: the first call, and each one of many after it.

#![expect(clippy::print_stdout, reason = "an example prints what it found")]

use std::hint::black_box;
use std::ops::RangeInclusive;
use std::time::Instant;

use whapi_model::{ContactId, Phone};
use whapi_phone::{country_of, look_up, variant_of};

fn main() {
    let start = Instant::now();
    black_box(call(&ContactId::parse("46701740605").unwrap(), look_up));
    println!("first look_up {:>10.1?}", start.elapsed());

    for (of, beginnings, lengths) in [
        ("Germany", owned(&["4915", "4930"]), 12..=12),
        (
            "+1",
            owned(&["1212", "1416", "1809", "1876", "1787"]),
            11..=11,
        ),
        (
            "20 countries",
            owned(&[
                "5511", "5255", "5411", "4479", "4915", "3361", "3934", "3466", "9198", "6281",
                "2348", "2771", "7916", "9725", "9715", "8190", "8613", "9053", "6141", "6011",
            ]),
            12..=12,
        ),
        (
            "the world",
            (100..1000).map(|code| code.to_string()).collect(),
            8..=12,
        ),
    ] {
        let ids = ids(&beginnings, lengths);
        measure(of, "look_up", &ids, look_up);
        measure(of, "country_of", &ids, country_of);
        measure(of, "variant_of", &ids, variant_of);
    }
}

fn owned(beginnings: &[&str]) -> Vec<String> {
    beginnings.iter().map(ToString::to_string).collect()
}

/// A hundred thousand made-up ids with each beginning in each length.
fn ids(beginnings: &[String], lengths: RangeInclusive<usize>) -> Vec<ContactId> {
    let spellings = lengths.flat_map(|length| beginnings.iter().map(move |text| (text, length)));
    let spellings: Vec<_> = spellings.collect();
    (0..100_000)
        .map(|i| {
            let (beginning, length) = spellings[i % spellings.len()];
            let end = format!("{:09}", i * 7_919_773 % 1_000_000_000);
            ContactId::parse(&format!("{beginning}{}", &end[..length - beginning.len()])).unwrap()
        })
        .collect()
}

fn call<'a, T>(id: &'a ContactId, function: impl Fn(Phone<'a>) -> T) -> T {
    function(id.phone().unwrap())
}

/// Prints the time of one call, from the fastest of twenty parts: what else the machine does falls out.
fn measure<'a, T>(of: &str, name: &str, ids: &'a [ContactId], function: impl Fn(Phone<'a>) -> T) {
    let part = ids.len() / 20;
    let each = ids.chunks_exact(part).map(|ids| {
        let start = Instant::now();
        for id in ids {
            black_box(call(id, &function));
        }
        start.elapsed() / u32::try_from(part).unwrap()
    });
    println!("{of:<14}{name:<12}{:>10.0?} each", each.min().unwrap());
}
