//! Options that have got a better name: the old one is still understood, with a warning.

use std::ffi::OsString;

/// Old name → new name.
const RENAMED: [(&str, &str); 1] = [("--no-dead-man", "--no-watchdog")];

/// Puts the new names in place of old ones; returns a warning for each. What comes after `--` is
/// not an option of this command line.
pub fn use_new_names(arguments: Vec<OsString>) -> (Vec<OsString>, Vec<String>) {
    let mut warnings = Vec::new();
    // A URL or a value of a load may look like an old name.
    let options = arguments.iter().position(|argument| argument == "--").unwrap_or(arguments.len());
    let renamed = |(place, argument): (usize, OsString)| {
        let found = RENAMED.iter().find(|(old, _)| place < options && argument == *old);
        let Some((old, new)) = found else { return argument };
        warnings.push(format!("{old} is now called {new}; the old name will go"));
        OsString::from(new)
    };
    let arguments = arguments.into_iter().enumerate().map(renamed).collect();
    (arguments, warnings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_name_is_understood_with_a_warning() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        let (now, warnings) = use_new_names(words("brunt run x --no-dead-man"));
        assert_eq!(now, words("brunt run x --no-watchdog"));
        assert!(warnings[0].contains("--no-watchdog"), "{warnings:?}");
        let (now, warnings) = use_new_names(words("brunt load -- --no-dead-man"));
        assert_eq!((now, warnings), (words("brunt load -- --no-dead-man"), vec![]));
    }
}
