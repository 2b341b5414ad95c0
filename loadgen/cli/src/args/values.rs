//! Values as siege writes them.

use std::str::FromStr;
use std::time::Duration;

use brunt_scenarios::units::{Percent, Rate};

use crate::error::LoadCliError;

/// A value that cannot be read.
pub(crate) fn invalid(option: &str, value: &str, example: &'static str) -> LoadCliError {
    LoadCliError::BadValue { option: option.to_owned(), value: value.to_owned(), example }
}

/// A number above zero.
pub(crate) fn number<N: FromStr + PartialOrd + Default>(
    option: &str,
    value: &str,
    example: &'static str,
) -> Result<N, LoadCliError> {
    let number: Option<N> = value.trim().parse().ok();
    number.filter(|number| *number > N::default()).ok_or_else(|| invalid(option, value, example))
}

/// Seconds, with a fraction or without.
pub(crate) fn seconds(
    option: &str,
    value: &str,
    example: &'static str,
) -> Result<Duration, LoadCliError> {
    let seconds: Option<f64> = value.trim().parse().ok();
    let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    duration.ok_or_else(|| invalid(option, value, example))
}

/// `60S`, `1M`, `2H`; minutes without a letter.
pub(crate) fn time(value: &str) -> Result<Duration, LoadCliError> {
    let wrong = || invalid("-t", value, "-t 60S, -t 5M or -t 1H");
    let text = value.trim();
    let (number, unit) = match text.char_indices().last() {
        Some((at, unit)) if unit.is_ascii_alphabetic() => (&text[..at], unit.to_ascii_uppercase()),
        // Siege's manual: without a letter it is minutes.
        _ => (text, 'M'),
    };
    let number: f64 = number.trim().parse().map_err(|_| wrong())?;
    let seconds = match unit {
        'S' => number,
        'M' => number * 60.0,
        'H' => number * 3600.0,
        _ => return Err(wrong()),
    };
    let time = Duration::try_from_secs_f64(seconds).ok();
    time.filter(|time| !time.is_zero()).ok_or_else(wrong)
}

/// A header, as curl and siege write it: `Name: value`.
pub(crate) fn header(text: &str) -> Result<(String, String), LoadCliError> {
    let parts = text.split_once(':');
    let parts = parts.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
    let named = parts.filter(|(name, _)| http::HeaderName::from_bytes(name.as_bytes()).is_ok());
    named.ok_or_else(|| invalid("-H", text, "-H 'X-Name: value'"))
}

/// An arrival rate above zero: `200/s`.
pub(crate) fn rate(option: &str, value: &str) -> Result<Rate, LoadCliError> {
    let rate: Option<Rate> = value.parse().ok();
    let rate = rate.filter(|rate| rate.per_second() > 0.0);
    rate.ok_or_else(|| invalid(option, value, "--rate 200/s"))
}

/// A share of all requests: `99.9%`.
pub(crate) fn percent(option: &str, value: &str) -> Result<Percent, LoadCliError> {
    value.parse().map_err(|_| invalid(option, value, "--fail-below 99.9%"))
}
