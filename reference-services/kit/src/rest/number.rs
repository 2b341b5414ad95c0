//! Numbers as clients send them: httpie's `qty=1` is the text "1".

use serde::de::Error;
use serde::{Deserialize, Deserializer};

#[derive(Deserialize)]
#[serde(untagged)]
enum Lenient {
    Number(serde_json::Number),
    Text(String),
}

/// A whole number, or a text that is one: for `#[serde(default, deserialize_with = "…")]`.
///
/// # Errors
/// When it is neither.
pub fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let Some(value) = Option::<Lenient>::deserialize(deserializer)? else {
        return Ok(None);
    };
    let number = match &value {
        // Exact first: a detour through a float would change numbers above 2^53.
        Lenient::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Lenient::Text(text) => text.trim().parse().ok(),
    };
    number.map(Some).ok_or_else(|| D::Error::custom("expected a whole number"))
}

/// 1.0 is as whole as 1. Beyond what a float can count one by one nobody knows which
/// number was meant.
fn whole(number: f64) -> Option<i64> {
    // 2^53: up to here a float counts every integer.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Body {
        #[serde(default, deserialize_with = "integer")]
        qty: Option<i64>,
    }

    fn qty(json: &str) -> Option<Option<i64>> {
        serde_json::from_str::<Body>(json).ok().map(|body| body.qty)
    }

    #[test]
    fn numbers_are_read_from_texts_too() {
        assert_eq!(qty(r#"{"qty": 3}"#), Some(Some(3)));
        assert_eq!(qty(r#"{"qty": "3"}"#), Some(Some(3)));
        assert_eq!(qty(r#"{"qty": 3.0}"#), Some(Some(3)));
        assert_eq!(qty(r#"{"qty": -2e3}"#), Some(Some(-2000)));
        assert_eq!(qty(r#"{"qty": 4230396154759186.0}"#), Some(Some(4_230_396_154_759_186)));
        assert_eq!(qty(r#"{"qty": null}"#), Some(None));
        assert_eq!(qty("{}"), Some(None));
        for bad in [
            r#"{"qty": 1.5}"#,
            r#"{"qty": 1e16}"#,
            r#"{"qty": "many"}"#,
            r#"{"qty": []}"#,
            r#"{"qty": true}"#,
        ] {
            assert_eq!(qty(bad), None, "{bad}");
        }
    }
}
