//! `-g` and `-p`: one request, printed with its reply.

use std::collections::BTreeMap;

use brunt_loadgen::{SingleReply, Totals};
use brunt_reports::Secrets;
use brunt_scenarios::timeline::{Failure, Schedule, SparseHistogram};

use crate::args::{Action, Settings};
use crate::error::LoadCliError;
use crate::fetch;
use crate::output::{CommandResult, LoadSummary, SiegeFigures, good_replies, print_summary};
use crate::streams::OutputStreams;

/// Sends one request, prints it with its reply's head (`-g`) or body (`-p`), then the summary.
pub(crate) fn print_reply(
    settings: &Settings,
    streams: OutputStreams<'_>,
) -> Result<CommandResult, LoadCliError> {
    let OutputStreams { out, err, .. } = streams;
    let mut request = settings.requests.first().ok_or(LoadCliError::NoUrl)?.clone();
    if settings.action == Action::Headers && request.method == http::Method::GET {
        request.method = settings.get.clone();
    }
    let reply = fetch::send(&request, &settings.transport, settings.timeout)?;
    // What is on a screen is in its picture, and what is printed ends up in a log.
    let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let secrets = Secrets::of_headers(headers);
    match (secrets.is_empty(), std::str::from_utf8(&reply.sent)) {
        (false, Ok(sent)) => out.write_all(secrets.mask(sent).as_bytes())?,
        _ => out.write_all(&reply.sent)?,
    }
    out.write_all(if request.body.is_empty() { b"\n" } else { b"\n\n" })?;
    match settings.action {
        Action::Headers => out.write_all(&reply.head)?,
        _ => out.write_all(&reply.body)?,
    }
    out.write_all(b"\n")?;
    let summary = summary(&reply, settings);
    writeln!(err)?;
    print_summary(settings, &summary, (out, err))?;
    Ok(CommandResult::of_summary(summary))
}

fn summary(reply: &SingleReply, settings: &Settings) -> LoadSummary {
    let good = (200..400).contains(&reply.reply.status);
    let failed = (!good).then_some((Failure::Status(reply.reply.status), 1));
    let totals = Totals {
        ok: u64::from(good),
        failed: BTreeMap::from_iter(failed),
        replies: 1,
        bytes: reply.reply.length,
        time: reply.took,
        longest: reply.took,
        shortest: Some(reply.took),
        left_out: 0,
    };
    let micros = u64::try_from(reply.took.as_micros()).unwrap_or(u64::MAX);
    let good = settings.fail_below.map(|least| good_replies(least, (totals.ok, 1), None));
    LoadSummary {
        figures: SiegeFigures::new(&totals, reply.took),
        latency: SparseHistogram::from(vec![(micros, 1)]),
        lag: SparseHistogram::default(),
        schedule: Schedule::Kept,
        totals,
        causes: BTreeMap::new(),
        limit_results: good.into_iter().collect(),
    }
}
