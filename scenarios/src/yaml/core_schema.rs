//! What plain scalars mean: the core schema of YAML 1.2 (10.3.2).

/// What a scalar means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum CoreScalar<'t> {
    /// Nothing at all.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// Any other number, or a whole one beyond 128 bits.
    Float(f64),
    /// Whatever is none of the other kinds.
    Text(&'t str),
}

/// What a plain scalar of this text means.
pub(super) fn resolve(text: &str) -> CoreScalar<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => CoreScalar::Null,
        "true" | "True" | "TRUE" => CoreScalar::Bool(true),
        "false" | "False" | "FALSE" => CoreScalar::Bool(false),
        ".nan" | ".NaN" | ".NAN" => CoreScalar::Float(f64::NAN),
        _ => number(text).unwrap_or(CoreScalar::Text(text)),
    }
}

fn number(text: &str) -> Option<CoreScalar<'_>> {
    let based = |digits: &str, base| i128::from_str_radix(digits, base).ok().map(CoreScalar::Int);
    // A sign after the base would be taken by `from_str_radix`.
    let digits = |prefix| text.strip_prefix(prefix).filter(|rest| !rest.starts_with(['+', '-']));
    if let Some(octal) = digits("0o") {
        return based(octal, 8);
    }
    if let Some(hexadecimal) = digits("0x") {
        return based(hexadecimal, 16);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
        return Some(CoreScalar::Float(f64::INFINITY * sign));
    }
    let first = unsigned.chars().next()?;
    // `inf`, `nan` and `infinity` are texts in YAML, and numbers to `f64`.
    let is_number = |letter: char| letter.is_ascii_digit() || ".eE+-".contains(letter);
    if !(first.is_ascii_digit() || first == '.') || !unsigned.chars().all(is_number) {
        return None;
    }
    let is_whole = unsigned.bytes().all(|byte| byte.is_ascii_digit());
    let whole = is_whole.then(|| text.parse().ok().map(CoreScalar::Int)).flatten();
    whole.or_else(|| text.parse().ok().map(CoreScalar::Float))
}

#[cfg(test)]
mod tests {
    use super::CoreScalar::{Bool, Float, Int, Null, Text};
    use super::*;

    #[test]
    fn plain_scalars_are_what_the_core_schema_says() {
        for text in ["y", "n", "yes", "NO", "on", "Off", "tRue", "1_000", "0b11", "0x", "0o8", "-"]
        {
            assert_eq!(resolve(text), Text(text));
        }
        for text in [".", "1.2.3", "1:30", "+", "-0x1", "0x-1", "12e", "e3", "inf", "nan", "1 2"] {
            assert_eq!(resolve(text), Text(text));
        }
        assert_eq!([resolve(""), resolve("~"), resolve("NULL")], [Null; 3]);
        assert_eq!([resolve("True"), resolve("FALSE")], [Bool(true), Bool(false)]);
        let whole = [("01234", 1234), ("-007", -7), ("+1", 1), ("0o14", 12), ("0xfF", 255)];
        for (text, number) in whole {
            assert_eq!(resolve(text), Int(number), "{text}");
        }
        let others = [("1.", 1.0), (".5", 0.5), ("-1e3", -1000.0), ("0.10E-1", 0.01)];
        for (text, number) in others {
            assert_eq!(resolve(text), Float(number), "{text}");
        }
        assert_eq!(resolve("-.INF"), Float(f64::NEG_INFINITY));
        assert!(matches!(resolve(".NaN"), Float(number) if number.is_nan()));
        let beyond = "9".repeat(60);
        assert!(matches!(resolve(&beyond), Float(number) if number > 1e59));
    }
}
