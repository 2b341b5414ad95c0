//! How a service protects itself from those that it calls.

use std::time::Duration;

use crate::breaker;
use crate::config::{ConfigError, Env, Guard};
use crate::metrics::Metrics;

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
    /// Reads `CALL_TIMEOUT` and its guard `TIMEOUT`, the guard `BREAKER` and the breaker's settings, and `RETRY_BUDGET`.
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

    pub(super) fn show(&self, metrics: &Metrics) {
        let guard = |there: bool| if there { Guard::On } else { Guard::Off };
        metrics.show_guard("timeout", guard(self.deadline.is_some()));
        metrics.show_guard("breaker", guard(self.breaker.is_some()));
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
}
