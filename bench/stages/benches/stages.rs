//! Each stage of an export alone, over 10,000 made-up contacts in memory.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use whapi_emulator::{Emulator, people};

const CONTACTS: usize = 10_000;
const PAGE: usize = 500;

/// The answers to a plain reading, one to a line.
fn answers() -> Vec<u8> {
    let people = people::made_up(CONTACTS, people::DEFAULT_SEED);
    let pages = (0..CONTACTS).step_by(PAGE);
    let lines: Vec<_> = pages
        .map(|offset| Emulator::answer(&people, offset, PAGE) + "\n")
        .collect();
    lines.concat().into_bytes()
}

fn stages(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("10,000 contacts");
    let (stages, contacts) = whapi_bench::stages(&answers());
    group.throughput(Throughput::Elements(contacts as u64));
    for stage in stages {
        group.bench_function(stage.name, |bench| {
            bench.iter_batched(|| stage.prepare(), |work| work(), BatchSize::LargeInput);
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = stages
}
criterion_main!(benches);
