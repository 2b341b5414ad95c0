//! A siegerc: `key = value` lines, with a colon or a space in place of the equals sign as well.
//! Only the keys that matter here are read; siege's others are ignored, so that a file that siege
//! takes works here.

use std::collections::{BTreeMap, HashMap};

use super::otlp_endpoint::EnvironmentLookup;

/// Keys that change what is done.
pub(crate) const KEYS: [&str; 27] = [
    "concurrent",
    "time",
    "reps",
    "delay",
    "internet",
    "benchmark",
    "file",
    "url",
    "verbose",
    "quiet",
    "json_output",
    "user-agent",
    "connection",
    "timeout",
    "logfile",
    "logging",
    "gmethod",
    "accept-encoding",
    "follow-location",
    "parser",
    "login",
    "cookies",
    "proxy-host",
    "proxy-port",
    "proxy-login",
    "ssl-cert",
    "ssl-key",
];

/// Keys that change what siege sends, and that are not followed here.
const NOT_FOLLOWED: [&str; 4] = ["expire-session", "cache", "ssl-ciphers", "ssl-timeout"];
/// The longest value once its variables are filled in, in bytes. Each may hold the one before it
/// twice, so that short lines could make a text of any length.
const LONGEST_VALUE: usize = 64 * 1024;

/// How a key is switched off.
const OFF: [&str; 4] = ["false", "no", "off", "0"];

/// What a siegerc sets.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Siegerc {
    /// Each key with its last value.
    pub values: BTreeMap<&'static str, String>,
    /// Each `header = Name: value`, in order.
    pub headers: Vec<String>,
    /// Each `nofollow`: hosts from which nothing that a page shows is requested.
    pub nofollow: Vec<String>,
    /// Each `login-url`: what users send before all other requests.
    pub logins: Vec<String>,
    /// Keys that siege would follow and this does not, with their values.
    pub not_followed: Vec<String>,
}

impl Siegerc {
    /// Reads a settings file's text, with `$(NAME)` and `${NAME}` from lines above it that are no
    /// setting, as `PROXY = localhost`, and otherwise from the environment. Keys are taken in any
    /// case, as siege takes them. What else is no setting is ignored, as siege ignores it.
    pub fn parse(text: &str, environment: EnvironmentLookup<'_>) -> Self {
        let mut rc = Self::default();
        let mut variables: HashMap<&str, String> = HashMap::new();
        for line in text.lines() {
            let Some((key, value)) = setting(line) else { continue };
            let known = |name: &str| variables.get(name).cloned().or_else(|| environment(name));
            let value = filled(value, &known);
            if !rc.set(key, &value) {
                variables.insert(key, value);
            }
        }
        rc
    }

    /// Takes a setting; `false` when it is none.
    fn set(&mut self, key: &str, value: &str) -> bool {
        let is = |other: &str| key.eq_ignore_ascii_case(other);
        // These keys add to one another; of all others the last value holds, as with siege.
        let several = [
            ("header", &mut self.headers),
            ("nofollow", &mut self.nofollow),
            ("login-url", &mut self.logins),
        ];
        if let Some((_, values)) = several.into_iter().find(|(name, _)| is(name)) {
            values.push(value.to_owned());
        } else if let Some(known) = KEYS.iter().find(|known| is(known)) {
            self.values.insert(known, value.to_owned());
        } else if let Some(known) = NOT_FOLLOWED.iter().find(|known| is(known)) {
            let is_off = OFF.iter().any(|word| word.eq_ignore_ascii_case(value));
            let set = (!is_off).then(|| format!("{known} = {value}"));
            self.not_followed.extend(set);
        } else {
            return false;
        }
        true
    }

    /// A key's value.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    /// Whether a key is switched on.
    pub fn is_on(&self, key: &str) -> bool {
        self.is_one_of(key, ["true", "yes", "on", "1"])
    }

    /// Whether a key is switched off, where it is on by default.
    pub fn is_off(&self, key: &str) -> bool {
        self.is_one_of(key, OFF)
    }

    fn is_one_of(&self, key: &str, words: [&str; 4]) -> bool {
        let value = self.value(key);
        value.is_some_and(|value| words.iter().any(|word| word.eq_ignore_ascii_case(value)))
    }
}

/// A line's key and value; `None` when it has none of them.
fn setting(line: &str) -> Option<(&str, &str)> {
    let line = without_comment(line).trim();
    let is_separator = |letter: char| letter.is_whitespace() || letter == '=' || letter == ':';
    let (key, rest) = line.split_once(is_separator)?;
    let value = rest.trim_start_matches(is_separator);
    (!key.is_empty() && !value.is_empty()).then_some((key, value))
}

