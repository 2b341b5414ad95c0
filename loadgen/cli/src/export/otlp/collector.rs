//! A collector, reached as OpenTelemetry's variables say.

use std::time::Duration;

use crate::args::EnvironmentLookup;
use crate::fetch::{self, FetchError};
use crate::signals;

/// How long a collector may take to answer; OpenTelemetry's own default.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The same after SIGINT or SIGTERM, which a command must not seem to ignore.
const LAST: Duration = Duration::from_millis(500);
/// Between two exports by default. OpenTelemetry's own minute is longer than most loads.
const INTERVAL: Duration = Duration::from_secs(5);

/// A collector of OTLP over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OtlpCollector {
    url: String,
    headers: Vec<(String, String)>,
    timeout: Duration,
    /// Between two exports.
    pub interval: Duration,
}

impl OtlpCollector {
    /// At a URL, with the headers and times that this process's environment sets.
    pub fn from_environment(url: &str) -> Self {
        Self::new(url, &|name| std::env::var(name).ok())
    }

    /// At a URL, with the headers and times that an environment sets.
    pub(crate) fn new(url: &str, environment: EnvironmentLookup<'_>) -> Self {
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
            timeout: millis(either("TIMEOUT")).unwrap_or(TIMEOUT),
            interval: millis(environment("OTEL_METRIC_EXPORT_INTERVAL")).unwrap_or(INTERVAL),
        }
    }

    /// Sends metrics; blocks until the collector has answered, or for as long as its time limit.
    pub fn send(&self, metrics: String) -> Result<(), FetchError> {
        let timeout = if signals::received() { self.timeout.min(LAST) } else { self.timeout };
        fetch::post(&self.url, metrics, &self.headers, timeout)
    }
}

/// `name=value,name=value`, where values may have `%XX`.
fn headers(text: &str) -> Vec<(String, String)> {
    let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_owned(), plain(value.trim()))).collect()
}

fn plain(value: &str) -> String {
    // A form's parser decodes `%XX`. It would also turn a plus into a space, which headers do not.
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
    fn how_a_collector_is_reached_is_the_environments() {
        let environment = |name: &str| match name {
            "OTEL_EXPORTER_OTLP_HEADERS" => {
                Some("authorization=Basic%20YTpi==, x-a=1+1".to_owned())
            }
            "OTEL_EXPORTER_OTLP_TIMEOUT" => Some("1500".to_owned()),
            "OTEL_METRIC_EXPORT_INTERVAL" => Some("250".to_owned()),
            _ => None,
        };
        let collector = OtlpCollector::new("http://c", &environment);
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            collector.headers,
            [header("authorization", "Basic YTpi=="), header("x-a", "1+1")]
        );
        assert_eq!((collector.timeout.as_millis(), collector.interval.as_millis()), (1500, 250));
        assert_eq!(OtlpCollector::new("http://c", &|_| None).interval, INTERVAL);
    }
}
