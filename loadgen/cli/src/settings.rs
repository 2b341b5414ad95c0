//! What the options and settings mean together.

mod given;
mod read;
mod showing;
mod targets;
mod transport;

use std::path::PathBuf;
use std::time::Duration;

use brunt_scenarios::units::{Percent, Rate};

use super::SiegeError;
use super::flags::Flags;
use super::outputs::FileOutput;
use super::rc::Rc;
use super::table::Flag;
use crate::limit::Slo;
use brunt_loadgen::{Bound, Order, Request, Reuse, Transport};
pub(super) use given::Given;
pub(super) use showing::{Detail, Format, Showing, Viewing};
use targets::Targets;

/// Users unless told otherwise; what siege's own settings file says.
const USERS: u32 = 25;
/// How long a step of a search is unless told otherwise.
const STEP: Duration = Duration::from_secs(5);
/// How long to wait for a reply unless told otherwise; siege's.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Help,
    Version,
    Config,
    Headers,
    Page,
    Load,
}

/// Where the result is appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Log {
    pub file: Option<PathBuf>,
    pub mark: Option<String>,
}

/// What the options and settings mean together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Settings {
    pub action: Action,
    pub requests: Vec<Request>,
    /// What each user begins with, one of these.
    pub logins: Vec<Request>,
    pub order: Order,
    pub users: u32,
    /// Whether `users` was asked for, and so bounds the open model's connections.
    pub users_given: Option<u32>,
    pub bound: Option<Bound>,
    pub delay: Duration,
    pub rate: Option<Rate>,
    /// Whether the schedule is waited for without sleeping.
    pub spin: bool,
    pub fail_below: Option<Percent>,
    pub slo: Option<Slo>,
    /// Whether the highest rate that holds it is searched for.
    pub find_max: bool,
    pub timeout: Duration,
    /// Requests meant for this long from the start are not counted.
    pub warm_up: Duration,
    /// The pauses between the requests of a recording; empty without.
    pub pauses: Vec<Duration>,
    pub reuse: Reuse,
    pub transport: Transport,
    pub detail: Detail,
    pub format: Format,
    pub viewing: Viewing,
    pub log: Log,
    /// The method of `-g`.
    pub get: http::Method,
    pub outputs: Vec<FileOutput>,
}

impl Settings {
    /// What is shown, and how.
    pub fn showing(&self) -> Showing {
        Showing { detail: self.detail, format: self.format, viewing: self.viewing }
    }

    /// Puts options before the settings file, and both before the defaults.
    pub fn new(flags: Flags) -> Result<Self, SiegeError> {
        let action = action(&flags);
        let rc = match flags.value(Flag::Rc) {
            Some(file) => Rc::parse(&text_of(file)?),
            None => Rc::default(),
        };
        let given = Given { flags, rc };
        let Targets { requests, pauses, logins } = match action {
            Action::Help | Action::Version | Action::Config => Targets::default(),
            _ => given.targets()?,
        };
        let mut bound = given.bound(requests.len())?;
        let (slo, find_max) = (given.slo()?, given.flags.has(Flag::FindMax));
        if find_max {
            bound = Some(given.step(bound, slo.as_ref())?);
        }
        let rate = given.rate()?;
        if action == Action::Load {
            has_end(bound, rate)?;
        }
        let users_given = given.users()?;
        Ok(Self {
            action,
            requests,
            logins,
            order: if given.is_on(Flag::Internet, "internet") {
                Order::Random
            } else {
                Order::InTurn
            },
            users: users_given.unwrap_or(USERS),
            users_given,
            bound,
            delay: given.delay()?,
            rate,
            spin: given.flags.has(Flag::Spin),
            slo,
            find_max,
            fail_below: given.fail_below()?,
            timeout: given.timeout()?.unwrap_or(TIMEOUT),
            warm_up: given.warm_up(bound)?,
            pauses,
            reuse: given.reuse()?,
            transport: given.transport()?,
            detail: given.detail(),
            format: given.format(),
            viewing: given.viewing(),
            log: given.log(),
            get: given.get()?,
            outputs: given.outputs(action)?,
        })
    }
}

/// A load needs an end, and one on a schedule a time.
fn has_end(bound: Option<Bound>, rate: Option<Rate>) -> Result<(), SiegeError> {
    match (bound, rate) {
        (None, _) => Err(SiegeError::Endless),
        (Some(Bound::Repetitions(_)), Some(_)) => Err(SiegeError::RateWithoutTime),
        _ => Ok(()),
    }
}

/// What the options ask for.
pub(super) fn action(flags: &Flags) -> Action {
    let asked = [
        (Flag::Help, Action::Help),
        (Flag::Version, Action::Version),
        (Flag::Config, Action::Config),
        (Flag::Get, Action::Headers),
        (Flag::Print, Action::Page),
    ];
    asked.into_iter().find(|(flag, _)| flags.has(*flag)).map_or(Action::Load, |(_, action)| action)
}

pub(super) fn text_of(file: &str) -> Result<String, SiegeError> {
    let path = PathBuf::from(file);
    std::fs::read_to_string(&path).map_err(|error| SiegeError::File { path, error })
}

#[cfg(test)]
mod tests;
