//! Tests that every exporter passes, ours and others'.
//!
//! An exporter's author adds this crate to `[dev-dependencies]` with the feature `conformance` and
//! writes `tests/conformance.rs`:
//!
//! ```
//! # fn definition() -> whapi_export::Definition {
//! #     whapi_export::Definition::new("lines", "one id a line", |_| unreachable!("not run here"))
//! # }
//! use whapi_export::conformance::Subject;
//!
//! whapi_export::conformance_tests!(Subject::new(definition()));
//! ```
//!
//! That makes one `#[test]` for each rule, named like the rule, so that a failure shows which point
//! of the contract is broken. [`RULES`] lists them; each is also a function of this module.
//!
//! - [`Subject`] has what is tested, and what the suite cannot guess: values for options without a
//!   default, and another [`Destination`] than a file.
//! - [`run_all`] is the same suite in one call.
//!
//! # Examples
//!
//! ```
//! use whapi_export::conformance::{self, Subject};
//! use whapi_export::{ClassifiedContact, Definition, Encoded, Encoder, NoOptions, Result};
//!
//! struct Ids;
//!
//! impl Encoder for Ids {
//!     fn contact(&mut self, contact: &ClassifiedContact, out: &mut Vec<u8>) -> Result<Encoded> {
//!         out.extend_from_slice(format!("{}\n", contact.id()).as_bytes());
//!         Ok(Encoded::written())
//!     }
//! }
//!
//! fn definition(summary: &str) -> Definition {
//!     Definition::file("ids", summary, |_: NoOptions| Ok(Ids)).extension("txt")
//! }
//!
//! conformance::run_all(&Subject::new(definition("one id a line")));
//!
//! let broken = Subject::new(definition(""));
//! let rule = conformance::RULES.iter().find(|rule| rule.name() == "definition_is_well_formed");
//! assert_eq!(
//!     rule.unwrap().check(&broken).unwrap_err(),
//!     "exporter `ids` breaks the rule `definition_is_well_formed`: \
//!      expected the summary to be a fragment on one line without a full stop, found ``"
//! );
//! ```
//!
//! # What the suite does not do
//!
//! It does not read what an exporter wrote: compare the bytes of [`sample_contacts`],
//! [`nasty_contacts`], [`known_contacts`] and [`channel_contacts`] with a snapshot, and read them back with an independent
//! parser. It cannot see
//! files outside the destination, and it does not wait: a time written into the result passes when
//! two runs fall into the same second.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

mod case;
mod definition_rules;
mod delivery_rules;
mod destination;
mod failure_rules;
mod known;
mod people;
mod subject;

pub use destination::{Destination, FileDestination};
pub use known::{all_available, channel_contacts, known_contacts};
pub use people::{nasty_contacts, sample_contacts};
pub use subject::{LocalFuture, Subject};

/// Makes one `#[test]` for each of the [conformance rules](crate::conformance::RULES).
///
/// Takes an expression that makes a [`Subject`]; it is evaluated anew
/// for each test. Two exporters in one file go in a module each.
///
/// ```
/// # fn open(_: &whapi_export::OpenContext) -> whapi_export::Result<Box<dyn whapi_export::Exporter>> {
/// #     unreachable!("not run here")
/// # }
/// use whapi_export::conformance::Subject;
/// use whapi_export::Definition;
///
/// whapi_export::conformance_tests!(Subject::new(Definition::new("tsv", "tab-separated values", open)));
/// ```
#[macro_export]
macro_rules! conformance_tests {
    ($subject:expr $(,)?) => {
        $crate::__conformance_list!(@tests $subject);
    };
}

