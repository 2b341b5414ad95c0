//! Values that steps have saved, and the texts that use them.

use std::collections::BTreeMap;

use serde_json::Value;

/// Saved values by name.
#[derive(Debug, Clone, Default)]
pub struct Variables(BTreeMap<String, Value>);

impl Variables {
    /// Saves a value.
    pub fn save(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// All of them.
    pub fn all(&self) -> &BTreeMap<String, Value> {
        &self.0
    }

    /// Fills in every `${name}` of a text; a name that nobody saved stays as it is.
    pub fn text(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("${{{name}}}"), &plain(value))
        })
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
        let document = json!({"id": "${id}", "both": ["${name} ${id}"]});
        assert_eq!(variables.json(&document), json!({"id": 7, "both": ["Hot Tea 7"]}));
    }
}
