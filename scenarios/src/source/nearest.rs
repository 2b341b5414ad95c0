//! The name that somebody most likely meant.

/// The choice nearest to `wrong`, if one is near enough to be meant: at most a third of
/// its letters differ.
///
/// ```
/// assert_eq!(brunt_scenarios::source::nearest("atLest", &["of", "atLeast"]), Some("atLeast"));
/// assert_eq!(brunt_scenarios::source::nearest("zebra", &["of", "atLeast"]), None);
/// ```
pub fn nearest<'a>(wrong: &str, choices: &[&'a str]) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    choices
        .iter()
        .map(|choice| (strsim::damerau_levenshtein(&wrong, &choice.to_lowercase()), *choice))
        // In a name of one or two letters, one may be wrong all the same.
        .filter(|(distance, choice)| *distance <= (choice.chars().count().max(3)) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, choice)| choice)
}
