//! Siege's log: a line for each load.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use super::siege_figures::SiegeFigures;
use crate::error::LoadCliError;

const TITLE: &str = "      Date & Time,  Trans,  Elap Time,  Data Trans,  Resp Time,  Trans Rate,  \
                     Throughput,  Concurrent,    OKAY,   Failed\n";

/// Appends a load's figures to a log, with its mark before them; a new file begins with a title.
pub(crate) fn append(
    file: &Path,
    mark: Option<&str>,
    figures: &SiegeFigures,
) -> Result<(), LoadCliError> {
    let now = jiff::Zoned::now().strftime("%Y-%m-%d %H:%M:%S").to_string();
    let wrong = |error| LoadCliError::File { path: file.to_owned(), error };
    let mut log = OpenOptions::new().create(true).append(true).open(file).map_err(wrong)?;
    // As siege does: a log that exists is continued, one of siege's as well.
    let title = if log.metadata().map_err(wrong)?.len() == 0 { TITLE } else { "" };
    let mark = mark.map(|mark| format!("**** {mark} ****\n")).unwrap_or_default();
    let text = format!("{title}{mark}{}", line(&now, figures));
    log.write_all(text.as_bytes()).map_err(wrong)
}

fn line(now: &str, figures: &SiegeFigures) -> String {
    format!(
        "{now},{:7},{:11.2},{:12},{:11.2},{:12.2},{:12.2},{:12.2},{:8},{:8}\n",
        figures.transactions,
        figures.elapsed,
        figures.megabytes() as u64,
        figures.response_time(),
        figures.rate(),
        figures.throughput(),
        figures.concurrency(),
        figures.successful,
        figures.failed
    )
}
