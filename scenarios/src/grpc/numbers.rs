//! Numbers in definitions that the compiler's lexer cannot take: without optimization it calls
//! itself for each digit, and insists on octal digits after a 0.

/// The longest number, in letters: more than any number of 64 bits needs.
const LONGEST: usize = 400;

/// Looks at the letters of a text, one after another, without comments and strings.
#[derive(Debug, Default)]
pub(super) struct NumberCheck {
    /// The beginning of the name or number that is being seen.
    word: Vec<u8>,
}

impl NumberCheck {
    /// Whether the text may go on like this.
    pub(super) fn takes(&mut self, letter: u8) -> bool {
        let is_sign = matches!(letter, b'+' | b'-');
        let is_exponent = is_sign && matches!(self.word.last(), Some(b'e' | b'E'));
        if letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'.') || is_exponent {
            if self.word.len() <= LONGEST {
                self.word.push(letter);
            }
            return self.word.len() <= LONGEST || !self.is_number();
        }
        self.ends()
    }

    /// Whether the text may end here.
    pub(super) fn ends(&mut self) -> bool {
        let is_good = !is_odd_octal(&self.word);
        self.word.clear();
        is_good
    }

    fn is_number(&self) -> bool {
        let first = self.word.iter().find(|letter| **letter != b'.');
        first.is_some_and(u8::is_ascii_digit)
    }
}

/// Whether it is `018`, which is neither octal nor, as `01.8` and `018e1`, a fraction.
fn is_odd_octal(word: &[u8]) -> bool {
    let digits = word.iter().take_while(|letter| letter.is_ascii_digit()).count();
    let next = word.get(digits);
    word.first() == Some(&b'0')
        && word[..digits].iter().any(|digit| *digit > b'7')
        && !matches!(next, Some(b'.' | b'e' | b'E'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(text: &str) -> bool {
        let mut check = NumberCheck::default();
        text.bytes().all(|letter| check.takes(letter)) && check.ends()
    }

    #[test]
    fn numbers_of_definitions_are_taken_and_what_the_lexer_cannot_read_is_not() {
        for text in
            ["a08", "x = 017;", "0", "0.9", "09.5", "1e-09", "0x89", "8", "a.b.c89", "0.1e+08"]
        {
            assert!(takes(text), "{text}");
        }
        for text in ["018", "x = 09;", "[default = -08]", "018f"] {
            assert!(!takes(text), "{text}");
        }
        let digits = |count| "1".repeat(count);
        assert!(takes(&format!("x = {};", digits(400))));
        assert!(takes(&format!("string a{} = 1;", digits(40_000))), "it is a name");
        for before in ["", "0x", ".", "-", "1.", "1e-"] {
            assert!(!takes(&format!("{before}{};", digits(401))), "{before}");
        }
    }
}
