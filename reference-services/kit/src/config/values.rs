//! Values that variables can have.

use std::path::PathBuf;
use std::time::Duration;

/// A protection that can be switched off, to prove that it is what protects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// The protection is in force: the default.
    On,
    /// The protection is off, for a proof.
    Off,
}

impl Guard {
    pub(crate) const ACCEPTS: &'static str = "on or off";

    pub(crate) fn parse(value: &str) -> Option<Self> {
        match value {
            "on" => Some(Self::On),
            "off" => Some(Self::Off),
            _ => None,
        }
    }
}

/// Where a service resumes reading the event log when it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offsets {
    /// Where its group stopped: the default.
    Committed,
    /// At the end, for a proof: what came while it was away is never read.
    Latest,
}

impl Offsets {
    pub(super) const ACCEPTS: &'static str = "committed or latest";

    pub(super) fn parse(value: &str) -> Option<Self> {
        match value {
            "committed" => Some(Self::Committed),
            "latest" => Some(Self::Latest),
            _ => None,
        }
    }
}

/// When an event is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acknowledge {
    /// Once it is applied: the default.
    After,
    /// When it arrives, for a proof: a service that is killed before it is applied never
    /// gets it again.
    Before,
}

impl Acknowledge {
    pub(super) const ACCEPTS: &'static str = "after or before";

    pub(super) fn parse(value: &str) -> Option<Self> {
        match value {
            "after" => Some(Self::After),
            "before" => Some(Self::Before),
            _ => None,
        }
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines of text, for people.
    Text,
    /// One JSON object for each line.
    Json,
}

impl LogFormat {
    pub(super) const ACCEPTS: &'static str = "text or json";

    pub(super) fn parse(value: &str) -> Option<Self> {
        match value {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Which durable log the services share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventLogUrl {
    /// A SQLite file that all processes on this machine open.
    Sqlite(PathBuf),
    /// Kafka, by the hosts and ports of its brokers, separated by commas.
    Kafka(String),
}

impl EventLogUrl {
    /// The accepted forms, for error messages.
    pub const ACCEPTS: &'static str =
        "sqlite: and the path of a file, or kafka:// and a broker's host and port";

    /// Parses a value; none if it has another form.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        if let Some(brokers) = value.strip_prefix("kafka://") {
            let brokers = brokers.trim_end_matches('/');
            return brokers.split(',').all(is_address).then(|| Self::Kafka(brokers.to_owned()));
        }
        let path = value.strip_prefix("sqlite:")?;
        let path = path.strip_prefix("//").unwrap_or(path);
        (!path.is_empty()).then(|| Self::Sqlite(PathBuf::from(path)))
    }
}

fn is_address(text: &str) -> bool {
    text.rsplit_once(':')
        .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

/// Where a service keeps its store.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// In a file of its own, of the kind that the service chooses.
    File,
    /// In a schema of its own in this PostgreSQL database. It may contain a password.
    Postgres(String),
}

impl StoreUrl {
    pub(super) const ACCEPTS: &'static str =
        "file, or a URL such as postgres://user@host:5432/database";

    pub(super) fn parse(value: &str) -> Option<Self> {
        match value {
            "file" => Some(Self::File),
            url if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Some(Self::Postgres(url.to_owned()))
            }
            _ => None,
        }
    }
}

impl std::fmt::Debug for StoreUrl {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::File => "File",
            Self::Postgres(_) => "Postgres",
        })
    }
}

/// The longest duration: a year. So an instant can be moved by any of them, or by several.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A duration such as `0ms`, `250ms`, `2s` or `1m`, of at most a year.
#[must_use]
pub fn parse_duration(value: &str) -> Option<Duration> {
    let digits = value.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = value.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let duration = match unit {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number.checked_mul(60)?),
        _ => return None,
    };
    (duration <= LONGEST).then_some(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_a_unit() {
        assert_eq!(parse_duration("250ms"), Some(Duration::from_millis(250)));
        assert_eq!(parse_duration("2s"), Some(Duration::from_secs(2)));
        assert_eq!(parse_duration("1m"), Some(Duration::from_secs(60)));
        for bad in ["", "2", "s", "-1s", "1h30m", "2 s", "99999999999999999999s"] {
            assert_eq!(parse_duration(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn durations_of_more_than_a_year_are_refused() {
        let year = Duration::from_secs(31_536_000);
        for text in ["525600m", "31536000s", "31536000000ms"] {
            assert_eq!(parse_duration(text), Some(year), "{text}");
        }
        // Near 2^64 seconds: no clock can be moved so far.
        for text in [
            "525601m",
            "31536001s",
            "31536000001ms",
            "18446744073709551615s",
            "18446744073709551615ms",
            "307445734561825860m",
            "18446744073709551615m",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn a_log_url_may_have_slashes() {
        let path = |value| EventLogUrl::parse(value);
        assert_eq!(path("sqlite:a/b.db"), Some(EventLogUrl::Sqlite("a/b.db".into())));
        assert_eq!(path("sqlite:///a/b.db"), Some(EventLogUrl::Sqlite("/a/b.db".into())));
        assert_eq!(path("sqlite:"), None);
        assert_eq!(path("kafka:localhost"), None);
        assert_eq!(
            path("kafka://a:9092,b:9093/"),
            Some(EventLogUrl::Kafka("a:9092,b:9093".into()))
        );
        for bad in ["kafka://", "kafka://a", "kafka://a:9092,", "kafka://:9092", "kafka://a:port"] {
            assert_eq!(path(bad), None, "{bad}");
        }
    }
}
