//! Configuration from the environment, parsed before any port is bound.

mod env;
mod values;

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::Duration;

pub use env::{ConfigError, Env};
pub use values::{Acknowledge, EventLogUrl, Guard, LogFormat, Offsets, StoreUrl, parse_duration};

use crate::calls::{Protection, Upstreams};
use crate::log::USUAL_KEEP;
use crate::metrics::Metrics;

/// The configuration that every service has, from its environment.
#[derive(Clone, Debug)]
pub struct Config {
    /// The system that the service belongs to; empty for one that belongs to none.
    pub system: &'static str,
    /// The service's name: also its consumer group and the stem of its store's file name.
    pub service: &'static str,
    /// `HOST`: the address to listen on.
    pub host: IpAddr,
    /// `PORT`: 0 takes any free port.
    pub port: u16,
    /// `DATA_DIR`: the directory of the service's own store.
    pub data_dir: PathBuf,
    /// `EVENT_LOG`: the durable log that all services of the system share.
    pub event_log: EventLogUrl,
    /// How many records a partition of the embedded log keeps although every group has read them.
    pub event_log_keep: u32,
    /// `STORE`: where the service's own store is.
    pub store: StoreUrl,
    /// `DURABLE_COMMITS`: off flushes SQLite files only now and then, so that a loss of power may
    /// lose the last commits.
    pub durable: Guard,
    /// `RETENTION`: how long the ids of received events and the answers to idempotency keys are
    /// kept at least.
    pub retention: Duration,
    /// `OUTBOX`: off sends events after the commit from memory, so that a kill loses them.
    pub outbox: Guard,
    /// `INBOX`: off applies a redelivered event again.
    pub inbox: Guard,
    /// `OFFSETS`: latest forgets what came while the service was away.
    pub offsets: Offsets,
    /// `ACKNOWLEDGE`: before loses the events in hand when the service is killed.
    pub acknowledge: Acknowledge,
    /// `DROP_EVERY`: a planted defect, which drops every n-th event. None if it is 0.
    pub drop_every: Option<NonZeroU64>,
    /// `START_DELAY`: how long the process waits before it listens, like one that has much to load.
    pub start_delay: Duration,
    /// `SHUTDOWN_GRACE`: how long to serve on after readiness has turned 503.
    pub grace: Duration,
    /// How it protects itself from the services that it calls.
    pub protection: Protection,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`: where spans are sent, such as `http://localhost:4318`;
    /// nowhere if none.
    pub traces: Option<String>,
    /// `LOG_FORMAT`: how log lines look on standard error.
    pub log_format: LogFormat,
    env: Env,
}

/// The defaults of a service's name, port and directory.
#[derive(Clone, Copy, Debug)]
pub struct Defaults<'a> {
    /// The name of the service.
    pub service: &'static str,
    /// The port it listens on.
    pub port: u16,
    /// The directory of its store, relative to the working directory.
    pub data_dir: &'a str,
}

impl Config {
    /// Reads the variables that every service has.
    ///
    /// # Errors
    /// The first variable whose value cannot be used, with the values that can.
    pub fn read(env: Env, defaults: Defaults<'_>) -> Result<Self, ConfigError> {
        let data_dir = PathBuf::from(env.text("DATA_DIR", defaults.data_dir));
        let default_log = format!("sqlite:{}", data_dir.join("events.db").display());
        Ok(Self {
            system: "",
            service: defaults.service,
            host: env.parse("HOST", "127.0.0.1", "an IP address, or localhost", parse_host)?,
            port: env.parse("PORT", &defaults.port.to_string(), "a port from 0 to 65535", |v| {
                v.parse().ok()
            })?,
            event_log: env.parse(
                "EVENT_LOG",
                &default_log,
                EventLogUrl::ACCEPTS,
                EventLogUrl::parse,
            )?,
            event_log_keep: env.parse(
                "EVENT_LOG_KEEP",
                &USUAL_KEEP.to_string(),
                "a number of records, at least 1",
                |text| text.parse().ok().filter(|records| *records > 0),
            )?,
            store: env.parse("STORE", "file", StoreUrl::ACCEPTS, StoreUrl::parse)?,
            durable: env.parse("DURABLE_COMMITS", "on", Guard::ACCEPTS, Guard::parse)?,
            retention: env.duration("RETENTION", "10080m")?,
            outbox: env.parse("OUTBOX", "on", Guard::ACCEPTS, Guard::parse)?,
            inbox: env.parse("INBOX", "on", Guard::ACCEPTS, Guard::parse)?,
            offsets: env.parse("OFFSETS", "committed", Offsets::ACCEPTS, Offsets::parse)?,
            acknowledge: env.parse(
                "ACKNOWLEDGE",
                "after",
                Acknowledge::ACCEPTS,
                Acknowledge::parse,
            )?,
            drop_every: env.parse("DROP_EVERY", "0", "a number of events", |text| {
                text.parse().ok().map(NonZeroU64::new)
            })?,
            start_delay: env.duration("START_DELAY", "0s")?,
            grace: env.duration("SHUTDOWN_GRACE", "0s")?,
            protection: Protection::read(&env)?,
            traces: env.parse(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "",
                "an http:// URL",
                parse_endpoint,
            )?,
            log_format: env.parse("LOG_FORMAT", "text", LogFormat::ACCEPTS, LogFormat::parse)?,
            data_dir,
            env,
        })
    }

