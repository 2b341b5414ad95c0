//! How values of parameters are written: each style of each place (OpenAPI 3, Style Values).

use serde_json::Value;

/// A parameter's style, and whether each item or field is written by itself.
pub(super) struct ParameterStyle<'p> {
    name: &'p str,
    style: &'p str,
    explode: bool,
    /// Whether a query's value keeps the characters that have a meaning in URLs.
    reserved: bool,
}

/// A value as the items of a list, the fields of an object, or one text.
enum Parts {
    One(String),
    List(Vec<String>),
    Fields(Vec<(String, String)>),
}

impl<'p> ParameterStyle<'p> {
    /// Of a parameter with this name, with what OpenAPI has for its place by default.
    pub fn new(name: &'p str, parameter: &'p Value) -> Self {
        let is_form = matches!(parameter["in"].as_str(), Some("query" | "cookie"));
        let style = parameter["style"].as_str().unwrap_or(if is_form { "form" } else { "simple" });
        let explode = parameter["explode"].as_bool().unwrap_or(style == "form");
        let reserved = parameter["allowReserved"] == true;
        Self { name, style, explode, reserved }
    }

    /// What stands in the path in the place of `{name}`.
    pub fn in_path(&self, value: &Value) -> String {
        let name = escaped(self.name);
        let (prefix, separator) = match (self.style, self.explode) {
            ("label", true) => (".", "."),
            ("label", false) => (".", ","),
            ("matrix", true) => (";", ";"),
            _ => ("", ","),
        };
        let is_matrix = self.style == "matrix";
        let joined = match parts(value) {
            Parts::One(text) if is_matrix => return format!(";{name}={}", escaped(&text)),
            Parts::One(text) => escaped(&text),
            Parts::List(items) if is_matrix && self.explode => {
                let pairs = items.iter().map(|item| format!("{name}={}", escaped(item)));
                pairs.collect::<Vec<_>>().join(separator)
            }
            Parts::List(items) => {
                items.iter().map(|item| escaped(item)).collect::<Vec<_>>().join(separator)
            }
            Parts::Fields(fields) => {
                let between = if self.explode { "=" } else { "," };
                let pairs = fields
                    .iter()
                    .map(|(name, value)| format!("{}{between}{}", escaped(name), escaped(value)));
                pairs.collect::<Vec<_>>().join(separator)
            }
        };
        match is_matrix && !self.explode {
            true => format!(";{name}={joined}"),
            false => format!("{prefix}{joined}"),
        }
    }

    /// The pairs of a query, escaped.
    pub fn in_query(&self, value: &Value) -> Vec<String> {
        let name = query_escaped(self.name);
        let separator = match self.style {
            "spaceDelimited" => "%20",
            "pipeDelimited" => "%7C",
            _ => ",",
        };
        let value_escaped = |text: &str| self.query_value(text);
        let joined = |texts: Vec<String>| vec![format!("{name}={}", texts.join(separator))];
        match parts(value) {
            Parts::One(text) => vec![format!("{name}={}", value_escaped(&text))],
            Parts::List(items) if items.is_empty() => Vec::new(),
            Parts::List(items) => {
                let items = items.iter().map(|item| value_escaped(item));
                match self.explode {
                    true => items.map(|item| format!("{name}={item}")).collect(),
                    false => joined(items.collect()),
                }
            }
            Parts::Fields(fields) => {
                let fields =
                    fields.iter().map(|(key, value)| (query_escaped(key), value_escaped(value)));
                match (self.style, self.explode) {
                    ("deepObject", _) => {
                        fields.map(|(key, value)| format!("{name}%5B{key}%5D={value}")).collect()
                    }
                    (_, true) => fields.map(|(key, value)| format!("{key}={value}")).collect(),
                    (_, false) => joined(fields.flat_map(|(key, value)| [key, value]).collect()),
                }
            }
        }
    }

    /// A value as it stands in a query. With `allowReserved`, what has a meaning in URLs stays as
    /// it is, but for what would end the value.
    fn query_value(&self, text: &str) -> String {
        match self.reserved {
            true => percent_encoded(text, b"-._~*:/?@!$'(),;="),
            false => query_escaped(text),
        }
    }

    /// A header's value, which is not escaped.
    pub fn in_header(&self, value: &Value) -> String {
        match parts(value) {
            Parts::One(text) => text,
            Parts::List(items) => items.join(","),
            Parts::Fields(fields) => {
                let between = if self.explode { "=" } else { "," };
                let pairs = fields.iter().map(|(name, value)| format!("{name}{between}{value}"));
                pairs.collect::<Vec<_>>().join(",")
            }
        }
    }

    /// `name=value` of a cookie.
    pub fn in_cookie(&self, value: &Value) -> String {
        self.in_query(value).join("; ")
    }
}

