//! A number that fits a schema.

use serde_json::{Map, Number, Value};

/// The smallest allowed number. Without a minimum, 1 or the allowed number nearest to it.
pub(super) fn number(schema: &Map<String, Value>, is_integer: bool) -> Value {
    let value = |key: &str| schema.get(key).and_then(Value::as_f64);
    // The exclusive bounds are flags in OpenAPI 3.0 and numbers in 3.1.
    let is_flag = |key: &str| schema.get(key) == Some(&Value::Bool(true));
    let (low, above) = match (value("exclusiveMinimum"), value("minimum")) {
        (Some(low), other) if other.is_none_or(|other| other <= low) => (Some(low), true),
        (_, low) => (low, is_flag("exclusiveMinimum")),
    };
    let (high, below) = match (value("exclusiveMaximum"), value("maximum")) {
        (Some(high), other) if other.is_none_or(|other| other >= high) => (Some(high), true),
        (_, high) => (high, is_flag("exclusiveMaximum")),
    };
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
    written(found.or_else(|| candidates.first().copied()).unwrap_or(1.0))
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
        number(schema.as_object().unwrap(), is_integer)
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
