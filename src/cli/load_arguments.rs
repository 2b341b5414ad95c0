//! The arguments of `brunt load`, which are not this command line's.

use std::ffi::OsString;
use std::path::Path;

const LOAD: &str = "load";
const LOG_FORMAT: &str = "--log-format";

/// Sets the arguments of `brunt load` apart, so that they are read by its own parser alone: siege's
/// `-v` prints each reply, where this command line's `-v` would log more. Only `--log-format` is
/// taken out of them, since siege has nothing of that name.
pub fn set_apart(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments = arguments.into_iter();
    let mut front: Vec<OsString> = arguments.next().into_iter().collect();
    if front.first().is_some_and(is_siege) {
        let load = take_log_format(arguments, &mut front);
        front.extend([LOAD, "--", "--siege"].map(OsString::from));
        front.extend(load);
        return front;
    }
    while let Some(argument) = arguments.next() {
        if argument == LOAD {
            let load = take_log_format(arguments, &mut front);
            front.extend([OsString::from(LOAD), OsString::from("--")]);
            front.extend(load);
            return front;
        }
        let is_option = is_log_option(&argument);
        let has_value = argument == LOG_FORMAT;
        front.push(argument);
        if !is_option {
            break;
        }
        if has_value {
            front.extend(arguments.next());
        }
    }
    front.extend(arguments);
    front
}

/// Moves `--log-format` in front of the command; returns what is left for the load's own parser.
fn take_log_format(
    mut arguments: impl Iterator<Item = OsString>,
    front: &mut Vec<OsString>,
) -> Vec<OsString> {
    let mut rest = Vec::new();
    while let Some(argument) = arguments.next() {
        if argument == LOG_FORMAT {
            front.push(argument);
            front.extend(arguments.next());
        } else if is_log_format(&argument) {
            front.push(argument);
        } else if argument == "--" {
            rest.push(argument);
            rest.extend(arguments.by_ref());
        } else {
            rest.push(argument);
        }
    }
    rest
}

/// Whether the program was called by siege's name, as through a link in its place.
fn is_siege(program: &OsString) -> bool {
    Path::new(program).file_name().is_some_and(|name| name == "siege")
}

fn is_log_format(argument: &OsString) -> bool {
    let text = argument.to_string_lossy();
    text == LOG_FORMAT || text.strip_prefix(LOG_FORMAT).is_some_and(|rest| rest.starts_with('='))
}

fn is_log_option(argument: &OsString) -> bool {
    let text = argument.to_string_lossy();
    let is_short = text
        .strip_prefix('-')
        .is_some_and(|letters| !letters.is_empty() && letters.chars().all(|letter| letter == 'v'));
    is_short || text == "--verbose" || is_log_format(argument)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(line: &str) -> String {
        let arguments = set_apart(line.split(' ').map(OsString::from));
        let words: Vec<_> = arguments.iter().map(|one| one.to_str().unwrap()).collect();
        words.join(" ")
    }

    #[test]
    fn a_load_keeps_its_own_options() {
        assert_eq!(apart("brunt load -v -c1 URL"), "brunt load -- -v -c1 URL");
        assert_eq!(apart("brunt -v load -v URL"), "brunt -v load -- -v URL");
        assert_eq!(apart("brunt load --help"), "brunt load -- --help");
        assert_eq!(apart("brunt load"), "brunt load --");
    }

    #[test]
    fn the_name_of_siege_means_a_load_with_its_banner() {
        assert_eq!(apart("/usr/bin/siege -c1 URL"), "/usr/bin/siege load -- --siege -c1 URL");
        assert_eq!(apart("siege"), "siege load -- --siege");
        assert_eq!(apart("brunt load siege"), "brunt load -- siege");
    }

    #[test]
    fn the_log_s_format_is_taken_out_of_a_load_s_options() {
        let wanted = "brunt --log-format json load -- -v URL";
        assert_eq!(apart("brunt load --log-format json -v URL"), wanted);
        assert_eq!(apart("brunt load -v URL --log-format json"), wanted);
        assert_eq!(apart("brunt --log-format json load -v URL"), wanted);
        assert_eq!(
            apart("brunt load --log-format=json URL"),
            "brunt --log-format=json load -- URL"
        );
        assert_eq!(apart("brunt load -- --log-format=json"), "brunt load -- -- --log-format=json");
    }

    #[test]
    fn other_commands_are_left_as_they_are() {
        for line in
            ["brunt run load -v", "brunt -vv run x --log-format json", "brunt", "brunt help load"]
        {
            assert_eq!(apart(line), line);
        }
    }
}
