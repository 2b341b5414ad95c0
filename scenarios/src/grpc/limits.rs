//! What definitions may be, so that the compiler can take them: it calls itself for each nested
//! message, and needs some kilobytes for each of them.

use super::numbers::NumberCheck;

/// The deepest nesting of messages, options and values. Protobuf's own implementations read
/// messages of this depth.
const DEEPEST: usize = 100;
/// The longest text of one file, in MiB.
const LONGEST_MIB: usize = 4;
/// The most messages, fields, values and options of a file and all that it imports.
const MOST: usize = 50_000;

/// The most declarations with which the compiler keeps where each of them stands.
const MOST_WITH_PLACES: usize = 2_000;

/// A definition that is refused before it is compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExcessiveProto {
    /// Messages within messages without an end.
    #[error("{0}: its messages or options are nested more than {DEEPEST} deep")]
    Deep(String),
    /// A file that is too long.
    #[error("{0}: it is longer than {LONGEST_MIB} MiB")]
    Long(String),
    /// A number that cannot be read.
    #[error("{0}: a number in it is too long, or has an 8 or 9 after a leading 0")]
    Number(String),
    /// Too many declarations in all files together.
    #[error(
        "{0}: with what it imports, it declares more than {MOST} messages, fields, values and \
         options; give a file with the services that are called"
    )]
    Many(String),
}

/// Counts what a file and its imports declare.
#[derive(Debug, Default)]
pub struct ProtoBudget {
    declared: usize,
}

impl ProtoBudget {
    /// Whether so much is declared that the compiler must not look for the place of each mistake.
    pub fn is_large(&self) -> bool {
        self.declared > MOST_WITH_PLACES
    }

    /// Counts a file's text.
    ///
    /// # Errors
    /// [`ExcessiveProto`] when it must not be compiled.
    pub fn take(&mut self, name: &str, text: &str) -> Result<(), ExcessiveProto> {
        if text.len() > LONGEST_MIB * 1024 * 1024 {
            return Err(ExcessiveProto::Long(name.to_owned()));
        }
        let (mut depth, mut numbers) = (0_usize, NumberCheck::default());
        for letter in code(text.as_bytes()) {
            match letter {
                b'{' | b'[' | b'(' | b'<' => depth += 1,
                // A text that closes more than it has opened is for the compiler to refuse.
                b'}' | b']' | b')' | b'>' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if !numbers.takes(letter) {
                return Err(ExcessiveProto::Number(name.to_owned()));
            }
            // An estimate, without a parser: whatever is declared has about one of these.
            self.declared += usize::from(matches!(letter, b'{' | b';' | b','));
            if depth > DEEPEST {
                return Err(ExcessiveProto::Deep(name.to_owned()));
            }
            if self.declared > MOST {
                return Err(ExcessiveProto::Many(name.to_owned()));
            }
        }
        numbers.ends().then_some(()).ok_or_else(|| ExcessiveProto::Number(name.to_owned()))
    }
}

/// The letters of a text outside of comments and strings.
fn code(text: &[u8]) -> impl Iterator<Item = u8> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let letter = *text.get(at)?;
            at = match (letter, text.get(at + 1)) {
                (b'/', Some(b'/')) => after(text, at, b"\n"),
                (b'/', Some(b'*')) => after(text, at + 2, b"*/"),
                (b'"' | b'\'', _) => after_string(text, at),
                _ => {
                    at += 1;
                    return Some(letter);
                }
            };
        }
    })
}

/// Behind the next place of `end`, or the text's end without.
fn after(text: &[u8], from: usize, end: &[u8]) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let place = rest.windows(end.len()).position(|here| here == end);
    place.map_or(text.len(), |place| from + place + end.len())
}

/// Behind the string that begins here. One that its line does not end is none.
fn after_string(text: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while let Some(letter) = text.get(at) {
        match letter {
            b'\\' => at += 2,
            b'\n' => return at,
            letter if *letter == text[from] => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str) -> Result<(), ExcessiveProto> {
        ProtoBudget::default().take("a.proto", text)
    }

    #[test]
    fn what_would_overflow_the_compiler_is_refused() {
        let nested = |count: usize| "message A {".repeat(count) + &"}".repeat(count);
        assert_eq!(taken(&nested(100)), Ok(()));
        assert_eq!(taken(&nested(101)), Err(ExcessiveProto::Deep("a.proto".to_owned())));
        assert!(taken(&format!("option (a) = {};", "[".repeat(200))).is_err());
        assert_eq!(taken(&"message A {}\n".repeat(50_000)), Ok(()));
        let many = taken(&"message A {}\n".repeat(50_001));
        assert_eq!(many, Err(ExcessiveProto::Many("a.proto".to_owned())));
        let mut budget = ProtoBudget::default();
        let half = "message A {}\n".repeat(30_000);
        assert_eq!(budget.take("a.proto", &half), Ok(()));
        assert!(budget.take("b.proto", &half).is_err(), "imports count as well");
        assert!(
            taken(&" ".repeat(4 * 1024 * 1024 + 1)).unwrap_err().to_string().ends_with("4 MiB")
        );
    }

    #[test]
    fn brackets_in_comments_and_strings_do_not_count() {
        let open = "{".repeat(200);
        for text in [
            format!("// {open}\nmessage A {{}}"),
            format!("/* {open}\n{open} */ message A {{}}"),
            format!("option a = \"\\\"{open}\"; option b = '{open}';"),
            format!("// {open}"),
            format!("/* {open}"),
            format!("\"{open}"),
        ] {
            assert_eq!(taken(&text), Ok(()), "{text}");
        }
        assert!(taken(&format!("'no end\n{open}")).is_err());
        assert!(taken(&format!("a / {open}")).is_err());
    }
}
