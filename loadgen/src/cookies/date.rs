//! Dates of cookies, as RFC 6265 has clients read them (5.1.1): servers write them in many forms.

use std::time::{Duration, SystemTime};

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

#[derive(Default)]
struct DateFields {
    time: Option<(u64, u64, u64)>,
    day: Option<u64>,
    month: Option<u64>,
    year: Option<u64>,
}

/// The time that a date means; `None` when it lacks a part, or has one that no date can have.
pub(super) fn date(text: &str) -> Option<SystemTime> {
    let mut fields = DateFields::default();
    text.split(is_delimiter).filter(|token| !token.is_empty()).for_each(|token| fields.take(token));
    let ((hour, minute, second), day) = (fields.time?, fields.day?);
    let (month, year) = (fields.month?, full_year(fields.year?));
    let days = days_of(month, year);
    if year < 1601 || !(1..=days).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    // What has ended before 1970 has ended: the exact moment decides nothing.
    let days = days_since_1970(year, month, day).unwrap_or(0);
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

/// Everything but letters, digits, colons, and bytes beyond ASCII.
fn is_delimiter(letter: char) -> bool {
    matches!(letter, '\t' | ' '..='/' | ';'..='@' | '['..='`' | '{'..='~')
}

impl DateFields {
    /// Takes a part as the first kind that it can be and that is not there yet.
    fn take(&mut self, token: &str) {
        if self.time.is_none() && time(token).is_some() {
            self.time = time(token);
        } else if self.day.is_none() && number(token, 1, 2).is_some() {
            self.day = number(token, 1, 2);
        } else if self.month.is_none() && month(token).is_some() {
            self.month = month(token);
        } else if self.year.is_none() {
            self.year = number(token, 2, 4);
        }
    }
}

/// The number that a token begins with, if it has so many digits. Letters may follow, as in `1st`.
fn number(token: &str, fewest: usize, most: usize) -> Option<u64> {
    let digits = token.len() - token.trim_start_matches(|one: char| one.is_ascii_digit()).len();
    (fewest..=most).contains(&digits).then(|| token[..digits].parse().ok())?
}

/// A time of day as `hour:minute:second`, of one or two digits each.
fn time(token: &str) -> Option<(u64, u64, u64)> {
    let mut parts = token.splitn(3, ':');
    let mut next = || parts.next();
    let whole = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (hour, minute, second) = (next()?, next()?, next()?);
    let two = |part| number(part, 1, 2);
    (whole(hour) && whole(minute)).then(|| Some((two(hour)?, two(minute)?, two(second)?)))?
}

fn month(token: &str) -> Option<u64> {
    let name = token.get(..3)?;
    let place = MONTHS.iter().position(|month| month.eq_ignore_ascii_case(name))?;
    Some(place as u64 + 1)
}

/// Two digits are of the years from 1970 to 2069.
fn full_year(year: u64) -> u64 {
    match year {
        0..=69 => year + 2000,
        70..=99 => year + 1900,
        year => year,
    }
}

fn days_of(month: u64, year: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

fn days_since_1970(year: u64, month: u64, day: u64) -> Option<u64> {
    let leaps = |year: u64| year / 4 - year / 100 + year / 400;
    let years = year.checked_sub(1970)?;
    let before = years * 365 + leaps(year - 1) - leaps(1969);
    Some(before + (1..month).map(|month| days_of(month, year)).sum::<u64>() + day - 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(text: &str) -> Option<u64> {
        Some(date(text)?.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs())
    }

    #[test]
    fn dates_are_read_in_all_forms_that_servers_write() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06-Nov-1994 08:49:37 GMT",
            "06 Nov 1994 08:49:37",
            "8:49:37 november 6th 94 utc",
            "1994 6 NOV 08:49:37.123 +0100",
        ] {
            assert_eq!(seconds(text), Some(784_111_777), "{text}");
        }
        assert_eq!(seconds("Thu, 01-Jan-1970 00:00:01 GMT"), Some(1));
        assert_eq!(seconds("Sun, 06-Nov-50 08:49:37 GMT"), seconds("Sun, 06 Nov 2050 08:49:37"));
        assert_eq!(seconds("Tue, 12-Oct-99 04:00:00 GMT"), Some(939_700_800));
        assert_eq!(seconds("Tue, 29 Feb 2000 00:00:00 GMT"), Some(951_782_400));
        assert!(seconds("Mon, 01 Jan 1601 00:00:00 GMT").unwrap() < 366 * 86_400, "long over");
    }

    #[test]
    fn what_no_date_can_be_is_none() {
        for text in [
            "",
            "tomorrow",
            "Sun, 06 Nov 1994",
            "06 Nov 08:49:37",
            "06 1994 08:49:37",
            "31 Feb 1994 08:49:37",
            "29 Feb 1900 08:49:37",
            "00 Nov 1994 08:49:37",
            "06 Nov 1600 08:49:37",
            "06 Nov 1994 24:00:00",
            "06 Nov 1994 08:60:00",
            "06 Nov 1994 08:49:60",
            "06 Nov 19944 08:49:37",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_date_reader_panic(text in "[0-9a-zA-Z:;, -]{0,40}|\\PC{0,40}") {
            let _ = date(&text);
        }
    }
}
