//! Changes of whole rows, where those of single cells would make too large a batch.

use whapi_export::Result;

use super::read::read_plain_rows;
use super::request::WriteRequest;
use super::survey::Survey;
use super::write_plan::{Write, fits};
use crate::api::client::SheetsClient;
use crate::api::requests::body;
use crate::plan::{self, Content, Target};

/// Changes whole rows in place of single cells, if the batch is too large otherwise.
pub(super) async fn widen(
    client: &mut SheetsClient,
    survey: &Survey,
    request: &WriteRequest<'_>,
    target: &Target,
    write: &mut Write,
) -> Result<()> {
    if fits(write, request) {
        return Ok(());
    }
    let picked = write.written(request);
    let Write::Delta(differences) = write else {
        return Ok(());
    };
    let delta = &differences.delta;
    let places = picked.into_iter().zip(0..).collect();
    let content = Content::StagedDelta {
        tab: target.new_tab,
        delta,
        places: &places,
    };
    let changes = plan::batch(&survey.snapshot, &survey.layout, target, &content);
    if body(&changes).len() > request.max_bytes {
        let plain = read_plain_rows(client, &survey.layout, &survey.existing).await?;
        let width = request.rows.width();
        differences.delta = delta.widened(&differences.matching, &plain, width);
    }
    Ok(())
}
