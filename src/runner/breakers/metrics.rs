//! A breaker's state in Prometheus' text, by resilience4j's names.

use brunt_scenarios::timeline::BreakerState;

const STATE: &str = "resilience4j_circuitbreaker_state{";

/// Why a breaker's state is not known.
#[derive(Debug, thiserror::Error)]
pub enum MetricsError {
    #[error("no answer")]
    NoAnswer(#[source] reqwest::Error),
    #[error("its metrics answered {0}")]
    Status(u16),
    #[error("its metrics broke off")]
    Broken(#[source] reqwest::Error),
    #[error("its metrics know of no circuit breaker")]
    NoBreaker,
    #[error("its metrics name no circuit breaker `{wanted}`, but {}", there.join(", "))]
    OtherBreakers { wanted: String, there: Vec<String> },
}

/// The state of the breaker of that name. It is off when it is there and in none of the states that
/// let calls through or not.
pub fn state(text: &str, name: &str) -> Result<BreakerState, MetricsError> {
    let lines = || text.lines().filter_map(|line| line.strip_prefix(STATE)?.rsplit_once('}'));
    let of_name = || lines().filter(|(labels, _)| label(labels, "name") == Some(name));
    if of_name().next().is_none() {
        let mut there: Vec<String> =
            lines().filter_map(|(labels, _)| label(labels, "name")).map(str::to_owned).collect();
        there.dedup();
        return Err(match there.is_empty() {
            true => MetricsError::NoBreaker,
            false => MetricsError::OtherBreakers { wanted: name.to_owned(), there },
        });
    }
    let set = |(_, value): &(&str, &str)| {
        value.split_whitespace().next() == Some("1")
            || value.split_whitespace().next() == Some("1.0")
    };
    let found = of_name().find(set).and_then(|(labels, _)| label(labels, "state"));
    Ok(match found {
        Some("closed") => BreakerState::Closed,
        Some("open" | "forced_open") => BreakerState::Open,
        Some("half_open") => BreakerState::HalfOpen,
        _ => BreakerState::Off,
    })
}

/// A label's value, such as `open` of `name="pay",state="open"`.
fn label<'l>(labels: &'l str, wanted: &str) -> Option<&'l str> {
    let mut rest = labels;
    while let Some((name, value)) = rest.split_once("=\"") {
        let end = value.find('"')?;
        if name.trim_start_matches([',', ' ']) == wanted {
            return Some(&value[..end]);
        }
        rest = &value[end + 1..];
    }
    None
}

#[cfg(test)]
mod tests {
    use brunt_scenarios::timeline::BreakerState::{Closed, HalfOpen, Off, Open};

    use super::state;

    fn text(values: [u8; 3], how: &str) -> String {
        let states = ["closed", "open", "half_open"].iter().zip(values);
        let lines = states.map(|(state, value)| match how {
            "spring" => format!("resilience4j_circuitbreaker_state{{group=\"none\",name=\"pay\",state=\"{state}\",}} \
                {value}.0\n"),
            _ => format!("resilience4j_circuitbreaker_state{{name=\"pay\",state=\"{state}\"}} \
                {value}\n"),
        });
        format!("# TYPE x gauge\nx 1\n{}", lines.collect::<String>())
    }

    #[test]
    fn states_are_read_as_they_are_written() {
        for how in ["spring", "plain"] {
            let read = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]
                .map(|set| state(&text(set, how), "pay").unwrap());
            assert_eq!(read, [Closed, Open, HalfOpen, Off], "{how}");
        }
    }

    #[test]
    fn a_breaker_of_another_name_is_none() {
        let why = state(&text([1, 0, 0], "plain"), "stock").unwrap_err().to_string();
        assert!(why.contains("`stock`") && why.contains("pay"), "{why}");
        assert!(state("up 1\n", "pay").is_err());
    }
}
