//! Killed without a warning, at any moment.

use std::process::Stdio;
use std::time::Instant;

use whapi_emulator::{Effect, Fault, Trigger, people};

use crate::support::{BOUND, Case, OLD, api, small_api, wait};

/// How many times the program is killed.
const KILLS: u32 = 200;

/// What may be there after a kill: the target, and the temporary file that the next run removes.
const LEFT: [&str; 2] = [".contacts.vcf.whapi.tmp", "contacts.vcf"];

/// `kill -9` cannot be caught: whatever the moment, the target is the old file or the new one, and
/// the next run works and leaves nothing but the target.
#[test]
#[ignore = "slow tier"]
fn the_target_is_the_old_file_or_the_new_one_and_the_next_run_cleans_up() {
    let people = people::made_up(20_000, people::DEFAULT_SEED);
    let api = api().contacts(people).start_blocking().unwrap();
    let small = small_api().start_blocking().unwrap();
    let args = ["export", "--format", "vcard", "--quiet"];
    let whole = Case::at(&api);
    let begun = Instant::now();
    whole.run(&args).check(0, "");
    let run_time = begun.elapsed();
    let new = whole.read("contacts.vcf");

    let mut random = fastrand::Rng::with_seed(7);
    let (mut old_ones, mut left_over) = (0, 0);
    for kill in 0..KILLS {
        let case = Case::at(&api).old("contacts.vcf");
        let mut child = case
            .command(&args)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The moment is what this is about: there is nothing else to wait for.
        std::thread::sleep(run_time.mul_f64(random.f64() * 1.1));
        child.kill().unwrap();
        child.wait().unwrap();

        let found = case.read("contacts.vcf");
        let is_old = found == OLD.as_bytes();
        assert!(is_old || found == new, "kill {kill}: {} bytes", found.len());
        old_ones += u32::from(is_old);
        let left = case.files();
        for name in left.keys() {
            assert!(LEFT.contains(&name.as_str()), "kill {kill}: {name}");
        }
        if left.len() > 1 {
            left_over += 1;
            let next = case.run(&[&args[..], &["--base-url", small.base_url()]].concat());
            next.check(0, "");
            assert_eq!(next.names(), ["contacts.vcf"], "kill {kill}");
        }
    }
    assert!(
        (1..KILLS).contains(&old_ones),
        "{old_ones} of {KILLS} came too early to tell"
    );
    assert!(left_over > 0, "no kill left anything to clean up");
}

/// The same once, at a moment that is known: the API keeps the run waiting.
#[test]
fn the_next_run_cleans_up() {
    let api = small_api()
        .fault(Fault::new(Trigger::Offset(0), Effect::Latency(BOUND * 10)).times(1))
        .start_blocking()
        .unwrap();
    let case = Case::at(&api).old("contacts.vcf");
    let args = ["export", "--format", "vcard", "--quiet"];
    let mut child = case.command(&args).spawn().unwrap();
    wait(api.wait_for_requests(2));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(case.files().into_keys().collect::<Vec<_>>(), LEFT);
    assert_eq!(case.read("contacts.vcf"), OLD.as_bytes());

    let ran = case.run(&args);
    ran.check(0, "");
    assert_eq!(ran.names(), ["contacts.vcf"]);
    assert!(case.read("contacts.vcf").starts_with(b"BEGIN:VCARD\r\n"));
}
