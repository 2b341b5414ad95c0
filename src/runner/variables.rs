//! Values that steps have saved, and the texts that use them.

use std::collections::BTreeMap;

use brunt_scenarios::plan::{JsonPath, SecretValues};
use brunt_scenarios::template::{Placeholder, Template, TemplatePart};
use serde_json::Value;

/// Saved values by name.
#[derive(Debug, Clone, Default)]
pub struct Variables(BTreeMap<String, Value>);

impl Variables {
    /// The secrets of a plan, to which steps add what they save.
    pub fn of(secrets: &SecretValues) -> Self {
        let value = |(name, value): (&str, &str)| (name.to_owned(), Value::from(value));
        Self(secrets.iter().map(value).collect())
    }

    /// Saves a value.
    pub fn save(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// All of them.
    pub fn all(&self) -> &BTreeMap<String, Value> {
        &self.0
    }

    /// Fills in every `${name}` of a text; a name that nobody saved stays as it is. What is filled
    /// in is never looked at again: a reply could otherwise ask for other values, such as a token.
    pub fn text(&self, text: &str) -> String {
        // The plan has refused what is no template.
        let Ok(template) = Template::parse(text) else { return text.to_owned() };
        let part = |part: &TemplatePart| match part {
            TemplatePart::Text(text) => text.clone(),
            TemplatePart::Placeholder(place) => self.value(place),
        };
        template.parts().iter().map(part).collect()
    }

    /// Fills in a path with its query, in which values are percent-encoded.
    pub fn url(&self, text: &str) -> String {
        let Ok(template) = Template::parse(text) else { return text.to_owned() };
        template.fill_url(|place| self.value(place))
    }

    /// Fills in the values that documents must have.
    pub fn conditions(&self, json: &[(JsonPath, Value)]) -> Vec<(JsonPath, Value)> {
        json.iter().map(|(path, value)| (path.clone(), self.json(value))).collect()
    }

    fn value(&self, place: &Placeholder) -> String {
        match self.0.get(&place.name) {
            Some(value) if place.arguments.is_none() => plain(value),
            _ => format!("${{{}}}", place.name),
        }
    }

    /// Fills in every `${name}` of a document. A string that is nothing but one name becomes the
    /// value itself, so that numbers stay numbers.
    pub fn json(&self, document: &Value) -> Value {
        match document {
            Value::String(text) => {
                let whole = text.strip_prefix("${").and_then(|text| text.strip_suffix('}'));
                whole
                    .and_then(|name| self.0.get(name))
                    .cloned()
                    .unwrap_or_else(|| Value::String(self.text(text)))
            }
            Value::Array(items) => items.iter().map(|item| self.json(item)).collect(),
            Value::Object(fields) => fields
                .iter()
                .map(|(name, value)| (name.clone(), self.json(value)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            other => other.clone(),
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Variables;

    #[test]
    fn numbers_stay_numbers_and_texts_are_filled_in() {
        let mut variables = Variables::default();
        variables.save("id", json!(7));
        variables.save("name", json!("Hot Tea"));
        assert_eq!(
            variables.text("orders/${id}?q=${name}&${other}"),
            "orders/7?q=Hot Tea&${other}"
        );
        assert_eq!(variables.url("/orders/${id}?q=${name}&x=1"), "/orders/7?q=Hot%20Tea&x=1");
        let document = json!({"id": "${id}", "both": ["${name} ${id}"]});
        assert_eq!(variables.json(&document), json!({"id": 7, "both": ["Hot Tea 7"]}));
    }

    #[test]
    fn a_saved_value_is_never_a_template() {
        let mut variables = Variables::default();
        variables.save("a", json!("${token}"));
        variables.save("token", json!("secret"));
        variables.save("z", json!("${a}$${token}"));
        assert_eq!(
            variables.text("${a} ${z} $${token} ${token}"),
            "${token} ${a}$${token} ${token} secret"
        );
        assert_eq!(variables.json(&json!(["${a}", "x${a}"])), json!(["${token}", "x${token}"]));
    }
}