    /// The variables themselves, for settings that only one service has.
    #[must_use]
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// The service's metrics, with all counts at zero and the guards that every service has.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        let metrics = Metrics::new(self.service, self.traces.as_deref());
        metrics.show_guard("outbox", self.outbox);
        metrics.show_guard("inbox", self.inbox);
        // Shown with the guards, as it is one: `latest` takes away what protects events of a pause.
        let committed = self.offsets == Offsets::Committed;
        metrics.show_guard("committedOffsets", if committed { Guard::On } else { Guard::Off });
        metrics
    }

    /// Where another service is: a list of base URLs separated by commas.
    ///
    /// # Errors
    /// A value that is not such a list.
    pub fn upstreams(&self, variable: &str, default: &str) -> Result<Upstreams, ConfigError> {
        self.env.parse(
            variable,
            default,
            "one or more http:// URLs, separated by commas",
            Upstreams::parse,
        )
    }

    /// Reads a guard that only one service has; it is on unless its variable is `off`.
    ///
    /// # Errors
    /// A value that is neither `on` nor `off`.
    pub fn guard(&self, variable: &str) -> Result<Guard, ConfigError> {
        self.env.parse(variable, "on", Guard::ACCEPTS, Guard::parse)
    }

    /// The schema of this service's own store, for a database that it shares with others.
    #[must_use]
    pub fn store_schema(&self) -> String {
        match self.system {
            "" => self.service.to_owned(),
            system => format!("{system}_{}", self.service),
        }
    }

    /// The path of this service's own store with the file extension of its engine.
    #[must_use]
    pub fn store_path(&self, extension: &str) -> PathBuf {
        self.data_dir.join(format!("{}.{extension}", self.service))
    }
}

fn parse_endpoint(value: &str) -> Option<Option<String>> {
    let url = || reqwest::Url::parse(value).ok().filter(|url| url.scheme() == "http");
    if value.is_empty() { Some(None) } else { url().map(|_| Some(value.to_owned())) }
}

fn parse_host(value: &str) -> Option<IpAddr> {
    match value {
        "localhost" => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        other => other.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULTS: Defaults<'static> = Defaults { service: "order", port: 8081, data_dir: "data" };

    #[test]
    fn every_variable_has_a_default() {
        let config = Config::read(Env::from_pairs([]), DEFAULTS).unwrap();
        assert_eq!((config.port, config.host.to_string().as_str()), (8081, "127.0.0.1"));
        assert_eq!(config.event_log, EventLogUrl::Sqlite("data/events.db".into()));
        assert_eq!(config.store_path("db"), PathBuf::from("data/order.db"));
        assert_eq!((config.outbox, config.inbox), (Guard::On, Guard::On));
    }

    #[test]
    fn an_error_names_the_variable_and_what_it_accepts() {
        let message = |name: &str, value: &str| {
            Config::read(Env::from_pairs([(name, value)]), DEFAULTS).unwrap_err().to_string()
        };
        insta::assert_snapshot!(
            [
                message("PORT", "http"),
                message("HOST", "nowhere"),
                message("OUTBOX", "maybe"),
                message("EVENT_LOG", "kafka:localhost:9092"),
                message("STORE", "mysql://localhost"),
                message("SHUTDOWN_GRACE", "soon"),
                message("OFFSETS", "earliest"),
                message("ACKNOWLEDGE", "never"),
                message("DROP_EVERY", "0.1%"),
                message("LOG_FORMAT", "xml"),
                message("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318"),
            ]
            .join("\n"),
        );
    }
}
