//! A text that fits a schema.

use regex::Regex;
use regex_syntax::hir::{Class, ClassUnicodeRange, Hir, HirKind};
use serde_json::{Map, Value};

/// The longest text that is made up, in letters.
const LONGEST: usize = 64 * 1024;
/// How often parts that may be repeated are repeated more than they must be.
const MOST_REPEATED: u32 = 64;

/// A text of the schema's pattern, format and length, and whether it has these.
pub(super) fn text(schema: &Map<String, Value>) -> (String, bool) {
    let length =
        |key: &str| schema.get(key)?.as_u64().and_then(|length| usize::try_from(length).ok());
    let wanted = length("minLength").unwrap_or(0);
    let least = wanted.min(LONGEST);
    let most = length("maxLength").unwrap_or(usize::MAX);
    let pattern = schema.get("pattern").and_then(Value::as_str);
    if let Some(text) = pattern.and_then(|pattern| of_pattern(pattern, least, most)) {
        return (text, wanted == least);
    }
    let plain = match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => "2026-01-01T00:00:00Z",
        Some("date") => "2026-01-01",
        Some("time") => "00:00:00Z",
        Some("duration") => "PT1S",
        Some("uuid") => "00000000-0000-4000-8000-000000000000",
        Some("email") => "user@example.com",
        Some("hostname") => "example.com",
        Some("uri" | "url") => "https://example.com/",
        Some("uri-reference") => "/",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some("byte") => "dGV4dA==",
        _ => "text",
    };
    let count = least.max(plain.chars().count());
    let fits = pattern.is_none() && wanted == least && least <= most;
    (plain.chars().chain(std::iter::repeat('x')).take(count).take(most).collect(), fits)
}

/// A text that a pattern matches, of a length that is allowed. `None` for patterns that are written
/// in what Rust's expressions do not have, such as look-ahead.
fn of_pattern(pattern: &str, least: usize, most: usize) -> Option<String> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let is_match = Regex::new(pattern).ok()?;
    let fits = |text: &String| {
        let length = text.chars().count();
        (least..=most).contains(&length) && is_match.is_match(text)
    };
    let made = (0..=MOST_REPEATED).map(|more| {
        let mut text = String::new();
        write(&hir, more, &mut text);
        text
    });
    let made: Vec<String> = made.take_while(|text| text.len() <= LONGEST).collect();
    let longer = |text: &String| {
        // What a pattern does not anchor may be followed by anything.
        let missing = least.saturating_sub(text.chars().count());
        format!("{text}{}", "x".repeat(missing))
    };
    made.iter().find(|text| fits(text)).cloned().or_else(|| made.iter().map(longer).find(fits))
}

/// Writes what an expression matches: of choices the first, of repetitions the fewest and `more`.
fn write(hir: &Hir, more: u32, text: &mut String) {
    if text.len() > LONGEST {
        return;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => text.extend(letter(class)),
        HirKind::Repetition(repeated) => {
            let most = repeated.max.unwrap_or(u32::MAX);
            let times = repeated.min.saturating_add(more).min(most);
            (0..times).for_each(|_| write(&repeated.sub, more, text));
        }
        HirKind::Capture(group) => write(&group.sub, more, text),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, more, text)),
        HirKind::Alternation(choices) => {
            choices.iter().take(1).for_each(|choice| write(choice, more, text));
        }
    }
}

/// A letter of a class, one that is easy to read if there is any.
fn letter(class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else { return None };
    let has =
        |letter: &char| class.iter().any(|range| (range.start()..=range.end()).contains(letter));
    let first = || class.iter().next().map(ClassUnicodeRange::start);
    ['a', 'A', '0', 'x', '-', ' '].into_iter().find(has).or_else(first)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(schema: &Value) -> String {
        text(schema.as_object().unwrap()).0
    }

    #[test]
    fn texts_match_their_pattern_and_length() {
        let schemas = [
            json!({"pattern": "^[A-Z]{3}$"}),
            json!({"pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "minLength": 12, "maxLength": 20}),
            json!({"pattern": "^\\+?[1-9]\\d{1,14}$"}),
            json!({"pattern": "\\d{4}", "minLength": 9}),
            json!({"pattern": "^(cat|dog)s?$", "minLength": 4}),
            json!({"pattern": "^\\p{Lu}.*$", "maxLength": 3}),
        ];
        for schema in schemas {
            let text = of(&schema);
            let pattern = Regex::new(schema["pattern"].as_str().unwrap()).unwrap();
            assert!(pattern.is_match(&text), "{schema}: {text}");
            let length = text.chars().count() as u64;
            let bound = |key: &str, without| schema[key].as_u64().unwrap_or(without);
            assert!((bound("minLength", 0)..=bound("maxLength", 99)).contains(&length), "{text}");
        }
    }

    #[test]
    fn a_pattern_of_another_dialect_leaves_the_format() {
        assert_eq!(of(&json!({"pattern": "^(?=.*\\d).+$"})), "text");
        assert_eq!(of(&json!({"pattern": "^(?!x)", "format": "date"})), "2026-01-01");
    }

    #[test]
    fn a_text_that_does_not_fit_is_known() {
        let fits = |schema: &Value| text(schema.as_object().unwrap()).1;
        assert!(fits(&json!({"pattern": "^a+$", "minLength": 3})) && fits(&json!({})));
        for schema in [
            json!({"pattern": "^(?!x)"}),
            json!({"pattern": "^a$", "minLength": 3}),
            json!({"minLength": 5, "maxLength": 3}),
            json!({"minLength": 1_000_000}),
        ] {
            assert!(!fits(&schema), "{schema}");
        }
    }

    #[test]
    fn no_length_makes_a_text_that_fills_the_memory() {
        for schema in [
            json!({"minLength": u64::MAX}),
            json!({"pattern": "^(a{1000}){1000}$"}),
            json!({"pattern": "^a{60000}$", "minLength": 1_000_000_000}),
        ] {
            assert!(of(&schema).len() <= 2 * LONGEST, "{schema}");
        }
    }
}
