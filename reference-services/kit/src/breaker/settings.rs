//! The settings of a circuit breaker.

use std::time::Duration;

use crate::config::{ConfigError, Env};

/// When a circuit breaker opens, and how it closes again. The names and
/// meanings are resilience4j's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// How many of the last calls are looked at, at least 1.
    pub sliding_window_size: u32,
    /// With fewer calls than these it stays closed; at most the window's size counts.
    pub minimum_number_of_calls: u32,
    /// In percent, over 0: it opens at this share of failed calls.
    pub failure_rate_threshold: f64,
    /// A call that takes longer is a slow one.
    pub slow_call_duration_threshold: Duration,
    /// In percent, over 0: it opens at this share of slow calls.
    pub slow_call_rate_threshold: f64,
    /// How long it stays open.
    pub wait_duration_in_open_state: Duration,
    /// How many calls are then tried, at least 1.
    pub permitted_number_of_calls_in_half_open_state: u32,
}

impl Default for Settings {
    /// A smaller window and shorter waits than resilience4j's defaults: with those, a breaker would
    /// stay open longer than most runs take.
    fn default() -> Self {
        Self {
            sliding_window_size: 50,
            minimum_number_of_calls: 20,
            failure_rate_threshold: 50.0,
            slow_call_duration_threshold: Duration::from_secs(1),
            slow_call_rate_threshold: 100.0,
            wait_duration_in_open_state: Duration::from_secs(2),
            permitted_number_of_calls_in_half_open_state: 5,
        }
    }
}

impl Settings {
    /// Reads `BREAKER_SLIDING_WINDOW_SIZE` and the others of that form.
    ///
    /// # Errors
    /// The first that cannot be used.
    pub fn read(env: &Env) -> Result<Self, ConfigError> {
        let or = Self::default();
        let calls = |name, default: u32| {
            env.parse(name, &default.to_string(), "a number of calls from 1 to 10000", parse_calls)
        };
        let percent = |name, default: f64| {
            env.parse(
                name,
                &default.to_string(),
                "a share in percent, over 0 and up to 100",
                parse_percent,
            )
        };
        let duration =
            |name, default: Duration| env.duration(name, &format!("{}ms", default.as_millis()));
        Ok(Self {
            sliding_window_size: calls("BREAKER_SLIDING_WINDOW_SIZE", or.sliding_window_size)?,
            minimum_number_of_calls: calls(
                "BREAKER_MINIMUM_NUMBER_OF_CALLS",
                or.minimum_number_of_calls,
            )?,
            failure_rate_threshold: percent(
                "BREAKER_FAILURE_RATE_THRESHOLD",
                or.failure_rate_threshold,
            )?,
            slow_call_duration_threshold: duration(
                "BREAKER_SLOW_CALL_DURATION_THRESHOLD",
                or.slow_call_duration_threshold,
            )?,
            slow_call_rate_threshold: percent(
                "BREAKER_SLOW_CALL_RATE_THRESHOLD",
                or.slow_call_rate_threshold,
            )?,
            wait_duration_in_open_state: duration(
                "BREAKER_WAIT_DURATION_IN_OPEN_STATE",
                or.wait_duration_in_open_state,
            )?,
            permitted_number_of_calls_in_half_open_state: calls(
                "BREAKER_PERMITTED_NUMBER_OF_CALLS_IN_HALF_OPEN_STATE",
                or.permitted_number_of_calls_in_half_open_state,
            )?,
        })
    }
}

fn parse_calls(text: &str) -> Option<u32> {
    text.parse().ok().filter(|calls| (1..=10_000).contains(calls))
}

fn parse_percent(text: &str) -> Option<f64> {
    text.parse().ok().filter(|percent| *percent > 0.0 && *percent <= 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_breaker_setting_is_read_from_the_environment() {
        assert_eq!(Settings::read(&Env::default()).unwrap(), Settings::default());
        let env = Env::from_pairs([
            ("BREAKER_SLIDING_WINDOW_SIZE", "1"),
            ("BREAKER_MINIMUM_NUMBER_OF_CALLS", "2"),
            ("BREAKER_FAILURE_RATE_THRESHOLD", "3"),
            ("BREAKER_SLOW_CALL_DURATION_THRESHOLD", "4ms"),
            ("BREAKER_SLOW_CALL_RATE_THRESHOLD", "5.5"),
            ("BREAKER_WAIT_DURATION_IN_OPEN_STATE", "6s"),
            ("BREAKER_PERMITTED_NUMBER_OF_CALLS_IN_HALF_OPEN_STATE", "7"),
        ]);
        let expected = Settings {
            sliding_window_size: 1,
            minimum_number_of_calls: 2,
            failure_rate_threshold: 3.0,
            slow_call_duration_threshold: Duration::from_millis(4),
            slow_call_rate_threshold: 5.5,
            wait_duration_in_open_state: Duration::from_secs(6),
            permitted_number_of_calls_in_half_open_state: 7,
        };
        assert_eq!(Settings::read(&env).unwrap(), expected);
    }

    #[test]
    fn breaker_settings_out_of_range_are_refused() {
        for (name, value) in [
            ("BREAKER_SLIDING_WINDOW_SIZE", "0"),
            ("BREAKER_MINIMUM_NUMBER_OF_CALLS", "10001"),
            ("BREAKER_FAILURE_RATE_THRESHOLD", "0"),
            ("BREAKER_FAILURE_RATE_THRESHOLD", "NaN"),
            ("BREAKER_SLOW_CALL_RATE_THRESHOLD", "101"),
            ("BREAKER_WAIT_DURATION_IN_OPEN_STATE", "5"),
            ("BREAKER_PERMITTED_NUMBER_OF_CALLS_IN_HALF_OPEN_STATE", "-1"),
        ] {
            assert!(Settings::read(&Env::from_pairs([(name, value)])).is_err(), "{name}={value}");
        }
    }
}
