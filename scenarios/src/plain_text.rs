//! Texts of others, as they can be printed.

/// The text on one line, without characters that move a terminal's cursor, change its colours
/// or turn the direction of what follows: names, replies and logs come from systems that nobody
/// has to trust.
///
/// ```
/// assert_eq!(brunt_scenarios::plain_text::printable("a\u{1b}[2J\tb\n"), "a\u{fffd}[2J b ");
/// ```
pub fn printable(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' | '\r' | '\t' => ' ',
        c if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => {
            '\u{fffd}'
        }
        c => c,
    };
    text.chars().map(shown).collect()
}
