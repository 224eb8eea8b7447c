//! Killed without a warning, at any moment.

use std::process::Stdio;
use std::time::Instant;

use whapi_emulator::people;

use crate::support::{Case, OLD, gate};

/// How many times the program is killed.
const KILLS: u32 = 200;

/// `kill -9` cannot be caught: whatever the moment, the target is the old file or the new one.
#[test]
#[ignore = "slow tier"]
fn the_target_is_the_old_file_or_the_new_one() {
    let people = people::made_up(20_000, people::DEFAULT_SEED);
    let gate = gate().contacts(people).start_blocking().unwrap();
    let args = ["export", "--format", "vcard", "--quiet"];
    let whole = Case::at(&gate);
    let begun = Instant::now();
    whole.run(&args).check(0, "");
    let run_time = begun.elapsed();
    let new = whole.read("contacts.vcf");

    let mut random = fastrand::Rng::with_seed(7);
    let mut old_ones = 0;
    for kill in 0..KILLS {
        let case = Case::at(&gate).old("contacts.vcf");
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
        for name in case.files().keys() {
            let random = name
                .strip_prefix(".contacts.vcf.whapi-")
                .and_then(|rest| rest.strip_suffix(".tmp"));
            assert!(random.is_some() || name == "contacts.vcf", "{name}");
        }
    }
    assert!(
        (1..KILLS).contains(&old_ones),
        "{old_ones} of {KILLS} came too early to tell"
    );
}
