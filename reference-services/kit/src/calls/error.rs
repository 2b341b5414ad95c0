//! Why a call has no answer.

use std::time::Duration;

use crate::rest::Problem;

/// Why there is no answer. Unless nothing was sent, the call may have had its effect all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Nothing was sent: no connection could be made.
    #[error("it cannot be reached")]
    NotConnected,
    /// The connection broke.
    #[error("it closed the connection")]
    Unreachable,
    /// No answer before the deadline.
    #[error("it did not answer in time")]
    TimedOut,
    /// It answered that it cannot serve now.
    #[error("it answered {0}")]
    Unavailable(u16),
    /// It answered something that makes no sense.
    #[error("its answer cannot be read")]
    Unreadable,
    /// Nothing was sent: the circuit breaker is open.
    #[error("its circuit breaker is open")]
    NotPermitted {
        /// How long until calls are tried again.
        retry_after: Duration,
    },
}

impl CallError {
    /// Whether it is certain that the call had no effect.
    #[must_use]
    pub fn nothing_was_sent(self) -> bool {
        matches!(self, Self::NotConnected | Self::NotPermitted { .. })
    }

    /// The refusal of a request that needs `callee`: 503 with `Retry-After`. `what` says how things
    /// are now, such as "the order is unchanged".
    #[must_use]
    pub fn problem(self, what: &str, callee: &str) -> Problem {
        let problem = Problem::unavailable(format!(
            "{what}, as {callee} was needed and {self}; try again shortly"
        ));
        match self {
            Self::NotPermitted { retry_after } => problem.retry_after(whole_seconds(retry_after)),
            _ => problem,
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::TimedOut => "timed out",
            Self::NotPermitted { .. } => "not permitted",
            Self::NotConnected | Self::Unreachable | Self::Unavailable(_) | Self::Unreadable => {
                "failed"
            }
        }
    }
}

/// Rounded up, and at least one: a client that returns too early is refused again.
fn whole_seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis().div_ceil(1000)).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_rounded_up() {
        let seconds =
            [0, 1, 999, 1000, 1001, 60_000].map(|ms| whole_seconds(Duration::from_millis(ms)));
        assert_eq!(seconds, [1, 1, 1, 1, 2, 60]);
        let refused = CallError::NotPermitted { retry_after: Duration::from_millis(4200) };
        let message = "nothing was ordered, as pay was needed and its circuit breaker is open; \
                       try again shortly";
        assert_eq!(
            refused.problem("nothing was ordered", "pay"),
            Problem::unavailable(message).retry_after(5)
        );
    }
}
