//! Values as siege writes them.

use std::str::FromStr;
use std::time::Duration;

use brunt_loadgen::{LONGEST_TIME, MOST_RATE, MOST_USERS};
use brunt_scenarios::units::{Percent, Rate};

use crate::error::LoadCliError;

/// A value that cannot be read.
pub(crate) fn invalid(option: &str, value: &str, example: &'static str) -> LoadCliError {
    LoadCliError::BadValue { option: option.to_owned(), value: value.to_owned(), example }
}

/// A value that can be read and is beyond what any generator can do.
fn too_much(option: &str, value: &str, most: String) -> LoadCliError {
    LoadCliError::TooMuch { option: option.to_owned(), value: value.to_owned(), most }
}

/// A time of so many seconds, which may be a fraction.
fn bounded_time(
    option: &str,
    value: &str,
    seconds: f64,
    example: &'static str,
) -> Result<Duration, LoadCliError> {
    if seconds > LONGEST_TIME.as_secs_f64() {
        return Err(too_much(option, value, format!("ten years ({} s)", LONGEST_TIME.as_secs())));
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| invalid(option, value, example))
}

/// A number of users.
pub(crate) fn users(option: &str, value: &str, example: &'static str) -> Result<u32, LoadCliError> {
    let is_whole = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match value.trim().parse::<u32>() {
        Ok(users) if users > MOST_USERS => Err(too_much(option, value, MOST_USERS.to_string())),
        // More digits than the type holds are a number, too.
        Err(_) if is_whole(value.trim()) => Err(too_much(option, value, MOST_USERS.to_string())),
        _ => number(option, value, example),
    }
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
    let seconds: f64 = value.trim().parse().map_err(|_| invalid(option, value, example))?;
    bounded_time(option, value, seconds, example)
}

/// `60S`, `1M`, `2H`; minutes without a letter.
pub(crate) fn time(value: &str) -> Result<Duration, LoadCliError> {
    const EXAMPLE: &str = "-t 60S, -t 5M or -t 1H";
    let wrong = || invalid("-t", value, EXAMPLE);
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
    let time = bounded_time("-t", value, seconds, EXAMPLE)?;
    if time.is_zero() { Err(wrong()) } else { Ok(time) }
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
    let rate = rate.ok_or_else(|| invalid(option, value, "--rate 200/s"))?;
    if rate.per_second() > MOST_RATE {
        return Err(too_much(option, value, format!("{MOST_RATE}/s")));
    }
    Ok(rate)
}

/// A share of all requests: `99.9%`.
pub(crate) fn percent(option: &str, value: &str) -> Result<Percent, LoadCliError> {
    value.parse().map_err(|_| invalid(option, value, "--fail-below 99.9%"))
}