/// A line up to its comment. Within a word `#` is no comment: URLs have fragments.
fn without_comment(line: &str) -> &str {
    let begins = |at: &usize| line[..*at].chars().next_back().is_none_or(char::is_whitespace);
    let comment = line.match_indices('#').map(|(at, _)| at).find(begins);
    &line[..comment.unwrap_or(line.len())]
}

/// A value with its variables filled in; those that are not set stay as they are.
fn filled(value: &str, known: EnvironmentLookup<'_>) -> String {
    let (mut filled, mut rest) = (String::with_capacity(value.len()), value);
    while filled.len() <= LONGEST_VALUE
        && let Some(start) = rest.find("$(").into_iter().chain(rest.find("${")).min()
    {
        let close = if rest[start..].starts_with("$(") { ')' } else { '}' };
        let Some(length) = rest[start..].find(close) else { break };
        let (before, variable) = (&rest[..start], &rest[start..=start + length]);
        filled.push_str(before);
        let known = known(&rest[start + 2..start + length]);
        filled.push_str(known.as_deref().unwrap_or(variable));
        rest = &rest[start + length + 1..];
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Siegerc {
        Siegerc::parse(text, &|name| (name == "HOME").then(|| "/home/ann".to_owned()))
    }

    #[test]
    fn settings_are_read_in_all_forms_that_siege_takes() {
        let rc = parse(
            "# all of it\nreps=2\nconcurrent: 3\n  delay 0.5\ntime\t=\t5s\nheader = X-A: 1\n\
             header: X-B: 2\nuser-agent = Mine # comment\nurl = http://h/a#b\nverbose = TRUE\n\
             benchmark = True\nquiet = False\nlogfile = $(HOME)/var/${HOME}.log\n\
             file = ${NOBODY}/urls.txt\nparser\nlogging =\n#reps = 9\n",
        );
        let value = |key| rc.value(key).unwrap();
        assert_eq!(["reps", "concurrent", "delay", "time"].map(value), ["2", "3", "0.5", "5s"]);
        assert_eq!(rc.headers, ["X-A: 1", "X-B: 2"]);
        assert_eq!(["user-agent", "url"].map(value), ["Mine", "http://h/a#b"]);
        assert_eq!(value("logfile"), "/home/ann/var//home/ann.log");
        assert_eq!(value("file"), "${NOBODY}/urls.txt");
        assert!(rc.is_on("verbose") && rc.is_on("benchmark"));
        assert!(!rc.is_on("quiet") && rc.is_off("quiet") && !rc.is_off("cookies"));
        assert_eq!((rc.value("parser"), rc.value("logging")), (None, None));
    }

    #[test]
    fn variables_are_declared_above_their_use_and_keys_have_any_case() {
        let rc = parse(
            "PROXY = 10.0.0.1\nproxy-host = ${PROXY}\nHOST = $(PROXY):81\nHOME = /here\n\
             url = http://$(HOST)/v\nCONCURRENT = 3\nVerbose = ON\nlogfile = ${HOME}/log\n\
             file = ${LATER}\nLATER = x\nHeader = X-A: 1\n",
        );
        let value = |key| rc.value(key).unwrap();
        assert_eq!(["proxy-host", "url"].map(value), ["10.0.0.1", "http://10.0.0.1:81/v"]);
        assert_eq!(["concurrent", "logfile", "file"].map(value), ["3", "/here/log", "${LATER}"]);
        assert_eq!(
            (rc.is_on("verbose"), rc.headers.as_slice()),
            (true, &["X-A: 1".to_owned()][..])
        );
    }

    #[test]
    fn what_is_not_followed_is_known_unless_it_is_off() {
        let rc = parse("Expire-Session = true\ncache = false\nssl-ciphers = ALL\nlimit = 255\n");
        assert_eq!(rc.not_followed, ["expire-session = true", "ssl-ciphers = ALL"]);
    }

    #[test]
    fn variables_that_double_each_other_are_bounded() {
        let lines = (1..60).map(|number| format!("V{number}=$(V{0})$(V{0})\n", number - 1));
        let rc = parse(&format!("V0=xxxxxxxx\n{}url = $(V59)\n", lines.collect::<String>()));
        assert!(rc.value("url").unwrap().len() < 4 * LONGEST_VALUE);
    }
}
