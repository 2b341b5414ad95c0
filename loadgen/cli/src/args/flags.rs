//! Arguments as getopt reads them for siege: `-c10`, `-c 10`, `-bq`, `--time=60S`, `--conc 10`,
//! `--`.

use brunt_scenarios::source::nearest;

use super::table::{Flag, OPTIONS, OptionSpelling, ValueKind};
use crate::error::LoadCliError;

/// What was written, in order; nothing of it has a meaning yet.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    /// Each option with its value.
    pub given: Vec<(Flag, Option<String>)>,
    /// Everything that is no option.
    pub operands: Vec<String>,
}

impl Flags {
    /// Reads arguments, the program's name not among them.
    pub fn parse(arguments: &[String]) -> Result<Self, LoadCliError> {
        let mut flags = Self::default();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let mut following = || rest.next().cloned();
            match argument.as_str() {
                "--" => {
                    flags.operands.extend(rest.cloned());
                    break;
                }
                long if long.starts_with("--") => flags.long(long, &mut following)?,
                short if short.len() > 1 && short.starts_with('-') => {
                    flags.short(short, &mut following)?;
                }
                operand => flags.operands.push(operand.to_owned()),
            }
        }
        Ok(flags)
    }

    fn long(
        &mut self,
        written: &str,
        following: &mut dyn FnMut() -> Option<String>,
    ) -> Result<(), LoadCliError> {
        let (name, attached) = match written.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (written, None),
        };
        let found = find_long(name)?;
        let value = match found.takes {
            ValueKind::Nothing if attached.is_some() => {
                return Err(LoadCliError::SurplusValue(found.long.to_owned()));
            }
            ValueKind::Value => Some(attached.or_else(following).ok_or_else(|| missing(name))?),
            ValueKind::Nothing | ValueKind::Attached => attached,
        };
        self.given.push((found.flag, value));
        Ok(())
    }

    fn short(
        &mut self,
        cluster: &str,
        following: &mut dyn FnMut() -> Option<String>,
    ) -> Result<(), LoadCliError> {
        let mut letters = cluster[1..].chars();
        while let Some(letter) = letters.next() {
            let found = OPTIONS.iter().find(|spelling| spelling.short == Some(letter));
            let found = found.ok_or_else(|| unknown_short(cluster, letter))?;
            // The letters after an option with a value are the value: `-c10`.
            if found.takes == ValueKind::Nothing {
                self.given.push((found.flag, None));
                continue;
            }
            let attached =
                Some(letters.as_str().to_owned()).filter(|attached| !attached.is_empty());
            let value = match found.takes {
                ValueKind::Attached => attached,
                _ => Some(
                    attached.or_else(following).ok_or_else(|| missing(&format!("-{letter}")))?,
                ),
            };
            self.given.push((found.flag, value));
            return Ok(());
        }
        Ok(())
    }

    /// Whether an option was given.
    pub fn has(&self, flag: Flag) -> bool {
        self.given.iter().any(|(given, _)| *given == flag)
    }

    /// The last value of an option.
    pub fn value(&self, flag: Flag) -> Option<&str> {
        self.values(flag).last()
    }

    /// All values of an option.
    pub fn values(&self, flag: Flag) -> impl Iterator<Item = &str> {
        let of_flag = self.given.iter().filter(move |(given, _)| *given == flag);
        of_flag.filter_map(|(_, value)| value.as_deref())
    }
}

/// An option by its name, or by a beginning that only it has.
fn find_long(name: &str) -> Result<&'static OptionSpelling, LoadCliError> {
    if let Some(exact) = OPTIONS.iter().find(|spelling| spelling.long == name) {
        return Ok(exact);
    }
    let begins: Vec<_> = OPTIONS
        .iter()
        .filter(|spelling| spelling.long.starts_with(name) && name.len() > 2)
        .collect();
    // Siege's own options come first, so that what is short for one of them stays so.
    let sieges: Vec<_> =
        begins.iter().copied().filter(|spelling| spelling.flag <= Flag::NoFollow).collect();
    if let [only] = sieges.as_slice() {
        return Ok(only);
    }
    match begins.as_slice() {
        [only] => Ok(only),
        [] => {
            let names: Vec<_> = OPTIONS.iter().map(|spelling| spelling.long).collect();
            Err(LoadCliError::UnknownOption {
                option: name.to_owned(),
                nearest: nearest(name, &names),
            })
        }
        many => Err(LoadCliError::Ambiguous {
            option: name.to_owned(),
            choices: many.iter().map(|spelling| spelling.long).collect::<Vec<_>>().join(" or "),
        }),
    }
}

/// `-time` is more likely `--time` than four letters; a letter in the wrong case, the other one.
fn unknown_short(cluster: &str, letter: char) -> LoadCliError {
    let option =
        if cluster.chars().count() > 2 { cluster.to_owned() } else { format!("-{letter}") };
    let names: Vec<_> = OPTIONS.iter().map(|spelling| spelling.long).collect();
    let as_word = Some(format!("-{cluster}")).filter(|_| cluster.len() > 3);
    let near_word = as_word.and_then(|word| nearest(&word, &names));
    let other_case = OPTIONS
        .iter()
        .find(|spelling| spelling.short.is_some_and(|short| short.eq_ignore_ascii_case(&letter)));
    LoadCliError::UnknownOption {
        option,
        nearest: near_word.or(other_case.map(|spelling| spelling.long)),
    }
}

fn missing(option: &str) -> LoadCliError {
    LoadCliError::MissingValue(option.to_owned())
}

#[cfg(test)]
mod tests;
