//! The log: what brunt changes, calls and decides, as `tracing` events.
//!
//! It goes to two places that have nothing to do with one another. Standard error gets what `-v` or
//! `BRUNT_LOG` asks for, as text or JSON. Each run's folder gets a `log.jsonl` beside the report,
//! with level info and above whatever the options say, as it is not known beforehand which run will
//! need it. Results are on standard output, where no log line ever is.

mod args;
mod fields;
mod json_lines;
mod run_log;
mod standard_error;

use anyhow::Result;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::{Registry, fmt};

pub use args::{LogArgs, LogFormat};
pub use run_log::RunLog;
pub use standard_error::Hold;

use json_lines::{Destination, JsonLines};
use standard_error::StandardError;

/// Sends the log of this process to standard error and to the folders of its runs.
///
/// # Errors
/// When `BRUNT_LOG` holds directives that are none.
pub fn start(args: &LogArgs) -> Result<()> {
    let filters = args.filters()?;
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match args.log_format {
        LogFormat::Json => JsonLines::to(Destination::StandardError).boxed(),
        LogFormat::Text => fmt::layer()
            .with_writer(|| StandardError)
            .with_ansi(standard_error::takes_colour())
            .with_span_events(filters.span_events())
            .boxed(),
    };
    let layers = vec![
        lines.with_filter(filters.standard_error).boxed(),
        JsonLines::to(Destination::RunLogs).with_filter(filters.run_logs).boxed(),
    ];
    // Fails only if there is a subscriber already, and then that one is the log.
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layers));
    Ok(())
}

/// Does something with the logs of runs alone, on this thread.
#[cfg(test)]
pub fn with_run_logs<T>(work: impl FnOnce() -> T) -> T {
    let layer = JsonLines::to(Destination::RunLogs);
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), work)
}
