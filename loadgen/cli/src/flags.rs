//! Arguments as getopt reads them for siege: `-c10`, `-c 10`, `-bq`, `--time=60S`, `--conc 10`,
//! `--`.

use brunt_scenarios::source::nearest;

use super::SiegeError;
use super::table::{Flag, Spelling, TABLE, Takes};

/// What was written, in order; nothing of it has a meaning yet.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Flags {
    /// Each option with its value.
    pub given: Vec<(Flag, Option<String>)>,
    /// Everything that is no option.
    pub operands: Vec<String>,
}

impl Flags {
    /// Reads arguments, the program's name not among them.
    pub fn parse(arguments: &[String]) -> Result<Self, SiegeError> {
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
                    flags.short(short, &mut following)?
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
    ) -> Result<(), SiegeError> {
        let (name, attached) = match written.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (written, None),
        };
        let found = find_long(name)?;
        let value = match found.takes {
            Takes::Nothing if attached.is_some() => {
                return Err(SiegeError::SurplusValue(found.long.to_owned()));
            }
            Takes::Value => Some(attached.or_else(following).ok_or_else(|| missing(name))?),
            Takes::Nothing | Takes::Attached => attached,
        };
        self.given.push((found.flag, value));
        Ok(())
    }

    fn short(
        &mut self,
        cluster: &str,
        following: &mut dyn FnMut() -> Option<String>,
    ) -> Result<(), SiegeError> {
        let mut letters = cluster[1..].chars();
        while let Some(letter) = letters.next() {
            let found = TABLE.iter().find(|spelling| spelling.short == Some(letter));
            let found = found.ok_or_else(|| unknown_short(cluster, letter))?;
            if found.takes == Takes::Nothing {
                self.given.push((found.flag, None));
                continue;
            }
            let attached =
                Some(letters.as_str().to_owned()).filter(|attached| !attached.is_empty());
            let value = match found.takes {
                Takes::Attached => attached,
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
fn find_long(name: &str) -> Result<&'static Spelling, SiegeError> {
    if let Some(exact) = TABLE.iter().find(|spelling| spelling.long == name) {
        return Ok(exact);
    }
    let begins: Vec<_> =
        TABLE.iter().filter(|spelling| spelling.long.starts_with(name) && name.len() > 2).collect();
    // Siege's own options come first, so that what is short for one of them stays so.
    let sieges: Vec<_> =
        begins.iter().copied().filter(|spelling| spelling.flag <= Flag::NoFollow).collect();
    if let [only] = sieges.as_slice() {
        return Ok(only);
    }
    match begins.as_slice() {
        [only] => Ok(only),
        [] => {
            let names: Vec<_> = TABLE.iter().map(|spelling| spelling.long).collect();
            Err(SiegeError::UnknownOption {
                option: name.to_owned(),
                nearest: nearest(name, &names),
            })
        }
        many => Err(SiegeError::Ambiguous {
            option: name.to_owned(),
            choices: many.iter().map(|spelling| spelling.long).collect::<Vec<_>>().join(" or "),
        }),
    }
}

/// `-time` is more likely `--time` than four letters; a letter in the wrong case, the other one.
fn unknown_short(cluster: &str, letter: char) -> SiegeError {
    let option =
        if cluster.chars().count() > 2 { cluster.to_owned() } else { format!("-{letter}") };
    let names: Vec<_> = TABLE.iter().map(|spelling| spelling.long).collect();
    let as_word = Some(format!("-{cluster}")).filter(|_| cluster.len() > 3);
    let near_word = as_word.and_then(|word| nearest(&word, &names));
    let other_case = TABLE
        .iter()
        .find(|spelling| spelling.short.is_some_and(|short| short.eq_ignore_ascii_case(&letter)));
    SiegeError::UnknownOption {
        option,
        nearest: near_word.or(other_case.map(|spelling| spelling.long)),
    }
}

fn missing(option: &str) -> SiegeError {
    SiegeError::MissingValue(option.to_owned())
}

#[cfg(test)]
mod tests;
