//! What an answer must be, and where in it values are.

use std::fmt;

use super::same_value::{is_wanted, key_text};

/// What an answer must be.
#[derive(Debug, Clone, Default)]
pub struct ExpectedResponse {
    /// Any of these; any 2xx or 3xx when empty.
    pub status: Vec<u16>,
    /// Each path must find something, and all that it finds must equal the value.
    pub json: Vec<(JsonPath, serde_json::Value)>,
    /// Each header must have this value, alone or before a semicolon, in one of its lines or in all
    /// of them together.
    pub headers: Vec<(String, String)>,
    /// Texts that the body must contain.
    pub contains: Vec<String>,
    /// What the body must match.
    pub matches: Vec<Pattern>,
}

/// A JSON path (RFC 9535) that parses, as it was written.
#[derive(Debug, Clone)]
pub struct JsonPath {
    text: String,
    path: serde_json_path::JsonPath,
}

/// A regular expression that parses.
#[derive(Debug, Clone)]
pub struct Pattern(regex::Regex);

/// A text that is no JSON path.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct InvalidJsonPath(#[from] serde_json_path::ParseError);

/// A text that is no regular expression.
// The parser draws the expression with a mark below it; its last line is the reason.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", .0.to_string().lines().last().unwrap_or_default())]
pub struct InvalidPattern(#[from] regex::Error);

impl ExpectedResponse {
    /// Whether a status is a good one.
    pub fn takes(&self, status: u16) -> bool {
        if self.status.is_empty() {
            (200..400).contains(&status)
        } else {
            self.status.contains(&status)
        }
    }

    /// Whether nothing but JSON is asked of headers and body.
    pub fn only_status_and_json(&self) -> bool {
        self.headers.is_empty() && self.contains.is_empty() && self.matches.is_empty()
    }

    /// What is wrong with headers or body, if anything is. `header` gives a header's lines.
    pub fn objection<'h>(
        &self,
        header: impl Fn(&str) -> Vec<&'h str>,
        body: &[u8],
    ) -> Option<String> {
        let headers = self.headers.iter();
        let of_headers = || {
            headers.clone().find_map(|(name, wanted)| header_objection(name, &header(name), wanted))
        };
        let text = String::from_utf8_lossy(body);
        let of_contents = || {
            let missing = self.contains.iter().find(|wanted| !text.contains(wanted.as_str()))?;
            Some(format!("the body does not contain `{missing}`"))
        };
        let of_patterns = || {
            let missing = self.matches.iter().find(|pattern| pattern.find(&text).is_none())?;
            Some(format!("the body does not match `{missing}`"))
        };
        of_headers().or_else(of_contents).or_else(of_patterns).or_else(|| self.json_objection(body))
    }

    fn json_objection(&self, body: &[u8]) -> Option<String> {
        if self.json.is_empty() {
            return None;
        }
        let Ok(document) = serde_json::from_slice(body) else {
            return Some("the body is not JSON".to_owned());
        };
        self.json.iter().find_map(|(path, wanted)| path.objection(&document, wanted))
    }
}

/// Why a header is not as wanted, if it is not. A header may stand in several lines, which mean the
/// same as one line with commas (RFC 9110, 5.3): one line that is as wanted is enough, and so are
/// all of them together.
pub fn header_objection(name: &str, lines: &[&str], wanted: &str) -> Option<String> {
    if lines.is_empty() {
        return Some(format!("there is no header `{name}`"));
    }
    let is_wanted = |line: &&str| {
        let before = line.split(';').next().unwrap_or_default();
        line.trim() == wanted || before.trim() == wanted
    };
    let whole = lines.join(", ");
    (!lines.iter().any(is_wanted) && whole.trim() != wanted)
        .then(|| format!("{name} is `{whole}`, not `{wanted}`"))
}

impl Pattern {
    /// Parses an expression.
    ///
    /// # Errors
    /// When it is none, or when it is too large.
    pub fn parse(text: &str) -> Result<Self, InvalidPattern> {
        Ok(Self(regex::Regex::new(text)?))
    }

    /// The first group of its first match, or all of the match when it has no group.
    pub fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        let found = self.0.captures(text)?;
        found.get(1).or_else(|| found.get(0)).map(|found| found.as_str())
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0.as_str())
    }
}

