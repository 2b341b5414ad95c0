//! From text to pieces.

use super::part::{InvalidTemplate, Placeholder, TemplatePart};

/// The pieces of a text; texts that follow one another are one.
pub(super) fn parts(text: &str) -> Result<Vec<TemplatePart>, InvalidTemplate> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut at = 0;
    while let Some(found) = text[at..].find("${") {
        let start = at + found;
        if text[..start].ends_with('$') && start > at {
            // `$${`: the characters themselves.
            plain.push_str(&text[at..start - 1]);
            plain.push_str("${");
            at = start + 2;
            continue;
        }
        plain.push_str(&text[at..start]);
        let inside = &text[start + 2..];
        let end = inside
            .find('}')
            .ok_or_else(|| bad(start, "`${` without `}`", "${name}, or $${ for the characters"))?;
        if !plain.is_empty() {
            parts.push(TemplatePart::Text(std::mem::take(&mut plain)));
        }
        parts.push(TemplatePart::Placeholder(placeholder(&inside[..end], start)?));
        at = start + 2 + end + 1;
    }
    plain.push_str(&text[at..]);
    if !plain.is_empty() {
        parts.push(TemplatePart::Text(plain));
    }
    Ok(parts)
}

fn placeholder(inside: &str, at: usize) -> Result<Placeholder, InvalidTemplate> {
    let whole = inside;
    let (inside, raw) = match inside.trim_end().strip_suffix("|raw") {
        Some(before) => (before, true),
        None => (inside, false),
    };
    let (name, arguments) = match inside.split_once('(') {
        None => (inside, None),
        Some((name, rest)) => {
            let arguments = rest.trim_end().strip_suffix(')');
            let arguments = arguments
                .ok_or_else(|| bad(at, "a parenthesis that does not end", "random(1,100)"))?;
            (name, Some(numbers(arguments, at)?))
        }
    };
    let name = name.trim();
    // As in `${a${b}`, of which the first place has no end.
    if name.is_empty() || name.contains(['$', '{', '(', ')']) {
        return Err(bad(
            at,
            &format!("`${{{whole}}}` has no name"),
            "${name}, or $${ for the characters",
        ));
    }
    Ok(Placeholder { name: name.to_owned(), arguments, raw, at })
}

fn numbers(text: &str, at: usize) -> Result<Vec<i64>, InvalidTemplate> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let number = |text: &str| {
        let wrong =
            || bad(at, &format!("`{}` is not a whole number", text.trim()), "random(1,100)");
        text.trim().parse().map_err(|_| wrong())
    };
    text.split(',').map(number).collect()
}

fn bad(at: usize, what: &str, example: &str) -> InvalidTemplate {
    InvalidTemplate { at, what: what.to_owned(), help: Some(format!("write it like {example}")) }
}
