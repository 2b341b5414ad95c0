//! How a service protects itself from those that it calls.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::breaker;
use crate::config::{ConfigError, Env, Guard};
use crate::metrics::Metrics;
use crate::reload::{OverlayError, document};

/// The variables that a file may override.
const NAMES: [&str; 11] = [
    "CALL_TIMEOUT",
    "TIMEOUT",
    "RETRY_BUDGET",
    "BREAKER",
    "BREAKER_SLIDING_WINDOW_SIZE",
    "BREAKER_MINIMUM_NUMBER_OF_CALLS",
    "BREAKER_FAILURE_RATE_THRESHOLD",
    "BREAKER_SLOW_CALL_DURATION_THRESHOLD",
    "BREAKER_SLOW_CALL_RATE_THRESHOLD",
    "BREAKER_WAIT_DURATION_IN_OPEN_STATE",
    "BREAKER_PERMITTED_NUMBER_OF_CALLS_IN_HALF_OPEN_STATE",
];

/// How a service protects itself from those that it calls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resilience {
    /// How long a call may take, retries included. None waits for ever, for a proof.
    pub deadline: Option<Duration>,
    /// None lets every call through, for a proof.
    pub breaker: Option<breaker::Settings>,
    /// How much retries may add to the calls, in percent; 0 is none.
    pub retry_percent: u32,
}

impl Resilience {
    /// Reads `CALL_TIMEOUT` and its guard `TIMEOUT`, the guard `BREAKER` and the breaker's
    /// settings, and `RETRY_BUDGET`.
    ///
    /// # Errors
    /// The first that cannot be used.
    pub fn read(env: &Env) -> Result<Self, ConfigError> {
        let guard = |name| env.parse(name, "on", Guard::ACCEPTS, Guard::parse);
        let deadline = env.duration("CALL_TIMEOUT", "2s")?;
        let breaker = breaker::Settings::read(env)?;
        Ok(Self {
            deadline: (guard("TIMEOUT")? == Guard::On).then_some(deadline),
            breaker: (guard("BREAKER")? == Guard::On).then_some(breaker),
            retry_percent: env.parse(
                "RETRY_BUDGET",
                "20",
                "a share in percent from 0 to 100",
                parse_share,
            )?,
        })
    }

    /// The same with a file's `NAME: value` lines, which override the environment.
    pub(super) fn overlaid(env: &Env, text: &str) -> Result<Self, OverlayError> {
        let file: BTreeMap<String, serde_json::Value> = document(text)?;
        let mut env = env.clone();
        for (name, value) in file {
            if !NAMES.contains(&name.as_str()) {
                return Err(OverlayError::UnknownName { name, known: NAMES.join(", ") });
            }
            env = env.with(&name, &plain(&name, &value)?);
        }
        Ok(Self::read(&env)?)
    }

    pub(super) fn show(&self, metrics: &Metrics) {
        let guard = |there: bool| if there { Guard::On } else { Guard::Off };
        metrics.show_guard("timeout", guard(self.deadline.is_some()));
        metrics.show_guard("breaker", guard(self.breaker.is_some()));
    }
}

/// YAML reads an unquoted `off` as false.
fn plain(name: &str, value: &serde_json::Value) -> Result<String, OverlayError> {
    use serde_json::Value::{Bool, Number, String};
    match value {
        String(text) => Ok(text.clone()),
        Number(number) => Ok(number.to_string()),
        Bool(on) => Ok(if *on { "on" } else { "off" }.to_owned()),
        _ => Err(OverlayError::NotOneValue(name.to_owned())),
    }
}

fn parse_share(text: &str) -> Option<u32> {
    text.parse().ok().filter(|percent| *percent <= 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_protection_can_be_taken_away() {
        let read = |name, value| Resilience::read(&Env::from_pairs([(name, value)]));
        let all = read("CALL_TIMEOUT", "5s").unwrap();
        assert_eq!(all.deadline, Some(Duration::from_secs(5)));
        assert_eq!((all.breaker, all.retry_percent), (Some(breaker::Settings::default()), 20));
        assert_eq!(read("TIMEOUT", "off").unwrap().deadline, None);
        assert_eq!(read("BREAKER", "off").unwrap().breaker, None);
        assert_eq!(read("RETRY_BUDGET", "0").unwrap().retry_percent, 0);
        for (name, value) in [("TIMEOUT", "0"), ("BREAKER", "no"), ("RETRY_BUDGET", "101")] {
            assert!(read(name, value).is_err(), "{name}={value}");
        }
    }

    #[test]
    fn a_file_is_laid_over_the_environment() {
        let env = Env::from_pairs([("CALL_TIMEOUT", "5s"), ("RETRY_BUDGET", "10")]);
        let overlaid = |text| Resilience::overlaid(&env, text);
        for text in ["", "# nothing yet\n", "{}"] {
            assert_eq!(overlaid(text).unwrap(), Resilience::read(&env).unwrap(), "{text:?}");
        }
        let changed = overlaid("CALL_TIMEOUT: 300ms\nBREAKER: off\nRETRY_BUDGET: 0\n").unwrap();
        assert_eq!(changed.deadline, Some(Duration::from_millis(300)));
        assert_eq!((changed.breaker, changed.retry_percent), (None, 0));
        for (text, named) in [
            ("CALL_TIMEOUT: soon", "CALL_TIMEOUT=soon"),
            ("CALL_TIMEUOT: 1s", "CALL_TIMEUOT"),
            ("BREAKER: {a: 1}", "BREAKER"),
            ("- a", "expected"),
        ] {
            let error = overlaid(text).unwrap_err().to_string();
            assert!(error.contains(named) && !error.contains('\n'), "{text}: {error}");
        }
    }
}