impl JsonPath {
    /// Parses a path.
    ///
    /// # Errors
    /// When it is not a JSON path.
    pub fn parse(text: &str) -> Result<Self, InvalidJsonPath> {
        let path = serde_json_path::JsonPath::parse(text)?;
        Ok(Self { text: text.to_owned(), path })
    }

    /// All values that it finds.
    pub fn all<'a>(&self, document: &'a serde_json::Value) -> Vec<&'a serde_json::Value> {
        self.path.query(document).all()
    }

    /// The first value that it finds, as text: a string without its quotes, a number that is whole
    /// without a fraction.
    pub fn text(&self, document: &serde_json::Value) -> Option<String> {
        self.path.query(document).first().map(key_text)
    }

    /// The names that it begins with, up to the first part that may find any number of values:
    /// `_embedded` and `orders` of `$._embedded.orders[*].id`.
    pub fn leading_names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        let mut rest = self.text.trim().strip_prefix('$').unwrap_or_default();
        while let Some((name, after)) = first_name(rest) {
            names.push(name);
            rest = after;
        }
        names
    }

    /// The path of what should have the field that it ends with: `$.orders[*]` of
    /// `$.orders[*].qty`. `None` when it does not end with a name.
    pub fn parent(&self) -> Option<Self> {
        // Of a dot or a quote in a filter, what stands before it is no path.
        Self::parse(before_last_name(&self.text)?).ok()
    }

    /// Why the document is not as wanted, if it is not.
    pub fn objection(
        &self,
        document: &serde_json::Value,
        wanted: &serde_json::Value,
    ) -> Option<String> {
        let found = self.all(document);
        if found.is_empty() {
            return Some(format!("{self} finds nothing"));
        }
        let others = found.iter().filter(|value| !is_wanted(value, wanted)).count();
        let example = found.iter().find(|value| !is_wanted(value, wanted))?;
        Some(match found.len() {
            1 => format!("{self} is {example}, not {wanted}"),
            n => format!("{self}: {others} of {n} are not {wanted}, such as {example}"),
        })
    }
}

/// The name that the rest of a path begins with, as `.name` or `['name']`, and what follows.
fn first_name(rest: &str) -> Option<(&str, &str)> {
    if let Some(quoted) = rest.strip_prefix('[') {
        let quote = quoted.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
        let (name, after) = quoted[1..].split_once(quote)?;
        // An escape would have to be read first: such a name ends what is known.
        return Some((name, after.strip_prefix(']')?)).filter(|_| !name.contains('\\'));
    }
    let short = rest.strip_prefix('.')?;
    // Blanks may stand between the parts of a path (RFC 9535).
    let end = short.find(['.', '[', ' ']).unwrap_or(short.len());
    let (name, after) = short.split_at(end);
    (!name.is_empty() && name != "*").then_some((name, after))
}

/// What stands before the name that a path ends with, as `.name` or `['name']`.
fn before_last_name(path: &str) -> Option<&str> {
    let is_name = |name: &str, other: &[char]| !name.is_empty() && !name.contains(other);
    if let Some(quoted) = path.strip_suffix(']') {
        let quote = quoted.chars().last().filter(|quote| matches!(quote, '\'' | '"'))?;
        let opening = format!("[{quote}");
        let (before, name) = quoted[..quoted.len() - 1].rsplit_once(&opening)?;
        return is_name(name, &[quote, '\\']).then_some(before);
    }
    let (before, name) = path.rsplit_once('.')?;
    is_name(name, &[' ', '*', ')', '\'', '"']).then_some(before)
}

impl fmt::Display for JsonPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parent_of_a_path_is_what_should_have_its_last_field() {
        for (path, parent) in [
            ("$.qty", Some("$")),
            ("$.orders[*].qty", Some("$.orders[*]")),
            ("$.orders[?@.name=='a.b'].qty", Some("$.orders[?@.name=='a.b']")),
            ("$._embedded['the orders']", Some("$._embedded")),
            (r#"$["a"]["b"]"#, Some(r#"$["a"]"#)),
            ("$", None),
            ("$.*", None),
            ("$.orders[*]", None),
            ("$.orders[0]", None),
            ("$..qty", None),
            ("$.orders[?@.name=='a.b']", None),
            ("$.orders[?@['x']=='y']", None),
        ] {
            let found = JsonPath::parse(path).unwrap().parent();
            let found = found.map(|parent| parent.to_string());
            assert_eq!(found.as_deref(), parent, "{path}");
        }
    }
}
