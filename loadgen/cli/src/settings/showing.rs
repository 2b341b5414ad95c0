//! What is shown, and how.

use super::Given;
use crate::table::Flag;

/// How much to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Nothing but errors, and JSON if asked for.
    Quiet,
    /// The summary.
    Summary,
    /// Each hit as well.
    Hits,
}

/// How the summary is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Text,
    Json,
}

/// Whether the load is drawn while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Viewing {
    Always,
    /// On a terminal.
    Auto,
    Never,
}

/// What is shown, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Showing {
    pub detail: Detail,
    pub format: Format,
    pub viewing: Viewing,
}

impl Showing {
    /// Whether there is text for people.
    pub fn speaks(self) -> bool {
        self.detail != Detail::Quiet && self.format == Format::Text
    }
}

impl Given {
    pub fn detail(&self) -> Detail {
        if self.is_on(Flag::Quiet, "quiet") {
            Detail::Quiet
        } else if self.is_on(Flag::Verbose, "verbose") {
            Detail::Hits
        } else {
            Detail::Summary
        }
    }

    pub fn format(&self) -> Format {
        if self.is_on(Flag::Json, "json_output") { Format::Json } else { Format::Text }
    }

    pub fn viewing(&self) -> Viewing {
        match (
            self.flags.has(Flag::NoView) || self.detail() == Detail::Quiet,
            self.flags.has(Flag::View),
        ) {
            (true, _) => Viewing::Never,
            (false, true) => Viewing::Always,
            (false, false) => Viewing::Auto,
        }
    }

    /// What is shown, and how.
    pub fn showing(&self) -> Showing {
        Showing { detail: self.detail(), format: self.format(), viewing: self.viewing() }
    }
}
