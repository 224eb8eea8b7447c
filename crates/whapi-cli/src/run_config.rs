//! From flags to what a run asks for, whom it writes and what they are called.

use whapi_classify::{Naming, Standing};
use whapi_fetch::SideCalls;
use whapi_pipeline::{Filter, Pipeline};

use crate::args::{BesideArgs, ExportArgs, FilterArgs, NameArgs};

/// What the gate is asked for beside contacts: what the flags say, and what the filters go by.
pub(crate) fn side_calls(beside: &BesideArgs, filters: &FilterArgs) -> SideCalls {
    let BesideArgs {
        reasons,
        resolve_lids,
        merge_lids,
    } = *beside;
    SideCalls::default()
        .with_reasons(reasons || filters.need_reasons())
        .with_lids(resolve_lids || merge_lids)
}

/// Whether exporters may get fewer contacts than the gate lists.
pub(crate) fn leaves_out(args: &ExportArgs) -> bool {
    args.beside.merge_lids || !args.only.is_empty() || !args.filters.filters().is_empty()
}

/// A pipeline without exporters.
pub(crate) fn pipeline(beside: &BesideArgs, filters: &FilterArgs, only: &[Standing]) -> Pipeline {
    let pipeline = Pipeline::new()
        .merge_lids(beside.merge_lids)
        .only(only.iter().copied());
    let filters = filters.filters();
    filters.into_iter().fold(pipeline, Pipeline::filter)
}

impl FilterArgs {
    /// Whether any of the filters goes by reasons.
    fn need_reasons(&self) -> bool {
        let filters = self.filters();
        filters.iter().any(|filter| filter.required().reasons)
    }

    /// The filters that were asked for, in the order in which help lists them.
    pub(crate) fn filters(&self) -> Vec<Filter> {
        fn some<T: Clone>(values: &[T], filter: impl Fn(Vec<T>) -> Filter) -> Option<Filter> {
            (!values.is_empty()).then(|| filter(values.to_vec()))
        }
        [
            some(&self.reason, Filter::reason),
            some(&self.group, Filter::group),
            some(&self.label, Filter::label),
            some(&self.country, Filter::country),
            self.business.then(Filter::business),
            self.active_since.map(Filter::active_since),
            self.name_contains.as_deref().map(Filter::name_contains),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl NameArgs {
    pub(crate) fn naming(&self) -> Naming {
        let mut naming = Naming::default();
        naming.prefix.clone_from(&self.name_prefix);
        naming.suffix.clone_from(&self.name_suffix);
        naming.order.clone_from(&self.name_order.0);
        naming.nameless = self.nameless;
        naming
    }
}
