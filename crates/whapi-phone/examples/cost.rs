//! Measures what looking up costs: the first call, and each one of many after it.

#![expect(clippy::print_stdout, reason = "an example prints what it found")]

use std::hint::black_box;
use std::time::Instant;

use whapi_model::{ContactId, Phone};
use whapi_phone::{country_of, look_up, variant_of};

fn main() {
    let start = Instant::now();
    black_box(call(&ContactId::parse("46701740605").unwrap(), look_up));
    println!("first look_up {:>10.1?}", start.elapsed());

    for (of, beginnings) in [
        ("Germany", &["4915", "4930"][..]),
        ("+1", &["1212", "1416", "1809", "1876", "1787"]),
        (
            "20 countries",
            &[
                "5511", "5255", "5411", "4479", "4915", "3361", "3934", "3466", "9198", "6281",
                "2348", "2771", "7916", "9725", "9715", "8190", "8613", "1212", "6141", "6011",
            ],
        ),
    ] {
        let ids = ids(beginnings);
        measure(of, "look_up", &ids, look_up);
        measure(of, "country_of", &ids, country_of);
        measure(of, "variant_of", &ids, variant_of);
    }
}

/// A hundred thousand made-up ids of 12 digits.
fn ids(beginnings: &[&str]) -> Vec<ContactId> {
    (0..100_000_u64)
        .map(|i| {
            let end = i * 7_919_773 % 100_000_000;
            let beginning = beginnings[usize::try_from(i).unwrap() % beginnings.len()];
            let digits = if beginning.starts_with('1') {
                format!("{beginning}{:07}", end / 10)
            } else {
                format!("{beginning}{end:08}")
            };
            ContactId::parse(&digits).unwrap()
        })
        .collect()
}

fn call<'a, T>(id: &'a ContactId, function: impl Fn(Phone<'a>) -> T) -> T {
    function(id.phone().unwrap())
}

fn measure<'a, T>(of: &str, name: &str, ids: &'a [ContactId], function: impl Fn(Phone<'a>) -> T) {
    let start = Instant::now();
    for id in ids {
        black_box(call(id, &function));
    }
    let each = start.elapsed() / u32::try_from(ids.len()).unwrap();
    println!("{of:<14}{name:<12}{each:>10.0?} each");
}
