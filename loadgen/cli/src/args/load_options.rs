//! Options that say how much load there is, for how long, and what must hold.

use std::time::Duration;

use brunt_loadgen::{Bound, Reuse};
use brunt_scenarios::units::{Percent, Rate};

use super::table::Flag;
use super::values;
use super::written::WrittenOptions;
use crate::error::LoadCliError;
use crate::limits::LoadLimits;

/// How long a step of a search is unless `-t` is given.
const STEP: Duration = Duration::from_secs(5);

impl WrittenOptions {
    pub(crate) fn bound(&self, urls: usize) -> Result<Option<Bound>, LoadCliError> {
        let time = self.value(Flag::Time, "time").map(values::time).transpose()?;
        // `once` is once through the file, whatever its length; siege has the same word.
        let repetitions = match self.value(Flag::Reps, "reps") {
            Some("once") => Some(urls as u64),
            Some(number) => Some(values::number("-r", number, "-r 100, or -r once")?),
            None => None,
        };
        Ok(match (time, repetitions) {
            (Some(time), Some(repetitions)) => Some(Bound::Either(time, repetitions)),
            (Some(time), None) => Some(Bound::Time(time)),
            (None, Some(repetitions)) => Some(Bound::Repetitions(repetitions)),
            (None, None) => None,
        })
    }

    pub(crate) fn users(&self) -> Result<Option<u32>, LoadCliError> {
        let users = self.value(Flag::Concurrent, "concurrent");
        users.map(|users| values::users("-c", users, "-c 25")).transpose()
    }

    pub(crate) fn delay(&self) -> Result<Duration, LoadCliError> {
        // -b wins over any delay, of the settings file as well.
        if self.is_on(Flag::Benchmark, "benchmark") {
            return Ok(Duration::ZERO);
        }
        let delay = self
            .value(Flag::Delay, "delay")
            .map(|delay| values::seconds("-d", delay, "-d 1 or -d 0.5"));
        Ok(delay.transpose()?.unwrap_or_default())
    }

    pub(crate) fn timeout(&self) -> Result<Option<Duration>, LoadCliError> {
        let timeout = self.value(Flag::Timeout, "timeout");
        timeout.map(|timeout| values::seconds("--timeout", timeout, "--timeout 30")).transpose()
    }

    pub(crate) fn warm_up(&self, bound: Option<Bound>) -> Result<Duration, LoadCliError> {
        let written = self.flags.value(Flag::WarmUp);
        let warm_up =
            written.map(|time| values::seconds("--warm-up", time, "--warm-up 5")).transpose()?;
        let warm_up = warm_up.unwrap_or_default();
        match bound.and_then(Bound::time) {
            Some(time) if warm_up >= time => Err(LoadCliError::WarmUpTooLong),
            _ => Ok(warm_up),
        }
    }

    pub(crate) fn rate(&self) -> Result<Option<Rate>, LoadCliError> {
        self.flags.value(Flag::Rate).map(|rate| values::rate("--rate", rate)).transpose()
    }

    pub(crate) fn fail_below(&self) -> Result<Option<Percent>, LoadCliError> {
        let percent = self.flags.value(Flag::FailBelow);
        percent.map(|percent| values::percent("--fail-below", percent)).transpose()
    }

    pub(crate) fn slo(&self) -> Result<Option<LoadLimits>, LoadCliError> {
        let written = self.flags.value(Flag::LoadLimits);
        let read = |text: &str| {
            text.parse().map_err(|_| values::invalid("--slo", text, "--slo p99=200ms,errors=0.1%"))
        };
        written.map(read).transpose()
    }

    /// How long a step of a search is.
    pub(crate) fn step(
        &self,
        bound: Option<Bound>,
        slo: Option<&LoadLimits>,
    ) -> Result<Bound, LoadCliError> {
        // Other formats have the windows of one load; a search has many loads and keeps none of
        // them.
        let only_pages = self.flags.values(Flag::Out).all(|output| output.starts_with("html="));
        match bound {
            _ if slo.is_none() => Err(LoadCliError::NoSlo),
            _ if !only_pages => Err(LoadCliError::SearchOutput),
            None => Ok(Bound::Time(STEP)),
            Some(Bound::Time(time)) => Ok(Bound::Time(time)),
            Some(_) => Err(LoadCliError::StepsWithoutTime),
        }
    }

    pub(crate) fn reuse(&self) -> Result<Reuse, LoadCliError> {
        // Siege closes by default; most clients of services keep connections alive.
        let Some(written) = self.rc.value("connection") else { return Ok(Reuse::Yes) };
        match written.to_ascii_lowercase().as_str() {
            "keep-alive" => Ok(Reuse::Yes),
            "close" => Ok(Reuse::No),
            _ => Err(values::invalid("connection", written, "connection = keep-alive, or close")),
        }
    }

    pub(crate) fn get(&self) -> Result<http::Method, LoadCliError> {
        let Some(written) = self.rc.value("gmethod") else { return Ok(http::Method::HEAD) };
        match written.to_ascii_uppercase().as_str() {
            "HEAD" => Ok(http::Method::HEAD),
            "GET" => Ok(http::Method::GET),
            _ => Err(values::invalid("gmethod", written, "gmethod = HEAD, or GET")),
        }
    }
}
