//! Random lists of columns from run to run, in a tab whose columns and rows people move.

use proptest::prelude::*;

use super::{Table, columns, known, table, write_into};
use crate::columns::known_fields;
use crate::tests::Rig;

/// A run of a property test.
#[derive(Debug, Clone)]
struct Step {
    columns: Vec<usize>,
    people: Vec<usize>,
    removes: bool,
    /// A column that people move before the run, and where to.
    moved: (prop::sample::Index, prop::sample::Index),
    sorts: bool,
}

fn step() -> impl Strategy<Value = Step> {
    let all = known_fields().count();
    let columns = Just((0..all).collect::<Vec<_>>()).prop_shuffle();
    let columns = (columns, 1..=all).prop_map(|(columns, count)| columns[..count].to_vec());
    let people = prop::sample::subsequence((0..8).collect::<Vec<_>>(), 0..=8);
    let rest = (
        any::<bool>(),
        any::<(prop::sample::Index, prop::sample::Index)>(),
        any::<bool>(),
    );
    (columns, people, rest).prop_map(|(columns, people, (removes, moved, sorts))| Step {
        columns,
        people,
        removes,
        moved,
        sorts,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn each_run_writes_its_columns_and_no_others(
        steps in prop::collection::vec(step(), 1..6),
        is_small in any::<bool>(),
    ) {
        let rig = if is_small { Rig::new() } else { Rig::limited_to(33_000) };
        let fields: Vec<_> = known_fields().collect();
        let mut wanted = Table::new();
        for (nth, step) in steps.iter().enumerate() {
            if nth > 0 {
                rig.standin.edit("Contacts", |sheet| {
                    let [from, to] = [step.moved.0, step.moved.1].map(|at| at.index(sheet.columns));
                    sheet.move_column(from, to);
                    if step.sorts && sheet.cells.len() > 1 {
                        sheet.cells[1..].reverse();
                    }
                });
            }
            let names: Vec<_> = step.columns.iter().map(|at| fields[*at].name).collect();
            let option = names.join(",");
            let contacts: Vec<_> =
                step.people.iter().map(|person| known(*person, &format!("in {nth}"))).collect();
            let mode = if step.removes { "replace" } else { "upsert" };
            rig.run_with(&option, mode, &contacts);
            if step.removes {
                let stays = |id: &str| contacts.iter().any(|contact| contact.id().as_str() == id);
                wanted.retain(|id, _| stays(id));
            }
            write_into(&mut wanted, &columns(&option), &contacts);
            let mut found = table(&rig.contacts_tab());
            found.remove("");
            for cells in found.values_mut().chain(wanted.values_mut()) {
                cells.retain(|_, text| !text.is_empty());
            }
            prop_assert_eq!(&found, &wanted);
            rig.no_staging();
            prop_assert_eq!(rig.writes_of(&option, mode, &contacts), 0);
        }
    }
}
