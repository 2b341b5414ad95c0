//! JSON with values filled in.

use brunt_scenarios::template::Template;
use serde_json::Value;

use super::fill;
use super::scope::Scope;
use super::template;

/// A JSON document whose strings may have placeholders.
#[derive(Debug, Clone)]
pub(crate) enum JsonTemplate {
    Fixed(Value),
    Text(Template),
    List(Vec<JsonTemplate>),
    Map(Vec<(String, JsonTemplate)>),
}

impl JsonTemplate {
    pub fn new(value: &Value) -> Self {
        match value {
            Value::String(text) => match template(text) {
                plain if plain.is_plain() => Self::Fixed(value.clone()),
                template => Self::Text(template),
            },
            Value::Array(items) => Self::List(items.iter().map(Self::new).collect()),
            Value::Object(fields) => Self::Map(
                fields.iter().map(|(name, field)| (name.clone(), Self::new(field))).collect(),
            ),
            other => Self::Fixed(other.clone()),
        }
    }

    /// Fills in the placeholders. A string that is a single placeholder becomes the value itself,
    /// so that numbers stay numbers.
    pub fn fill(&self, scope: &impl Scope) -> Value {
        match self {
            Self::Fixed(value) => value.clone(),
            Self::Text(template) => match template.sole_placeholder() {
                Some(placeholder) => scope.value(placeholder).into_owned(),
                None => Value::String(fill(template, scope)),
            },
            Self::List(items) => items.iter().map(|item| item.fill(scope)).collect(),
            Self::Map(fields) => Value::Object(
                fields.iter().map(|(name, field)| (name.clone(), field.fill(scope))).collect(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::template::scope::Values;

    #[test]
    fn numbers_stay_numbers_and_texts_are_filled_in() {
        let values =
            Values::from([("id".to_owned(), json!(7)), ("name".to_owned(), json!("\"Hot\" Tea"))]);
        let document = JsonTemplate::new(
            &json!({"id": "${id}", "both": ["${name} ${id}", null], "not": "$${id}"}),
        );
        let wanted = json!({"id": 7, "both": ["\"Hot\" Tea 7", null], "not": "${id}"});
        assert_eq!(document.fill(&values), wanted);
    }
}
