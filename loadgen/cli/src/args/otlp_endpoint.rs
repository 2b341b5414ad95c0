//! Where a collector of OpenTelemetry takes metrics, as an option or OpenTelemetry's variables say.

use brunt_loadgen::Address;

use crate::error::LoadCliError;

/// The default address of a collector, on this machine.
const LOCAL: &str = "http://localhost:4318";
/// Its path for metrics.
const PATH: &str = "/v1/metrics";

/// Looks up an environment variable; tests give their own.
pub(crate) type EnvironmentLookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The URL that metrics are sent to: a collector's, with the path that the protocol gives it unless
/// it has one.
pub(crate) fn url(written: &str) -> Result<String, LoadCliError> {
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
pub(crate) fn from_environment(environment: EnvironmentLookup<'_>) -> Result<String, LoadCliError> {
    let set = |name: &str| environment(name).filter(|value| !value.trim().is_empty());
    // OpenTelemetry's rule: the path is added to the URL for all signals, and not to the one for
    // metrics.
    match (set("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"), set("OTEL_EXPORTER_OTLP_ENDPOINT")) {
        (Some(metrics), _) => {
            Address::split(&metrics).map(|_| metrics.clone()).map_err(LoadCliError::from)
        }
        (None, Some(all)) => {
            Address::split(&all)?;
            Ok(format!("{}{PATH}", all.trim_end_matches('/')))
        }
        (None, None) => url(LOCAL),
    }
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
            from_environment(&found).unwrap()
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
}
