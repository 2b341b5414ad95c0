//! What the command line and the environment ask of the log.

use anyhow::{Context, Result};
use clap::{ArgAction, Args, ValueEnum};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::Registry;
use tracing_subscriber::filter::FilterExt;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::Filter;

// The environment variable with filter directives, such as `warn,brunt_kubernetes=debug`.
// A name of its own, as `RUST_LOG` belongs to the systems that brunt starts and passes
// the environment to.
const VARIABLE: &str = "BRUNT_LOG";

// Directives without `-v`. All crates of the toolkit have targets that begin with `brunt`; what
// the libraries say below a warning is about their own insides.
const BY_VERBOSITY: [&str; 3] = ["warn", "warn,brunt=info", "warn,brunt=debug"];

/// What a run's folder gets at least.
const ALWAYS_KEPT: &str = BY_VERBOSITY[1];

/// Options of the log, for all commands.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Log")]
pub struct LogArgs {
    /// Log on standard error: -v each change to a process, a cluster or an edge; -vv
    /// also each API call and decision. BRUNT_LOG takes filter directives instead,
    /// such as `warn,brunt_kubernetes=debug`.
    #[arg(short, long, action = ArgAction::Count, global = true)]
    pub verbose: u8,
    /// Format of the log on standard error.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", global = true)]
    pub log_format: LogFormat,
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object for each event.
    Json,
}

/// What each of the two places gets.
pub(super) struct Filters {
    pub standard_error: EnvFilter,
    pub run_logs: Box<dyn Filter<Registry> + Send + Sync>,
    /// Whether more than changes was asked for.
    detailed: bool,
}

impl Filters {
    /// Whether the end of a span is an event of its own: that is where a call's time is.
    pub fn span_events(&self) -> FmtSpan {
        if self.detailed { FmtSpan::CLOSE } else { FmtSpan::NONE }
    }
}

impl LogArgs {
    /// # Errors
    /// When `BRUNT_LOG` cannot be read as directives.
    pub(super) fn filters(&self) -> Result<Filters> {
        let asked = std::env::var(VARIABLE).ok().filter(|text| !text.trim().is_empty());
        self.filters_for(asked.as_deref())
    }

    fn filters_for(&self, asked: Option<&str>) -> Result<Filters> {
        let most = BY_VERBOSITY.len() - 1;
        let directives = asked.unwrap_or(BY_VERBOSITY[usize::from(self.verbose).min(most)]);
        let filter = |directives: &str| {
            EnvFilter::builder()
                .parse(directives)
                .with_context(|| format!("{VARIABLE}: `{directives}` is not a filter"))
        };
        Ok(Filters {
            standard_error: filter(directives)?,
            run_logs: filter(ALWAYS_KEPT)?.or(filter(directives)?).boxed(),
            detailed: asked.is_some() || usize::from(self.verbose) >= most,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standard_error(verbose: u8, asked: Option<&str>) -> String {
        let args = LogArgs { verbose, ..LogArgs::default() };
        let mut parts: Vec<String> = args
            .filters_for(asked)
            .unwrap()
            .standard_error
            .to_string()
            .split(',')
            .map(str::to_owned)
            .collect();
        parts.sort();
        parts.join(",")
    }

    #[test]
    fn the_environment_wins_over_the_verbosity() {
        assert_eq!(standard_error(0, None), "warn");
        assert_eq!(standard_error(1, None), "brunt=info,warn");
        assert_eq!(standard_error(2, None), "brunt=debug,warn");
        assert_eq!(standard_error(9, None), "brunt=debug,warn");
        assert_eq!(standard_error(2, Some("error")), "error");
    }

    #[test]
    fn a_filter_that_is_none_is_an_error_that_names_the_variable() {
        let error = LogArgs::default().filters_for(Some("brunt=loud")).err().unwrap();
        assert!(error.to_string().starts_with("BRUNT_LOG: `brunt=loud`"), "{error}");
    }
}
