//! When two JSON values are the same: numbers by what they are worth, objects whatever the order of
//! their fields.

use serde_json::{Number, Value};

/// Whether a value is the wanted one. A text is also the same as a number, `true`,
/// `false` or `null` that is written like it: ids from paths and CSV files are texts
/// where bodies have numbers.
pub(super) fn is_wanted(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::String(text), Value::Number(number))
        | (Value::Number(number), Value::String(text)) => {
            text.parse().is_ok_and(|read: Number| same_number(&read, number))
        }
        (Value::String(text), Value::Bool(flag)) | (Value::Bool(flag), Value::String(text)) => {
            text == if *flag { "true" } else { "false" }
        }
        (Value::String(text), Value::Null) | (Value::Null, Value::String(text)) => text == "null",
        _ => same(found, wanted),
    }
}

/// A value as text, by which keys are compared: a string without its quotes, and a whole number
/// without a fraction or exponent, so that `10`, `10.0`, `1e1` and `"10"` are one key.
pub(super) fn key_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => {
            integer(number).map_or_else(|| number.to_string(), |whole| whole.to_string())
        }
        other => other.to_string(),
    }
}

fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => same_number(one, other),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(name, value)| other.get(name).is_some_and(|other| same(value, other)))
        }
        _ => one == other,
    }
}

fn same_number(one: &Number, other: &Number) -> bool {
    match (integer(one), integer(other)) {
        // As integers first: ids above 2^53 that differ by one are the same as floats.
        (Some(one), Some(other)) => one == other,
        _ => one.as_f64() == other.as_f64(),
    }
}

/// The integer that a number is, however it was written.
fn integer(number: &Number) -> Option<i128> {
    // Beyond 2^53 a float no longer says which integer was written.
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    let exact = number.as_i64().map(i128::from).or(number.as_u64().map(i128::from));
    let is_whole = |float: &f64| float.fract() == 0.0 && float.abs() <= LARGEST;
    exact.or_else(|| number.as_f64().filter(is_whole).map(|float| float as i128))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn numbers_are_compared_as_numbers_however_they_are_written() {
        let is = |found: &str, wanted: &str| is_wanted(&value(found), &value(wanted));
        for spelling in ["10", "10.0", "1e1", "100e-1", "\"10\"", "\"10.0\""] {
            assert!(is(spelling, "10") && is("10.0", spelling), "{spelling}");
        }
        assert!(is("-0.0", "0") && is("0.1", "1e-1"));
        assert!(is(r#"{"a": [1, {"b": 2.0}], "c": 3}"#, r#"{"c": 3e0, "a": [1.0, {"b": 2}]}"#));
        assert!(is("\"true\"", "true") && is("null", "\"null\""));
        for (found, wanted) in [
            ("10", "10.5"),
            ("9007199254740993", "9007199254740992"),
            ("[1, 2]", "[2, 1]"),
            ("[\"1\"]", "[1]"),
            ("{\"a\": 1}", "{\"a\": 1, \"b\": 2}"),
            ("\"1e1\"", "\"10\""),
            ("\"010\"", "10"),
            ("1", "true"),
        ] {
            assert!(!is(found, wanted) && !is(wanted, found), "{found} and {wanted}");
        }
    }

    #[test]
    fn a_number_is_one_key_however_it_is_written() {
        let key = |text: &str| key_text(&value(text));
        assert!(["10", "10.0", "1e1", "\"10\""].iter().all(|spelling| key(spelling) == "10"));
        assert_eq!(
            (key("0.5"), key("9007199254740993")),
            ("0.5".into(), "9007199254740993".into())
        );
        assert_eq!((key("true"), key("null")), ("true".into(), "null".into()));
    }
}
