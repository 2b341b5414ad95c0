//! Values that need no saving.

use super::part::{InvalidTemplate, Placeholder};
use crate::source::nearest;

/// A value that brunt makes itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltinValue {
    /// A random UUID, version 4.
    Uuid,
    /// A whole number between these two, both included.
    Random(i64, i64),
    /// 1, 2, 3, …: another one for each use in the load, over all users.
    Sequence,
    /// The user's number, from 1; in the open model, the arrival's.
    User,
    /// How many journeys this user has begun, this one included.
    Iteration,
}

impl BuiltinValue {
    /// How all of them are written.
    pub const NAMES: [&'static str; 5] = ["uuid", "random", "sequence", "user", "iteration"];

    /// The built-in value that a place means.
    ///
    /// # Errors
    /// When there is none of this name, or it takes other arguments.
    pub fn of(placeholder: &Placeholder, known: &[&str]) -> Result<Self, InvalidTemplate> {
        let wrong =
            |what: String, help: Option<String>| InvalidTemplate { at: placeholder.at, what, help };
        let plain = |value| match placeholder.arguments {
            None => Ok(value),
            Some(_) => Err(wrong(format!("`{}` takes no arguments", placeholder.name), None)),
        };
        match (placeholder.name.as_str(), placeholder.arguments.as_deref()) {
            ("uuid", _) => plain(Self::Uuid),
            ("sequence", _) => plain(Self::Sequence),
            ("user", _) => plain(Self::User),
            ("iteration", _) => plain(Self::Iteration),
            ("random", Some([from, to])) if from <= to => Ok(Self::Random(*from, *to)),
            ("random", _) => Err(wrong(
                "`random` takes two whole numbers, the smaller first".to_owned(),
                Some("write it like ${random(1,100)}".to_owned()),
            )),
            (name, _) => {
                let choices: Vec<&str> = known.iter().copied().chain(Self::NAMES).collect();
                let help = nearest(name, &choices).map(|name| format!("did you mean `{name}`?"));
                let all = || format!("one of: {}", choices.join(", "));
                Err(wrong(format!("there is no value `{name}` here"), help.or_else(|| Some(all()))))
            }
        }
    }
}