/// The one list of rules, for [`RULES`] and for [`conformance_tests`](crate::conformance_tests).
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_list {
    (@$job:ident $($subject:expr)?) => {
        $crate::__conformance_expand! { @$job [$($subject)?]
            definition_is_well_formed
            every_option_is_accepted
            every_field_of_the_config_has_an_option
            a_default_changes_nothing
            unknown_option_is_refused_and_named
            bad_option_value_is_refused_and_named
            missing_output_is_refused
            standard_output_opens_if_promised
            secrets_stay_secret
            open_touches_nothing
            empty_run
            one_contact
            empty_batch
            batches_add_up
            counts_add_up
            wrong_estimate_changes_nothing
            same_input_same_output
            replaces_and_never_doubles
            incomplete_scan_is_still_written
            summary_names_the_destination
            checksum_is_of_the_result
            hostile_text_is_carried
            channels_are_carried_or_refused
            skips_are_explained
            nothing_visible_before_finish
            begin_finds_an_unwritable_destination
            abort_leaves_the_previous_result
            drop_leaves_the_previous_result
            cancelling_leaves_the_previous_result
            failure_midway_leaves_the_previous_result
            no_leftovers
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_expand {
    (@tests [$subject:expr] $($rule:ident)*) => {
        $(
            #[test]
            fn $rule() {
                $crate::conformance::$rule(&$subject);
            }
        )*
    };
    (@rules [] $($rule:ident)*) => {
        &[$(Rule { name: stringify!($rule), check: bodies::$rule }),*]
    };
}

/// One point of the contract.
#[derive(Clone, Copy)]
pub struct Rule {
    name: &'static str,
    check: fn(&Subject) -> Result<(), String>,
}

impl Rule {
    /// The rule's name, which is that of its function and of its test.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Tests one exporter against this rule.
    ///
    /// # Errors
    ///
    /// Names the exporter, the rule, and what was expected and found.
    pub fn check(&self, subject: &Subject) -> Result<(), String> {
        let exporter = subject.definition().name();
        catch_unwind(AssertUnwindSafe(|| (self.check)(subject)))
            .unwrap_or_else(|panic| Err(format!("it panicked: {}", panic_text(&*panic))))
            .map_err(|found| {
                format!(
                    "exporter `{exporter}` breaks the rule `{}`: {found}",
                    self.name
                )
            })
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rule").field(&self.name).finish()
    }
}

/// All rules, in the order in which they are best repaired.
pub const RULES: &[Rule] = crate::__conformance_list!(@rules);

/// Tests one exporter against all rules, and goes on after a failure.
///
/// # Panics
///
/// When a rule is broken; the message has a line for each that is.
#[track_caller]
pub fn run_all(subject: &Subject) {
    let broken: Vec<_> = RULES
        .iter()
        .filter_map(|rule| rule.check(subject).err())
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a message")
}

/// Public functions from bodies that return what they found.
macro_rules! rules {
    ($($(#[$doc:meta])* $module:ident::$name:ident;)*) => {
        $(
            $(#[$doc])*
            ///
            /// # Panics
            ///
            /// When the exporter breaks this rule; the message names the exporter and the rule.
            #[track_caller]
            pub fn $name(subject: &Subject) {
                let rule = Rule { name: stringify!($name), check: bodies::$name };
                if let Err(found) = rule.check(subject) {
                    panic!("{found}");
                }
            }
        )*

        mod bodies {
            $(pub(super) use super::$module::$name;)*
        }

        #[cfg(test)]
        const DOCUMENTED: &[&str] = &[$(stringify!($name)),*];
    };
}

rules! {
    /// Names are in kebab-case, the summary is a fragment, each option has a help text and a key of
    /// its own in `snake_case`, a secret has no default, and only a file has an extension.
    definition_rules::definition_is_well_formed;
    /// The exporter opens with each option's default, its samples, and each value of a closed set
    /// such as `on|off`.
    definition_rules::every_option_is_accepted;
    /// The options of a file format are the fields of its config, and `split`. Does not apply to an
    /// exporter that is no [file format](crate::Definition::file).
    definition_rules::every_field_of_the_config_has_an_option;
    /// Setting an option to its documented default gives the same result as leaving it out.
    definition_rules::a_default_changes_nothing;
    /// An option that the definition does not list is a [`Config`](crate::ErrorKind::Config) error
    /// that names it and the known ones.
    definition_rules::unknown_option_is_refused_and_named;
    /// A value outside a closed set such as `on|off`, or a [`Subject::bad_sample`], is a
    /// [`Config`](crate::ErrorKind::Config) error that names the option.
    definition_rules::bad_option_value_is_refused_and_named;
    /// An exporter that writes to an output refuses to begin without one, and does not panic. Does
    /// not apply to a destination whose context has no target.
    definition_rules::missing_output_is_refused;
    /// An exporter whose capabilities have `stdout` opens for it, and prints nothing when aborted.
    definition_rules::standard_output_opens_if_promised;
    /// The value of a secret option is in no `Debug` text of the context, in no error, its causes
    /// included, in no report, and not in the result.
    definition_rules::secrets_stay_secret;
    /// Opening an exporter, and dropping it again, changes nothing at the destination.
    definition_rules::open_touches_nothing;
    /// A run without any batch ends well and leaves a result.
    delivery_rules::empty_run;
    /// A run of one plain contact counts it and leaves another result than an empty run.
    delivery_rules::one_contact;
    /// An empty batch is accepted, counts nothing and changes nothing.
    delivery_rules::empty_batch;
    /// Batches of any size give the same result, byte for byte, and the same totals as one big
    /// batch.
    delivery_rules::batches_add_up;
    /// Each report accounts for every contact of its batch.
    delivery_rules::counts_add_up;
    /// [`RunInfo::expected_contacts`](crate::RunInfo::expected_contacts) is an estimate: none, too
    /// few and far too many give the same result.
    delivery_rules::wrong_estimate_changes_nothing;
    /// Two runs of the same contacts to two fresh destinations leave equal results.
    delivery_rules::same_input_same_output;
    /// A second run of the same contacts to the same destination leaves it as it was after the
    /// first; for a file, a smaller run leaves no contact of the larger one.
    delivery_rules::replaces_and_never_doubles;
    /// A run that ends with [`RunEnd::incomplete`](crate::RunEnd::incomplete) still delivers what it
    /// got.
    delivery_rules::incomplete_scan_is_still_written;
    /// The summary names the place of the result.
    delivery_rules::summary_names_the_destination;
    /// The summary's checksum, if there is one, is that of the result.
    delivery_rules::checksum_is_of_the_result;
    /// Each of [`nasty_contacts`] is written or skipped: none is an error or a panic.
    delivery_rules::hostile_text_is_carried;
    /// In a run over [several channels](crate::Available::channels), each of [`channel_contacts`] is written or
    /// skipped. An exporter that cannot tell two contacts of one id apart refuses the run in `begin`, as
    /// [`Unsupported`](crate::ErrorKind::Unsupported), and leaves the destination as it was.
    delivery_rules::channels_are_carried_or_refused;
    /// A skipped contact is one of the batch, with a code in kebab-case and a reason for people that
    /// quotes nothing private.
    delivery_rules::skips_are_explained;
    /// While batches are written, the destination stays as it was; after `finish` it has changed.
    failure_rules::nothing_visible_before_finish;
    /// A destination that can never be written is found out before the first batch. Does not apply
    /// to a [`Destination`] without [`unwritable`](Destination::unwritable).
    failure_rules::begin_finds_an_unwritable_destination;
    /// Aborting, after `begin` or after any batch, leaves the destination as it was.
    failure_rules::abort_leaves_the_previous_result;
    /// Dropping the exporter at any time leaves the destination as it was.
    failure_rules::drop_leaves_the_previous_result;
    /// Dropping the future of `begin` or `write_batch` half-way, and then aborting or dropping the
    /// exporter, leaves the destination as it was.
    failure_rules::cancelling_leaves_the_previous_result;
    /// When the destination fails, so does the run, with an error that blames the destination; what
    /// was there before stays. Does not apply to a [`Destination`] without
    /// [`failing`](Destination::failing).
    failure_rules::failure_midway_leaves_the_previous_result;
    /// After `finish`, `abort`, a drop and a failure nothing is left beside the result.
    failure_rules::no_leftovers;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_rule_is_in_the_list() {
        let listed: Vec<_> = RULES.iter().map(Rule::name).collect();
        assert_eq!(listed, DOCUMENTED);
    }
}
