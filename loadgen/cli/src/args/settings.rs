//! What the options and the settings file mean together, with defaults.

use std::time::Duration;

use brunt_loadgen::{Bound, HttpRequest, RequestOrder, Reuse, Transport};
use brunt_scenarios::units::{Percent, Rate};

use super::action::{Action, action};
use super::display::{DisplayConfig, LogConfig, SummaryFormat, Verbosity, ViewMode};
use super::export_target::ExportTarget;
use super::flags::Flags;
use super::siegerc::Siegerc;
use super::table::Flag;
use super::targets::{TIMEOUT, TargetRequests};
use super::written::WrittenOptions;
use crate::error::LoadCliError;
use crate::limits::LoadLimits;
use crate::sources::read_text;

/// Users by default: the number in siege's own settings file.
const USERS: u32 = 25;

/// What the options and settings mean together.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    pub action: Action,
    pub requests: Vec<HttpRequest>,
    /// Each user sends one of these before all other requests; empty without `login-url`.
    pub logins: Vec<HttpRequest>,
    /// What of the source of requests is left out.
    pub notes: Vec<String>,
    /// Whether the load is announced in siege's words.
    pub has_siege_banner: bool,
    pub order: RequestOrder,
    pub users: u32,
    /// Whether `users` was asked for, and so bounds the open model's connections.
    pub users_given: Option<u32>,
    pub bound: Option<Bound>,
    pub delay: Duration,
    pub rate: Option<Rate>,
    /// Whether threads wait for the schedule without sleeping (`--spin`).
    pub spin: bool,
    pub fail_below: Option<Percent>,
    pub slo: Option<LoadLimits>,
    /// Whether the highest rate that holds `slo` is searched for (`--find-max`).
    pub find_max: bool,
    pub timeout: Duration,
    /// Requests that are due in this time from the start are sent and not counted.
    pub warm_up: Duration,
    /// The pauses between the requests of a recording; empty without.
    pub pauses: Vec<Duration>,
    pub reuse: Reuse,
    pub transport: Transport,
    pub detail: Verbosity,
    pub format: SummaryFormat,
    pub view: ViewMode,
    pub log: LogConfig,
    /// The method of `-g`.
    pub get: http::Method,
    pub outputs: Vec<ExportTarget>,
}

impl Settings {
    /// What is printed and drawn of the load.
    pub fn display(&self) -> DisplayConfig {
        DisplayConfig { detail: self.detail, format: self.format, view: self.view }
    }

    /// Puts options before the settings file, and both before the defaults.
    pub fn new(flags: Flags) -> Result<Self, LoadCliError> {
        let action = action(&flags);
        let rc = match flags.value(Flag::Rc) {
            Some(file) => Siegerc::parse(&read_text(file)?, &|name| std::env::var(name).ok()),
            None => Siegerc::default(),
        };
        let written = WrittenOptions { flags, rc };
        // Help and settings are printed without a URL, and without reading any file of requests.
        let TargetRequests { requests, pauses, logins, mut notes } = match action {
            Action::Help | Action::Version | Action::Config => TargetRequests::default(),
            _ => written.targets()?,
        };
        notes.extend(written.not_followed());
        let mut bound = written.bound(requests.len())?;
        let (slo, find_max) = (written.slo()?, written.flags.has(Flag::FindMax));
        if find_max {
            bound = Some(written.step(bound, slo.as_ref())?);
        }
        let rate = written.rate()?;
        // Siege runs such a load for ever; a forgotten -t is worse on a server that others use than
        // an error.
        if action == Action::Load {
            has_end(bound, rate)?;
        }
        let users_given = written.users()?;
        Ok(Self {
            action,
            requests,
            logins,
            notes,
            has_siege_banner: written.flags.has(Flag::Siege),
            order: written.order(),
            users: users_given.unwrap_or(USERS),
            users_given,
            bound,
            delay: written.delay()?,
            rate,
            spin: written.flags.has(Flag::Spin),
            slo,
            find_max,
            fail_below: written.fail_below()?,
            timeout: written.timeout()?.unwrap_or(TIMEOUT),
            warm_up: written.warm_up(bound)?,
            pauses,
            reuse: written.reuse()?,
            transport: written.transport()?,
            detail: written.detail(),
            format: written.format(),
            view: written.view(),
            log: written.log(),
            get: written.get()?,
            outputs: written.outputs(action)?,
        })
    }
}

impl WrittenOptions {
    /// What a siegerc asks for and does not get.
    fn not_followed(&self) -> Option<String> {
        let file = self.flags.value(Flag::Rc)?;
        let keys = self.rc.not_followed.join(", ");
        (!keys.is_empty()).then(|| format!("{file}: not followed, as siege would: {keys}"))
    }

    fn order(&self) -> RequestOrder {
        match self.is_on(Flag::Internet, "internet") {
            true => RequestOrder::Random,
            false => RequestOrder::InTurn,
        }
    }
}

/// A load needs an end, and one on a schedule needs a time.
fn has_end(bound: Option<Bound>, rate: Option<Rate>) -> Result<(), LoadCliError> {
    match (bound, rate) {
        (None, _) => Err(LoadCliError::Endless),
        (Some(Bound::Repetitions(_)), Some(_)) => Err(LoadCliError::RateWithoutTime),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
