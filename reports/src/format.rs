//! How figures are written, the same way in every report.

use brunt_scenarios::timeline::{LoadRecord, Window};

/// A count with a comma at each thousand.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with what is counted: `1 request`, `2 requests`.
pub fn counted(n: u64, what: &str) -> String {
    format!("{} {what}{}", count(n), if n == 1 { "" } else { "s" })
}

/// A duration given in microseconds, at three significant digits.
pub fn micros(micros: u64) -> String {
    let value = micros as f64;
    match micros {
        0..1_000 => format!("{micros}µs"),
        // Beyond, three digits would make 1000ms of it.
        1_000..999_500 => format!("{}ms", three_digits(value / 1e3)),
        _ => format!("{}s", three_digits(value / 1e6)),
    }
}

/// A duration given in seconds, at three significant digits.
pub fn seconds(seconds: f64) -> String {
    if seconds == 0.0 {
        "0s".to_owned()
    } else if seconds < 0.0 {
        format!("−{}", self::seconds(-seconds))
    } else {
        micros((seconds * 1e6).round() as u64)
    }
}

/// A moment of the run, to a tenth of a second.
pub fn moment(seconds: f64) -> String {
    let tenths = (seconds * 10.0).round() / 10.0;
    // Without `abs`, what is rounded to nothing from below would be −0.0.
    if tenths < 0.0 { format!("−{:.1}s", -tenths) } else { format!("{:.1}s", tenths.abs()) }
}

/// A share (0 to 1) as a percentage, cut rather than rounded: less than everything
/// never reads `100%`.
pub fn share(share: f64) -> String {
    for digits in [2, 4, 6] {
        let scale = 10_f64.powi(digits);
        // A share such as 0.29 is a little less in binary, and would be cut to 28.99%.
        let cut = (share * 100.0 * scale + 1e-7).floor() / scale;
        if share >= 1.0 || cut < 100.0 && (1.0 - share) * 100.0 * scale >= 9.5 {
            return format!("{cut}%");
        }
    }
    format!("{}%", (share * 1e8).floor() / 1e6)
}

/// A rate, at three significant digits.
pub fn rate(per_second: f64) -> String {
    format!("{}/s", three_digits(per_second))
}

/// A number at three significant digits, without needless zeros.
pub fn three_digits(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".to_owned();
    }
    let whole = value.abs().log10().floor() as i32;
    let digits = usize::try_from((2 - whole).clamp(0, 9)).unwrap_or(0);
    let text = format!("{value:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// Words as a sentence: with a capital at its start and one full stop at its end.
pub fn sentence(words: &str) -> String {
    let words = words.trim().trim_end_matches('.');
    let mut chars = words.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    let stop = if words.ends_with(['?', '!']) { "" } else { "." };
    format!("{first}{}{stop}", chars.as_str())
}

/// A line that no CI server takes for a command of its own: GitHub obeys lines that begin with
/// `::error …`, indented or not, and Azure those with `##vso[…]` in them.
pub fn no_command(line: &str) -> String {
    let line = line.replace("##[", "# #[").replace("##vso[", "# #vso[");
    match line.trim_start().starts_with("::") {
        true => line.replacen("::", ": :", 1),
        false => line,
    }
}

/// The first three of `of` items, and how many more there are.
pub fn first_few(all: &[String], of: u64, separator: &str) -> String {
    let shown = &all[..all.len().min(3)];
    let more = of.saturating_sub(shown.len() as u64);
    let more = if more > 0 { format!(" and {} more", count(more)) } else { String::new() };
    format!("{}{more}", shown.join(separator))
}

/// Number of good requests of a load, and of all.
pub fn totals(load: &LoadRecord) -> (u64, u64) {
    let ok: u64 = load.windows.iter().map(|window| window.ok).sum();
    let failed: u64 = load.windows.iter().map(Window::failures).sum();
    (ok, ok + failed)
}

#[cfg(test)]
mod tests {
    use super::{count, micros, moment, seconds, sentence, share, three_digits};

    #[test]
    fn counts_have_commas() {
        assert_eq!(
            [0, 999, 1_000, 29_956, 1_234_567].map(count),
            ["0", "999", "1,000", "29,956", "1,234,567"]
        );
    }

    #[test]
    fn durations_have_three_digits() {
        assert_eq!(
            [7, 999, 1_000, 12_345, 999_600].map(micros),
            ["7µs", "999µs", "1ms", "12.3ms", "1s"]
        );
        assert_eq!([0.0, 0.7, 64.26, -1.5].map(seconds), ["0s", "700ms", "64.3s", "−1.5s"]);
        assert_eq!([0.0, -0.04, -1.25, 12.34].map(moment), ["0.0s", "0.0s", "−1.3s", "12.3s"]);
    }

    #[test]
    fn numbers_have_three_digits() {
        assert_eq!(
            [0.0, 0.012_345, 99.96, 120.4, 12_345.6].map(three_digits),
            ["0", "0.0123", "100", "120", "12346"]
        );
    }

    #[test]
    fn a_share_below_one_is_never_shown_as_100_percent() {
        let shares = [1.0, 0.999_75, 0.999_996, 1.0 - 1e-12, 0.05, 0.0].map(share);
        assert_eq!(shares, ["100%", "99.975%", "99.9996%", "99.999999%", "5%", "0%"]);
    }

    #[test]
    fn sentences_end_once() {
        assert_eq!(
            [" no such process..", "", "Élan"].map(sentence),
            ["No such process.", ".", "Élan."]
        );
    }
}
