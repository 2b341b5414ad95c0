//! Where metrics go, as OpenTelemetry's variables and the options say it.

use std::io;
use std::time::Duration;

use crate::{SiegeError, fetch};
use brunt_loadgen::{Address, Transport};

/// How long a collector may take unless told otherwise; OpenTelemetry's own.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two exports unless told otherwise. OpenTelemetry's own minute is longer than most loads.
const EVERY: Duration = Duration::from_secs(5);
/// Where a collector listens unless told otherwise.
const LOCAL: &str = "http://localhost:4318";
/// Its path for metrics.
const PATH: &str = "/v1/metrics";

/// What an environment says by a variable's name.
type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A collector of OTLP over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Collector {
    url: String,
    headers: Vec<(String, String)>,
    patience: Duration,
    /// Between two exports.
    pub every: Duration,
}

/// The URL that metrics are sent to: a collector's, with the path that the protocol gives it unless
/// it has one.
pub(crate) fn url(written: &str) -> Result<String, SiegeError> {
    let url =
        if written.contains("://") { written.to_owned() } else { format!("http://{written}") };
    let (_, path) = Address::split(&url)?;
    match path {
        "" | "/" => Ok(format!("{}{PATH}", url.trim_end_matches('/'))),
        _ => Ok(url),
    }
}

/// The URL that the environment names: one for metrics as it is, or one for all signals that the
/// path is added to.
pub(crate) fn url_of(environment: Environment<'_>) -> Result<String, SiegeError> {
    let set = |name: &str| environment(name).filter(|value| !value.trim().is_empty());
    match (set("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"), set("OTEL_EXPORTER_OTLP_ENDPOINT")) {
        (Some(metrics), _) => {
            Address::split(&metrics).map(|_| metrics.clone()).map_err(SiegeError::from)
        }
        (None, Some(all)) => {
            Address::split(&all)?;
            Ok(format!("{}{PATH}", all.trim_end_matches('/')))
        }
        (None, None) => url(LOCAL),
    }
}

impl Collector {
    /// At a URL, with what the environment says of how it is reached.
    pub fn new(url: &str, environment: Environment<'_>) -> Self {
        let either = |name: &str| {
            let own = environment(&format!("OTEL_EXPORTER_OTLP_METRICS_{name}"));
            own.or_else(|| environment(&format!("OTEL_EXPORTER_OTLP_{name}")))
        };
        let millis = |text: Option<String>| {
            let millis =
                text.and_then(|text| text.trim().parse().ok()).filter(|millis| *millis > 0);
            millis.map(Duration::from_millis)
        };
        Self {
            url: url.to_owned(),
            headers: either("HEADERS").map(|text| headers(&text)).unwrap_or_default(),
            patience: millis(either("TIMEOUT")).unwrap_or(PATIENCE),
            every: millis(environment("OTEL_METRIC_EXPORT_INTERVAL")).unwrap_or(EVERY),
        }
    }

    /// Sends metrics; blocks until it has answered.
    pub fn send(&self, metrics: String) -> io::Result<()> {
        let sent =
            fetch::post(&self.url, metrics, &self.headers, &Transport::default(), self.patience);
        sent.map_err(io::Error::other)
    }
}

/// `name=value,name=value`, where values may have `%XX`.
fn headers(text: &str) -> Vec<(String, String)> {
    let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_owned(), plain(value.trim()))).collect()
}

fn plain(value: &str) -> String {
    // A form's parser knows `%XX`; its other rule, that a plus is a space, is none of headers.
    let escaped = value.replace('+', "%2B").replace('&', "%26");
    let parsed = url::form_urlencoded::parse(escaped.as_bytes()).next();
    parsed.map_or_else(String::new, |(name, rest)| match rest.is_empty() && !value.contains('=') {
        true => name.into_owned(),
        false => format!("{name}={rest}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_found_as_opentelemetry_has_it() {
        let of = |pairs: &[(&str, &str)]| {
            let found = |name: &str| {
                pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            };
            url_of(&found).unwrap()
        };
        assert_eq!(of(&[]), "http://localhost:4318/v1/metrics");
        assert_eq!(
            of(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318/")]),
            "http://c:4318/v1/metrics"
        );
        assert_eq!(
            of(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c/otlp")]),
            "http://c/otlp/v1/metrics"
        );
        let both = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://m/here"),
        ];
        assert_eq!(of(&both), "http://m/here");
        assert_eq!(url("c:4318").unwrap(), "http://c:4318/v1/metrics");
    }

    #[test]
    fn how_a_collector_is_reached_is_the_environments() {
        let environment = |name: &str| match name {
            "OTEL_EXPORTER_OTLP_HEADERS" => {
                Some("authorization=Basic%20YTpi==, x-a=1+1".to_owned())
            }
            "OTEL_EXPORTER_OTLP_TIMEOUT" => Some("1500".to_owned()),
            "OTEL_METRIC_EXPORT_INTERVAL" => Some("250".to_owned()),
            _ => None,
        };
        let collector = Collector::new("http://c", &environment);
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            collector.headers,
            [header("authorization", "Basic YTpi=="), header("x-a", "1+1")]
        );
        assert_eq!((collector.patience.as_millis(), collector.every.as_millis()), (1500, 250));
        assert_eq!(Collector::new("http://c", &|_| None).every, EVERY);
    }
}