fn parts(value: &Value) -> Parts {
    match value {
        Value::Array(items) => Parts::List(items.iter().map(plain).collect()),
        Value::Object(fields) => {
            Parts::Fields(fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect())
        }
        other => Parts::One(plain(other)),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A part of a path: everything is escaped but what can stand in one (RFC 3986, 3.3).
fn escaped(text: &str) -> String {
    percent_encoded(text, b"-._~!$&'()*+=:@")
}

/// A part of a query or a cookie. A space is `%20`, as a plus means one in forms only.
fn query_escaped(text: &str) -> String {
    percent_encoded(text, b"-._~*")
}

fn percent_encoded(text: &str, safe: &[u8]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte.is_ascii_alphanumeric() || safe.contains(&byte) {
            true => escaped.push(char::from(byte)),
            false => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn path_parameters_are_written_in_each_style() {
        let values = [json!(5), json!([3, 4]), json!({"first": "A/b", "role": "x"})];
        let all = [
            ("simple", false, ["5", "3,4", "first,A%2Fb,role,x"]),
            ("simple", true, ["5", "3,4", "first=A%2Fb,role=x"]),
            ("label", false, [".5", ".3,4", ".first,A%2Fb,role,x"]),
            ("label", true, [".5", ".3.4", ".first=A%2Fb.role=x"]),
            ("matrix", false, [";id=5", ";id=3,4", ";id=first,A%2Fb,role,x"]),
            ("matrix", true, [";id=5", ";id=3;id=4", ";first=A%2Fb;role=x"]),
        ];
        for (style, explode, wanted) in all {
            let parameter = json!({"in": "path", "style": style, "explode": explode});
            let style = ParameterStyle::new("id", &parameter);
            let written = values.each_ref().map(|value| style.in_path(value));
            assert_eq!(written, wanted, "{parameter}");
        }
        let parameter = json!({"in": "path"});
        let plain = ParameterStyle::new("s", &parameter);
        assert_eq!(
            plain.in_path(&json!("a b+c/d?e#f%g\"<>{x}")),
            "a%20b+c%2Fd%3Fe%23f%25g%22%3C%3E%7Bx%7D"
        );
    }

    #[test]
    fn query_parameters_are_written_in_each_style() {
        let values = [json!("a b"), json!([3, 4]), json!({"from": 1, "to": 5})];
        let all = [
            ("form", true, ["q=a%20b", "q=3&q=4", "from=1&to=5"]),
            ("form", false, ["q=a%20b", "q=3,4", "q=from,1,to,5"]),
            ("spaceDelimited", false, ["q=a%20b", "q=3%204", "q=from%201%20to%205"]),
            ("pipeDelimited", false, ["q=a%20b", "q=3%7C4", "q=from%7C1%7Cto%7C5"]),
            ("deepObject", true, ["q=a%20b", "q=3&q=4", "q%5Bfrom%5D=1&q%5Bto%5D=5"]),
        ];
        for (style, explode, wanted) in all {
            let parameter = json!({"in": "query", "style": style, "explode": explode});
            let style = ParameterStyle::new("q", &parameter);
            let written = values.each_ref().map(|value| style.in_query(value).join("&"));
            assert_eq!(written, wanted, "{parameter}");
        }
        let parameter = json!({"in": "query"});
        let plain = ParameterStyle::new("q", &parameter);
        assert_eq!(plain.in_query(&json!([1, 2])), ["q=1", "q=2"]);
        assert!(plain.in_query(&json!([])).is_empty());
    }

    #[test]
    fn reserved_characters_stay_where_they_are_allowed() {
        let parameter = json!({"in": "query", "allowReserved": true});
        let style = ParameterStyle::new("u", &parameter);
        assert_eq!(
            style.in_query(&json!("http://x/y?a=1&b=2#c d+e")),
            ["u=http://x/y?a=1%26b=2%23c%20d%2Be"]
        );
        let parameter = json!({"in": "cookie"});
        let style = ParameterStyle::new("c", &parameter);
        assert_eq!(style.in_cookie(&json!("v 1")), "c=v%201");
    }

    #[test]
    fn headers_and_cookies_have_their_own_styles() {
        let header = json!({"in": "header", "explode": true});
        let header = ParameterStyle::new("X", &header);
        assert_eq!(header.in_header(&json!({"a": 1, "b": "x y"})), "a=1,b=x y");
        assert_eq!(header.in_header(&json!([1, 2])), "1,2");
        let cookie = json!({"in": "cookie"});
        assert_eq!(ParameterStyle::new("sid", &cookie).in_cookie(&json!("s3cr3t")), "sid=s3cr3t");
    }
}
