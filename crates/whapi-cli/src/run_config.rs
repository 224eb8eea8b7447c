//! From flags to a run.

use whapi_classify::Naming;
use whapi_export::whapi_model::StandingBy;
use whapi_fetch::EnrichmentRequest;
use whapi_pipeline::{Filter, Pipeline};

use crate::args::{EnrichmentArgs, FilterArgs, NameArgs, SelectArgs, SourceArgs};
use crate::console::Console;
use crate::error::CliError;
use crate::source::{self, Source};

/// What a run reads, what it asks beside contacts, and which contacts it selects.
#[derive(Debug)]
pub(crate) struct RunConfig<'a> {
    source: &'a SourceArgs,
    enrichment: EnrichmentRequest,
    merge_lids: bool,
    filters: Vec<Filter>,
    standing_by: StandingBy,
    naming: Naming,
}

impl<'a> From<&'a SelectArgs> for RunConfig<'a> {
    fn from(args: &'a SelectArgs) -> Self {
        let EnrichmentArgs {
            reasons,
            resolve_lids,
            merge_lids,
            max_lid_lookups,
        } = args.enrichment;
        let only = (!args.only.is_empty()).then(|| Filter::only(args.only.iter().copied()));
        let mut filters: Vec<_> = only.into_iter().collect();
        filters.extend(args.filters.filters());
        let required = |filter: &Filter| filter.required();
        let enrichment = EnrichmentRequest::default()
            .with_reasons(reasons || filters.iter().map(required).any(|needed| needed.reasons))
            .with_lids(
                resolve_lids
                    || merge_lids
                    || filters.iter().map(required).any(|needed| needed.lids),
            )
            .with_max_lid_lookups(max_lid_lookups);
        Self {
            source: &args.source,
            enrichment,
            merge_lids,
            filters,
            standing_by: args.standing_by.into(),
            naming: args.names.naming(),
        }
    }
}

impl RunConfig<'_> {
    /// What is asked beside contacts: what the flags name, and what the filters need.
    pub(crate) fn enrichment(&self) -> EnrichmentRequest {
        self.enrichment
    }

    /// Whether a run may select fewer contacts than are listed.
    pub(crate) fn leaves_out(&self) -> bool {
        self.merge_lids || !self.filters.is_empty()
    }

    /// Opens the source of contacts. Asks nothing of an API yet.
    pub(crate) async fn open_source(&self, console: Console) -> Result<Source, CliError> {
        source::open(self.source, self.enrichment, console).await
    }

    /// A pipeline without exporters.
    pub(crate) fn into_pipeline(self) -> Pipeline {
        let pipeline = Pipeline::new()
            .standing_by(self.standing_by)
            .merge_lids(self.merge_lids)
            .naming(self.naming);
        self.filters.into_iter().fold(pipeline, Pipeline::filter)
    }
}

impl FilterArgs {
    /// The filters that are set, in the order of the help text.
    fn filters(&self) -> Vec<Filter> {
        fn some<T: Clone>(values: &[T], filter: impl Fn(Vec<T>) -> Filter) -> Option<Filter> {
            (!values.is_empty()).then(|| filter(values.to_vec()))
        }
        [
            some(&self.reason, Filter::reason),
            some(&self.group, Filter::group),
            some(&self.label, Filter::label),
            some(&self.country, Filter::country),
            some(&self.kind, Filter::kind),
            self.with_phone.then(Filter::with_phone),
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
    fn naming(&self) -> Naming {
        let mut naming = Naming::default();
        naming.prefix.clone_from(&self.name_prefix);
        naming.suffix.clone_from(&self.name_suffix);
        naming.order.clone_from(&self.name_order.0);
        naming.nameless = self.nameless;
        naming
    }
}
