//! What is counted and measured, and its names in Prometheus.

/// The counters that a service exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counter {
    /// Events that reached the log.
    EventsPublished,
    /// Events received, by `outcome`: applied, duplicate, ignored, dead.
    EventsReceived,
    /// Attempts of calls to other services, by `callee` and `outcome`.
    Calls,
    /// Calls that were sent a second time, by `callee`.
    CallRetries,
    /// Calls that a circuit breaker, by `name`, did not let through.
    NotPermitted,
    /// Requests that the gateway sent a second time.
    Retries,
    /// Requests that the gateway refused, by `reason`: rate, token.
    Refused,
    /// Requests that share one rate limit, as there are more clients than limits.
    SharedLimit,
    /// Changes of a mounted file, by `outcome`: applied, refused.
    ConfigReloads,
}

/// The gauges that a service exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gauge {
    /// 1 for the `state` in which the circuit breaker `name` is, 0 for the others.
    BreakerState,
    /// 1 if the mounted file is in force as it is, 0 if it was refused.
    ConfigReloaded,
}

/// The timers, which count as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Summary {
    /// Calls, by the circuit breaker's `name` and `kind`: successful,
    /// failed, ignored, not_permitted.
    BreakerCalls,
}

impl Counter {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::EventsPublished => "events_published_total",
            Self::EventsReceived => "events_received_total",
            Self::Calls => "client_calls_total",
            Self::CallRetries => "client_retries_total",
            Self::NotPermitted => "resilience4j_circuitbreaker_not_permitted_calls_total",
            Self::Retries => "gateway_retries_total",
            Self::Refused => "gateway_refused_total",
            Self::SharedLimit => "gateway_shared_limit_total",
            Self::ConfigReloads => "config_reloads_total",
        }
    }
}

impl Gauge {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::BreakerState => "resilience4j_circuitbreaker_state",
            Self::ConfigReloaded => "config_last_reload_successful",
        }
    }
}

impl Summary {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::BreakerCalls => "resilience4j_circuitbreaker_calls_seconds",
        }
    }
}

/// One route's requests: the labels that Spring Boot gives them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Request {
    /// The HTTP method, such as `GET`; `_OTHER` for one that HTTP does not define.
    pub method: String,
    /// The route, not the path: `/orders/{id}`.
    pub uri: String,
    /// The response's status.
    pub status: u16,
}
