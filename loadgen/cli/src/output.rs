//! What is printed when a load has ended, and the figures that it is made of.

mod format;
mod hits;
mod load_file_text;
mod quantile;
mod rate_search;
mod siege_figures;
mod siege_json;
mod siege_log;
mod siege_text;
mod summary;

use std::io::Write;
use std::time::SystemTime;

use brunt_loadgen::LoadOutcome;
use brunt_reports::Exit;

pub(crate) use hits::print_hits;
pub(crate) use load_file_text::{announcement, load_file_text, loads_in_words};
pub(crate) use quantile::{estimate, quantiles_json};
pub(crate) use rate_search::{RateSearchResult, RateStep};
pub use siege_figures::SiegeFigures;
pub(crate) use summary::good_replies;
pub use summary::{CommandResult, LoadSummary};

use crate::args::{Settings, SummaryFormat, Verbosity};
use crate::error::LoadCliError;
use crate::limits::LimitResult;

/// How loads or a search ended: what every export is made of.
#[derive(Debug)]
pub(crate) struct LoadOutput<'a> {
    /// What was asked for: a request, how many of them, or a load file's name.
    pub what: String,
    /// How requests arrived and for how long: `25 users for 30 s`.
    pub how: String,
    /// The command line, as a shell takes it.
    pub command: String,
    pub began: SystemTime,
    /// One for each load; none of a search.
    pub outcomes: &'a [LoadOutcome],
    /// Limits and thresholds of a load, each with what was measured.
    pub limit_results: Vec<LimitResult>,
    pub exit: Exit,
    /// `None` of a load.
    pub search: Option<&'a RateSearchResult>,
}

/// The command line as a shell takes it, quoted where it has to be.
pub(crate) fn command_line(arguments: &[String]) -> String {
    let quoted = arguments.iter().map(|argument| quoted(argument));
    format!("brunt load {}", quoted.collect::<Vec<_>>().join(" "))
}

fn quoted(argument: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_=./:,%@+".contains(letter);
    match !argument.is_empty() && argument.chars().all(plain) {
        true => argument.to_owned(),
        false => format!("'{}'", argument.replace('\'', "'\\''")),
    }
}

/// Prints a summary in the format that was asked for, and appends it to siege's log.
pub(crate) fn print_summary(
    settings: &Settings,
    summary: &LoadSummary,
    (out, err): (&mut dyn Write, &mut dyn Write),
) -> Result<(), LoadCliError> {
    match (settings.format, settings.detail) {
        (SummaryFormat::Json, _) => out.write_all(siege_json::siege_json(summary).as_bytes())?,
        (SummaryFormat::Text, Verbosity::Quiet) => {}
        (SummaryFormat::Text, _) => {
            err.write_all(siege_text::siege_lines(&summary.figures).as_bytes())?;
            err.write_all(siege_text::further_lines(summary).as_bytes())?;
        }
    }
    match &settings.log.file {
        Some(file) => siege_log::append(file, settings.log.mark.as_deref(), &summary.figures),
        None => Ok(()),
    }
}
