//! What the options and settings mean together.

mod read;
mod targets;
mod transport;

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use brunt_scenarios::units::{Percent, Rate};

use super::SiegeError;
use super::flags::Flags;
use super::outputs::{FileOutput, Place};
use super::rc::Rc;
use super::table::Flag;
use crate::job::{Bound, Order, Request, Reuse, Transport};
use crate::limit::Slo;
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

/// How much to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Nothing but errors, and JSON if asked for.
    Quiet,
    /// The summary.
    Summary,
    /// Each hit as well.
    Hits,
}

/// How the summary is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Json,
}

/// Whether the load is drawn while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Viewing {
    Always,
    /// On a terminal.
    Auto,
    Never,
}

/// What is shown, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Showing {
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
    pub order: Order,
    pub users: u32,
    /// Whether `users` was asked for, and so bounds the open model's connections.
    pub users_given: Option<u32>,
    pub bound: Option<Bound>,
    pub delay: Duration,
    pub rate: Option<Rate>,
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
        let Targets { requests, pauses } = match action {
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
            match (bound, rate) {
                (None, _) => return Err(SiegeError::Endless),
                (Some(Bound::Repetitions(_)), Some(_)) => return Err(SiegeError::RateWithoutTime),
                _ => {}
            }
        }
        let users_given = given.users()?;
        Ok(Self {
            action,
            requests,
            order: if given.is_on(Flag::Internet, "internet") { Order::Random } else { Order::InTurn },
            users: users_given.unwrap_or(USERS),
            users_given,
            bound,
            delay: given.delay()?,
            rate,
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

/// Where values come from.
pub(super) struct Given {
    pub flags: Flags,
    pub rc: Rc,
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

impl Given {
    fn value(&self, flag: Flag, key: &str) -> Option<&str> {
        self.flags.value(flag).or_else(|| self.rc.value(key))
    }

    fn is_on(&self, flag: Flag, key: &str) -> bool {
        self.flags.has(flag) || self.rc.is_on(key)
    }

    fn headers(&self) -> Result<Vec<(String, String)>, SiegeError> {
        let written = self.rc.headers.iter().map(String::as_str).chain(self.flags.values(Flag::Header));
        let mut headers = written.map(read::header).collect::<Result<Vec<_>, _>>()?;
        if let Some(agent) = self.value(Flag::UserAgent, "user-agent") {
            headers.push(("User-Agent".to_owned(), agent.to_owned()));
        }
        let basic =
            self.flags.value(Flag::User).map(|user| format!("Basic {}", BASE64_STANDARD.encode(user)));
        let bearer = self.flags.value(Flag::Bearer).map(|token| format!("Bearer {token}"));
        headers.extend(basic.or(bearer).map(|value| ("Authorization".to_owned(), value)));
        let coded = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept-encoding"));
        if let Some(coding) = self.rc.value("accept-encoding").filter(|_| !coded) {
            headers.push(("Accept-Encoding".to_owned(), coding.to_owned()));
        }
        Ok(headers)
    }

    fn bound(&self, urls: usize) -> Result<Option<Bound>, SiegeError> {
        let time = self.value(Flag::Time, "time").map(read::time).transpose()?;
        let repetitions = match self.value(Flag::Reps, "reps") {
            Some("once") => Some(urls as u64),
            Some(number) => Some(read::number("-r", number, "-r 100, or -r once")?),
            None => None,
        };
        Ok(match (time, repetitions) {
            (Some(time), Some(repetitions)) => Some(Bound::Either(time, repetitions)),
            (Some(time), None) => Some(Bound::Time(time)),
            (None, Some(repetitions)) => Some(Bound::Repetitions(repetitions)),
            (None, None) => None,
        })
    }

    fn users(&self) -> Result<Option<u32>, SiegeError> {
        let users = self.value(Flag::Concurrent, "concurrent");
        users.map(|users| read::number("-c", users, "-c 25")).transpose()
    }

    fn delay(&self) -> Result<Duration, SiegeError> {
        if self.is_on(Flag::Benchmark, "benchmark") {
            return Ok(Duration::ZERO);
        }
        let delay =
            self.value(Flag::Delay, "delay").map(|delay| read::seconds("-d", delay, "-d 1 or -d 0.5"));
        Ok(delay.transpose()?.unwrap_or_default())
    }

    fn timeout(&self) -> Result<Option<Duration>, SiegeError> {
        let timeout = self.value(Flag::Timeout, "timeout");
        timeout.map(|timeout| read::seconds("--timeout", timeout, "--timeout 30")).transpose()
    }

    fn warm_up(&self, bound: Option<Bound>) -> Result<Duration, SiegeError> {
        let written = self.flags.value(Flag::WarmUp);
        let warm_up = written.map(|time| read::seconds("--warm-up", time, "--warm-up 5")).transpose()?;
        let warm_up = warm_up.unwrap_or_default();
        match bound.and_then(Bound::time) {
            Some(time) if warm_up >= time => Err(SiegeError::AllWarmUp),
            _ => Ok(warm_up),
        }
    }

    fn rate(&self) -> Result<Option<Rate>, SiegeError> {
        self.flags.value(Flag::Rate).map(|rate| read::rate("--rate", rate)).transpose()
    }

    fn fail_below(&self) -> Result<Option<Percent>, SiegeError> {
        let percent = self.flags.value(Flag::FailBelow);
        percent.map(|percent| read::percent("--fail-below", percent)).transpose()
    }

    fn slo(&self) -> Result<Option<Slo>, SiegeError> {
        let written = self.flags.value(Flag::Slo);
        let read =
            |text: &str| text.parse().map_err(|()| read::bad("--slo", text, "--slo p99=200ms,errors=0.1%"));
        written.map(read).transpose()
    }

    /// How long a step of a search is.
    fn step(&self, bound: Option<Bound>, slo: Option<&Slo>) -> Result<Bound, SiegeError> {
        let only_pages = self.flags.values(Flag::Out).all(|output| output.starts_with("html="));
        match bound {
            _ if slo.is_none() => Err(SiegeError::NoSlo),
            _ if !only_pages => Err(SiegeError::SearchOutput),
            None => Ok(Bound::Time(STEP)),
            Some(Bound::Time(time)) => Ok(Bound::Time(time)),
            Some(_) => Err(SiegeError::StepsWithoutTime),
        }
    }

    fn reuse(&self) -> Result<Reuse, SiegeError> {
        match self.rc.value("connection") {
            None | Some("keep-alive") => Ok(Reuse::Yes),
            Some("close") => Ok(Reuse::No),
            Some(other) => Err(read::bad("connection", other, "connection = keep-alive, or close")),
        }
    }

    fn get(&self) -> Result<http::Method, SiegeError> {
        match self.rc.value("gmethod") {
            None | Some("HEAD") => Ok(http::Method::HEAD),
            Some("GET") => Ok(http::Method::GET),
            Some(other) => Err(read::bad("gmethod", other, "gmethod = HEAD, or GET")),
        }
    }

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
        match (self.flags.has(Flag::NoView) || self.detail() == Detail::Quiet, self.flags.has(Flag::View)) {
            (true, _) => Viewing::Never,
            (false, true) => Viewing::Always,
            (false, false) => Viewing::Auto,
        }
    }

    /// What is shown, and how.
    pub fn showing(&self) -> Showing {
        Showing { detail: self.detail(), format: self.format(), viewing: self.viewing() }
    }

    pub fn outputs(&self, action: Action) -> Result<Vec<FileOutput>, SiegeError> {
        let outputs: Vec<_> =
            self.flags.values(Flag::Out).map(FileOutput::parse).collect::<Result<_, _>>()?;
        if matches!(action, Action::Headers | Action::Page) && !outputs.is_empty() {
            return Err(SiegeError::OutputsWithoutLoad);
        }
        // JSON and hits go to stdout.
        let stdout_is_taken = self.format() == Format::Json || self.detail() == Detail::Hits;
        let mut taken: Vec<_> = stdout_is_taken.then_some(&Place::Stdout).into_iter().collect();
        for FileOutput { place, .. } in &outputs {
            if taken.contains(&place) {
                return Err(SiegeError::SharedOutput(place.to_string()));
            }
            taken.push(place);
        }
        Ok(outputs)
    }

    fn log(&self) -> Log {
        let asked = self.is_on(Flag::Log, "logging");
        let named = self.value(Flag::Log, "logfile").unwrap_or("siege.log");
        Log {
            file: asked.then(|| PathBuf::from(named)),
            mark: self.flags.value(Flag::Mark).map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests;
