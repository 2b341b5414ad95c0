//! What the options and the settings file say, one by one.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use brunt_scenarios::units::{Percent, Rate};

use super::{Action, Detail, Format, Log, STEP, read};
use crate::SiegeError;
use crate::flags::Flags;
use crate::limit::Slo;
use crate::outputs::{FileOutput, Place};
use crate::rc::Rc;
use crate::table::Flag;
use brunt_loadgen::{Bound, Reuse};

/// Where values come from.
pub(crate) struct Given {
    pub flags: Flags,
    pub rc: Rc,
}

impl Given {
    pub(super) fn value(&self, flag: Flag, key: &str) -> Option<&str> {
        self.flags.value(flag).or_else(|| self.rc.value(key))
    }

    pub(super) fn is_on(&self, flag: Flag, key: &str) -> bool {
        self.flags.has(flag) || self.rc.is_on(key)
    }

    pub(super) fn headers(&self) -> Result<Vec<(String, String)>, SiegeError> {
        let written =
            self.rc.headers.iter().map(String::as_str).chain(self.flags.values(Flag::Header));
        let mut headers = written.map(read::header).collect::<Result<Vec<_>, _>>()?;
        if let Some(agent) = self.value(Flag::UserAgent, "user-agent") {
            headers.push(("User-Agent".to_owned(), agent.to_owned()));
        }
        let basic = self.flags.value(Flag::User).or(self.login());
        let basic = basic.map(|user| format!("Basic {}", BASE64_STANDARD.encode(user)));
        let bearer = self.flags.value(Flag::Bearer).map(|token| format!("Bearer {token}"));
        headers.extend(basic.or(bearer).map(|value| ("Authorization".to_owned(), value)));
        let coded = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept-encoding"));
        if let Some(coding) = self.rc.value("accept-encoding").filter(|_| !coded) {
            headers.push(("Accept-Encoding".to_owned(), coding.to_owned()));
        }
        Ok(headers)
    }

    /// `login = name:password:realm` of the settings file; the realm is left out, as nobody is
    /// asked for it.
    fn login(&self) -> Option<&str> {
        let login = self.rc.value("login")?;
        let password = login.find(':')? + 1;
        Some(login[password..].find(':').map_or(login, |realm| &login[..password + realm]))
    }

    pub(super) fn bound(&self, urls: usize) -> Result<Option<Bound>, SiegeError> {
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

    pub(super) fn users(&self) -> Result<Option<u32>, SiegeError> {
        let users = self.value(Flag::Concurrent, "concurrent");
        users.map(|users| read::number("-c", users, "-c 25")).transpose()
    }

    pub(super) fn delay(&self) -> Result<Duration, SiegeError> {
        if self.is_on(Flag::Benchmark, "benchmark") {
            return Ok(Duration::ZERO);
        }
        let delay = self
            .value(Flag::Delay, "delay")
            .map(|delay| read::seconds("-d", delay, "-d 1 or -d 0.5"));
        Ok(delay.transpose()?.unwrap_or_default())
    }

    pub(super) fn timeout(&self) -> Result<Option<Duration>, SiegeError> {
        let timeout = self.value(Flag::Timeout, "timeout");
        timeout.map(|timeout| read::seconds("--timeout", timeout, "--timeout 30")).transpose()
    }

    pub(super) fn warm_up(&self, bound: Option<Bound>) -> Result<Duration, SiegeError> {
        let written = self.flags.value(Flag::WarmUp);
        let warm_up =
            written.map(|time| read::seconds("--warm-up", time, "--warm-up 5")).transpose()?;
        let warm_up = warm_up.unwrap_or_default();
        match bound.and_then(Bound::time) {
            Some(time) if warm_up >= time => Err(SiegeError::AllWarmUp),
            _ => Ok(warm_up),
        }
    }

    pub(super) fn rate(&self) -> Result<Option<Rate>, SiegeError> {
        self.flags.value(Flag::Rate).map(|rate| read::rate("--rate", rate)).transpose()
    }

    pub(super) fn fail_below(&self) -> Result<Option<Percent>, SiegeError> {
        let percent = self.flags.value(Flag::FailBelow);
        percent.map(|percent| read::percent("--fail-below", percent)).transpose()
    }

    pub(super) fn slo(&self) -> Result<Option<Slo>, SiegeError> {
        let written = self.flags.value(Flag::Slo);
        let read = |text: &str| {
            text.parse().map_err(|()| read::bad("--slo", text, "--slo p99=200ms,errors=0.1%"))
        };
        written.map(read).transpose()
    }

    /// How long a step of a search is.
    pub(super) fn step(
        &self,
        bound: Option<Bound>,
        slo: Option<&Slo>,
    ) -> Result<Bound, SiegeError> {
        let only_pages = self.flags.values(Flag::Out).all(|output| output.starts_with("html="));
        match bound {
            _ if slo.is_none() => Err(SiegeError::NoSlo),
            _ if !only_pages => Err(SiegeError::SearchOutput),
            None => Ok(Bound::Time(STEP)),
            Some(Bound::Time(time)) => Ok(Bound::Time(time)),
            Some(_) => Err(SiegeError::StepsWithoutTime),
        }
    }

    pub(super) fn reuse(&self) -> Result<Reuse, SiegeError> {
        match self.rc.value("connection") {
            None | Some("keep-alive") => Ok(Reuse::Yes),
            Some("close") => Ok(Reuse::No),
            Some(other) => Err(read::bad("connection", other, "connection = keep-alive, or close")),
        }
    }

    pub(super) fn get(&self) -> Result<http::Method, SiegeError> {
        match self.rc.value("gmethod") {
            None | Some("HEAD") => Ok(http::Method::HEAD),
            Some("GET") => Ok(http::Method::GET),
            Some(other) => Err(read::bad("gmethod", other, "gmethod = HEAD, or GET")),
        }
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

    pub(super) fn log(&self) -> Log {
        let asked = self.is_on(Flag::Log, "logging");
        let named = self.value(Flag::Log, "logfile").unwrap_or("siege.log");
        Log {
            file: asked.then(|| PathBuf::from(named)),
            mark: self.flags.value(Flag::Mark).map(str::to_owned),
        }
    }
}
