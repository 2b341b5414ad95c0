//! `-g` and `-p`: one request, shown with its reply.

use std::collections::BTreeMap;

use brunt_loadgen::{SingleReply, Totals, send_single};
use brunt_scenarios::timeline::{Failure, Schedule, SparseHistogram};

use super::perform::report;
use super::settings::{Action, Settings};
use super::summary::{self, Summary};
use super::{Figures, Output, SiegeError};

/// Asks once, shows what is asked for, then the summary.
pub(super) fn show(settings: &Settings, output: Output<'_>) -> Result<Summary, SiegeError> {
    let Output { out, err, .. } = output;
    let mut request = settings.requests.first().ok_or(SiegeError::NoUrl)?.clone();
    if settings.action == Action::Headers && request.method == http::Method::GET {
        request.method = settings.get.clone();
    }
    let shown = send_single(&request, &settings.transport, settings.timeout)
        .map_err(|error| SiegeError::single(&request, error))?;
    out.write_all(&shown.sent)?;
    out.write_all(if request.body.is_empty() { b"\n" } else { b"\n\n" })?;
    match settings.action {
        Action::Headers => out.write_all(head(&shown.raw))?,
        _ => out.write_all(&shown.body)?,
    }
    out.write_all(b"\n")?;
    let summary = summary(&shown, settings);
    writeln!(err)?;
    report(settings, &summary, out, err)?;
    Ok(summary)
}

/// The head of what came, with the empty line that ends it.
fn head(raw: &[u8]) -> &[u8] {
    let end = raw.windows(4).position(|four| four == b"\r\n\r\n");
    &raw[..end.map_or(raw.len(), |end| end + 4)]
}

fn summary(shown: &SingleReply, settings: &Settings) -> Summary {
    let good = (200..400).contains(&shown.reply.status);
    let failed = (!good).then_some((Failure::Status(shown.reply.status), 1));
    let totals = Totals {
        ok: u64::from(good),
        failed: BTreeMap::from_iter(failed),
        replies: 1,
        bytes: shown.reply.length,
        time: shown.took,
        longest: shown.took,
        shortest: Some(shown.took),
    };
    Summary {
        ended: None,
        findings: Some(summary::Findings {
            figures: Figures::new(&totals, shown.took),
            latency: SparseHistogram::from(vec![(
                u64::try_from(shown.took.as_micros()).unwrap_or(u64::MAX),
                1,
            )]),
            lag: SparseHistogram::default(),
            schedule: Schedule::Kept,
            totals,
            causes: BTreeMap::new(),
            fail_below: settings.fail_below,
            claims: Vec::new(),
        }),
    }
}
