//! Options that say what is printed, drawn and logged.

use std::path::PathBuf;

use super::table::Flag;
use super::written::WrittenOptions;

/// How much is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verbosity {
    /// Nothing but errors, and JSON if asked for.
    Quiet,
    /// The banner and the summary; the default.
    Summary,
    /// Each hit as well.
    Hits,
}

/// How the summary is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SummaryFormat {
    Text,
    Json,
}

/// Whether the load is drawn while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ViewMode {
    Always,
    /// Where stdout and stderr are one terminal.
    Auto,
    Never,
}

/// What is printed and drawn of a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DisplayConfig {
    pub detail: Verbosity,
    pub format: SummaryFormat,
    pub view: ViewMode,
}

impl DisplayConfig {
    /// Whether there is text for people, on stderr.
    pub fn prints_text(self) -> bool {
        self.detail != Verbosity::Quiet && self.format == SummaryFormat::Text
    }
}

/// Siege's log, to which each load appends a line; no file, no log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogConfig {
    pub file: Option<PathBuf>,
    pub mark: Option<String>,
}

impl WrittenOptions {
    pub fn detail(&self) -> Verbosity {
        if self.is_on(Flag::Quiet, "quiet") {
            Verbosity::Quiet
        } else if self.is_on(Flag::Verbose, "verbose") {
            Verbosity::Hits
        } else {
            Verbosity::Summary
        }
    }

    pub fn format(&self) -> SummaryFormat {
        if self.is_on(Flag::Json, "json_output") {
            SummaryFormat::Json
        } else {
            SummaryFormat::Text
        }
    }

    pub fn view(&self) -> ViewMode {
        // `--no-view` and `-q` win over `--view`.
        match (
            self.flags.has(Flag::NoView) || self.detail() == Verbosity::Quiet,
            self.flags.has(Flag::View),
        ) {
            (true, _) => ViewMode::Never,
            (false, true) => ViewMode::Always,
            (false, false) => ViewMode::Auto,
        }
    }

    pub fn display(&self) -> DisplayConfig {
        DisplayConfig { detail: self.detail(), format: self.format(), view: self.view() }
    }

    pub(crate) fn log(&self) -> LogConfig {
        let asked = self.is_on(Flag::Log, "logging");
        let named = self.value(Flag::Log, "logfile").unwrap_or("siege.log");
        LogConfig {
            file: asked.then(|| PathBuf::from(named)),
            mark: self.flags.value(Flag::Mark).map(str::to_owned),
        }
    }
}
