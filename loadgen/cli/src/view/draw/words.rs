//! How figures are written: short, so that they fit.

/// A duration in microseconds, at three significant digits.
pub fn micros(micros: f64) -> String {
    match micros {
        m if m < 999.5 => format!("{m:.0}µs"),
        m if m < 999_500.0 => format!("{}ms", three(m / 1e3)),
        m => format!("{}s", three(m / 1e6)),
    }
}

/// A number at three significant digits, with `k` for thousands and `M` for millions.
pub fn number(value: f64) -> String {
    match value {
        v if v < 9_999.5 => format!("{v:.0}"),
        v if v < 999_500.0 => format!("{}k", three(v / 1e3)),
        v => format!("{}M", three(v / 1e6)),
    }
}

/// Seconds as a clock shows them.
pub fn clock(seconds: f64) -> String {
    let all = seconds.max(0.0) as u64;
    let (hours, minutes, seconds) = (all / 3600, all / 60 % 60, all % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

fn three(value: f64) -> String {
    match value {
        v if v < 9.995 => format!("{v:.2}"),
        v if v < 99.95 => format!("{v:.1}"),
        v => format!("{v:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short() {
        assert_eq!(
            [0.0, 999.0, 1_234.0, 45_678.0, 2.5e6].map(micros),
            ["0µs", "999µs", "1.23ms", "45.7ms", "2.50s"]
        );
        assert_eq!([0.0, 9_999.0, 12_345.0, 1.5e6].map(number), ["0", "9999", "12.3k", "1.50M"]);
        assert_eq!([-1.0, 61.9, 3_725.0].map(clock), ["0:00", "1:01", "1:02:05"]);
    }
}
