//! A number that fits a schema.

use serde_json::{Map, Number, Value};

/// The smallest allowed number, and whether it is allowed: bounds may contradict each other.
/// Without a minimum, 1 or the allowed number nearest to it.
pub(super) fn number(schema: &Map<String, Value>, is_integer: bool) -> (Value, bool) {
    if let Some(exact) = is_integer.then(|| integer(schema)).flatten() {
        return (exact, true);
    }
    let value = |key: &str| schema.get(key).and_then(Value::as_f64);
    let (low, above) =
        bound(schema, ["minimum", "exclusiveMinimum"], value, |one, other| one >= other);
    let (high, below) =
        bound(schema, ["maximum", "exclusiveMaximum"], value, |one, other| one <= other);
    let step = value("multipleOf").filter(|step| *step > 0.0).or(is_integer.then_some(1.0));
    let fits = |number: &f64| {
        low.is_none_or(|low| *number > low || !above && *number >= low)
            && high.is_none_or(|high| *number < high || !below && *number <= high)
    };
    let candidates = match step {
        Some(step) => on_steps(step, low, high).to_vec(),
        None => between(low, high),
    };
    let found = candidates.iter().copied().find(fits);
    (written(found.or_else(|| candidates.first().copied()).unwrap_or(1.0)), found.is_some())
}

/// A bound, and whether the number itself is out of it. The exclusive bounds are flags in OpenAPI
/// 3.0 and numbers in 3.1, where both may be given and the narrower one counts.
fn bound<N: Copy>(
    schema: &Map<String, Value>,
    [open, exclusive]: [&str; 2],
    value: impl Fn(&str) -> Option<N>,
    is_narrower: impl Fn(N, N) -> bool,
) -> (Option<N>, bool) {
    match (value(exclusive), value(open)) {
        (Some(own), other) if other.is_none_or(|other| is_narrower(own, other)) => {
            (Some(own), true)
        }
        (_, own) => (own, schema.get(exclusive) == Some(&Value::Bool(true))),
    }
}

/// The same for bounds that are integers, whatever their size: floats keep 53 bits of them. `None`
/// where one is none, or no integer fits.
fn integer(schema: &Map<String, Value>) -> Option<Value> {
    let value = |key: &str| {
        let number = schema.get(key)?;
        number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
    };
    let keys = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
    let is_other = |key: &&str| schema.get(*key).is_some_and(Value::is_f64);
    if keys.iter().any(is_other) {
        return None;
    }
    let (low, above) =
        bound(schema, ["minimum", "exclusiveMinimum"], value, |one, other| one >= other);
    let (high, below) =
        bound(schema, ["maximum", "exclusiveMaximum"], value, |one, other| one <= other);
    let low = low.map(|low| low + i128::from(above));
    let high = high.map(|high| high - i128::from(below));
    let step = value("multipleOf").filter(|step| *step > 0).unwrap_or(1);
    let up = |bound: i128| {
        bound.div_euclid(step) * step + if bound.rem_euclid(step) > 0 { step } else { 0 }
    };
    let found = match (low, high) {
        (Some(low), _) => up(low),
        (None, Some(high)) if high < up(1) => high.div_euclid(step) * step,
        (None, _) => up(1),
    };
    let fits = high.is_none_or(|high| found <= high);
    let written =
        i64::try_from(found).map(Value::from).or_else(|_| u64::try_from(found).map(Value::from));
    written.ok().filter(|_| fits)
}

/// Multiples of a step from the bounds on.
fn on_steps(step: f64, low: Option<f64>, high: Option<f64>) -> [f64; 3] {
    // A sum of decimal fractions may come out a little beyond the multiple that it is.
    let up = |bound: f64| (bound / step - 1e-9).ceil() * step;
    let down = |bound: f64| (bound / step + 1e-9).floor() * step;
    match (low, high) {
        (Some(low), _) => [up(low), up(low) + step, up(low) + 2.0 * step],
        (None, Some(high)) => [up(1.0), down(high), down(high) - step],
        (None, None) => [up(1.0); 3],
    }
}

fn between(low: Option<f64>, high: Option<f64>) -> Vec<f64> {
    match (low, high) {
        (Some(low), Some(high)) => vec![low, low + (high - low) / 2.0],
        (Some(low), None) => vec![low, low + 1.0],
        (None, Some(high)) => vec![1.0, high, high - 1.0],
        (None, None) => vec![1.0],
    }
}

/// Whole numbers without a fraction.
fn written(number: f64) -> Value {
    const EXACT: f64 = 9e15;
    if number.fract() == 0.0 && number.abs() < EXACT {
        return Value::from(number as i64);
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(schema: &Value, is_integer: bool) -> Value {
        number(schema.as_object().unwrap(), is_integer).0
    }

    #[test]
    fn integers_of_64_bits_are_exact_and_contradictions_are_known() {
        for (schema, wanted) in [
            (json!({"minimum": 9_007_199_254_740_993_i64}), json!(9_007_199_254_740_993_i64)),
            (json!({"minimum": i64::MIN}), json!(i64::MIN)),
            (json!({"exclusiveMinimum": u64::MAX - 1}), json!(u64::MAX)),
            (json!({"minimum": -7, "multipleOf": 5}), json!(-5)),
        ] {
            assert_eq!(of(&schema, true), wanted, "{schema}");
        }
        let fits = |schema: &Value| number(schema.as_object().unwrap(), true).1;
        assert!(fits(&json!({"minimum": 3, "maximum": 3})));
        assert!(!fits(&json!({"minimum": 5, "maximum": 3})));
        assert!(!fits(&json!({"minimum": 1, "maximum": 4, "multipleOf": 5})));
    }

    #[test]
    fn numbers_obey_their_bounds_and_steps() {
        let integers = [
            (json!({}), 1),
            (json!({"minimum": 7}), 7),
            (json!({"minimum": 0.5}), 1),
            (json!({"maximum": 0}), 0),
            (json!({"maximum": -3}), -3),
            (json!({"exclusiveMaximum": 0}), -1),
            (json!({"exclusiveMinimum": 2}), 3),
            (json!({"minimum": 2, "exclusiveMinimum": true}), 3),
            (json!({"minimum": 5, "exclusiveMinimum": 2}), 5),
            (json!({"minimum": 1, "multipleOf": 10}), 10),
            (json!({"minimum": 0, "multipleOf": 5}), 0),
            (json!({"maximum": 25, "multipleOf": 10}), 10),
            (json!({"maximum": 5, "multipleOf": 10}), 0),
        ];
        for (schema, wanted) in integers {
            assert_eq!(of(&schema, true), json!(wanted), "{schema}");
        }
        let numbers = [
            (json!({"minimum": 0.5}), json!(0.5)),
            (json!({"minimum": 0.5, "exclusiveMinimum": true}), json!(1.5)),
            (json!({"exclusiveMinimum": 0, "exclusiveMaximum": 1}), json!(0.5)),
            (json!({"minimum": 0.3, "multipleOf": 0.1}), json!(0.3 / 0.1 * 0.1)),
            (json!({"maximum": 0.5}), json!(0.5)),
        ];
        for (schema, wanted) in numbers {
            let found = of(&schema, false).as_f64().unwrap();
            assert!((found - wanted.as_f64().unwrap()).abs() < 1e-9, "{schema}: {found}");
        }
    }
}
