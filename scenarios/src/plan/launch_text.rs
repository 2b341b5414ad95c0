//! Texts with values that are known when a replica starts: commands, environments, and files.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::source::nearest;
use crate::template::{InvalidTemplate, Template, TemplatePart};

/// A value that is filled in when a replica starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaunchValue<'a> {
    /// `${port}`: where the replica must listen.
    Port,
    /// `${ports.NAME}`: where it must listen as well.
    NamedPort(&'a str),
    /// `${data}`: the folder of the system's data.
    Data,
    /// `${env.NAME}`: a variable of the program's environment.
    Env(&'a str),
    /// `${calls.NAME.host}` and the like: where a callee is, as its caller sees it.
    Callee(&'a str, AddressPart<'a>),
}

/// Which part of a callee's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressPart<'a> {
    /// `host`: an address without a port.
    Host,
    /// `port`: a number.
    Port,
    /// `url`: the whole, with a scheme.
    Url,
    /// `ports.NAME`: the number of another port.
    NamedPort(&'a str),
}

/// Where a text stands, which decides what its names mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaunchScope<'a> {
    /// The callee whose address the text is for: `${host}`, `${port}` and `${url}` mean that of
    /// the callee there.
    pub callee: Option<&'a str>,
}

/// Why a text cannot be filled in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LaunchTextError {
    /// It does not parse.
    #[error(transparent)]
    Invalid(#[from] InvalidTemplate),
    /// It has a name that means nothing here.
    #[error("nothing is filled in for ${{{name}}}")]
    Unknown {
        /// What stands in the braces.
        name: String,
    },
}

impl<'a> AddressPart<'a> {
    const NAMES: [&'static str; 3] = ["host", "port", "url"];

    fn of(name: &'a str) -> Option<Self> {
        Some(match name {
            "host" => Self::Host,
            "port" => Self::Port,
            "url" => Self::Url,
            _ => Self::NamedPort(name.strip_prefix("ports.")?),
        })
    }
}

/// What the texts of one service may name.
#[derive(Debug, Clone, Default)]
pub(super) struct LaunchNames<'a> {
    /// Its own further ports.
    pub(super) ports: Vec<&'a str>,
    /// The services that it calls, and their further ports.
    pub(super) callees: BTreeMap<&'a str, Vec<&'a str>>,
}

impl LaunchNames<'_> {
    fn has(&self, value: LaunchValue<'_>) -> bool {
        match value {
            // Which variables there are is known where the program starts, not here.
            LaunchValue::Port | LaunchValue::Data | LaunchValue::Env(_) => true,
            LaunchValue::NamedPort(port) => self.ports.contains(&port),
            LaunchValue::Callee(callee, AddressPart::NamedPort(port)) => {
                self.callees.get(callee).is_some_and(|ports| ports.contains(&port))
            }
            LaunchValue::Callee(callee, _) => self.callees.contains_key(callee),
        }
    }

    /// How everything is written that means something in a text.
    fn all(&self, scope: LaunchScope<'_>) -> Vec<String> {
        let parts = |callee: &str| {
            let ports = self.callees.get(callee).into_iter().flatten();
            let ports = ports.map(|port| format!("ports.{port}"));
            AddressPart::NAMES.map(str::to_owned).into_iter().chain(ports).collect::<Vec<_>>()
        };
        let mut all = vec!["data".to_owned()];
        match scope.callee {
            Some(callee) => all.extend(parts(callee)),
            None => {
                all.push("port".to_owned());
                all.extend(self.ports.iter().map(|port| format!("ports.{port}")));
            }
        }
        for callee in self.callees.keys() {
            all.extend(parts(callee).iter().map(|part| format!("calls.{callee}.{part}")));
        }
        all.sort();
        all
    }
}

impl<'a> LaunchScope<'a> {
    /// A command, an environment or a file.
    pub const PROGRAM: Self = Self { callee: None };

    /// A variable with the address of a callee.
    pub fn callee(name: &'a str) -> Self {
        Self { callee: Some(name) }
    }

    /// The value that a name means here.
    fn value(self, name: &'a str) -> Option<LaunchValue<'a>> {
        if let Some(callee) = self.callee
            && let Some(part) = AddressPart::of(name)
        {
            return Some(LaunchValue::Callee(callee, part));
        }
        match name {
            "port" => Some(LaunchValue::Port),
            "data" => Some(LaunchValue::Data),
            _ => in_group(name),
        }
    }
}

/// A name with a dot.
fn in_group(name: &str) -> Option<LaunchValue<'_>> {
    if let Some(variable) = name.strip_prefix("env.") {
        return (!variable.is_empty()).then_some(LaunchValue::Env(variable));
    }
    if let Some(port) = name.strip_prefix("ports.") {
        return Some(LaunchValue::NamedPort(port));
    }
    // A callee's own name may have dots, and a port's has none.
    let (before, last) = name.strip_prefix("calls.")?.rsplit_once('.')?;
    if let Some(callee) = before.strip_suffix(".ports") {
        return Some(LaunchValue::Callee(callee, AddressPart::NamedPort(last)));
    }
    Some(LaunchValue::Callee(before, AddressPart::of(last)?))
}

/// What is wrong with a text: the piece of it, what, and what to do about it.
pub(super) fn problems(
    text: &str,
    scope: LaunchScope<'_>,
    names: &LaunchNames<'_>,
) -> Vec<(String, LaunchTextError, String)> {
    let template = match Template::parse(text) {
        Ok(template) => template,
        Err(bad) => {
            let help = bad.help.clone().unwrap_or_default();
            let found: String = text[bad.at..].lines().next().unwrap_or_default().to_owned();
            return vec![(found, bad.into(), help)];
        }
    };
    let is_known = |name: &str| scope.value(name).is_some_and(|value| names.has(value));
    let written = |at: usize| text[at..].split_inclusive('}').next().unwrap_or_default();
    let unknown = template
        .placeholders()
        // Arguments and `|raw` are for requests: here they would be passed over in silence.
        .filter(|place| place.raw || place.arguments.is_some() || !is_known(&place.name));
    unknown
        .map(|place| {
            let written = written(place.at);
            let name = written.trim_start_matches("${").trim_end_matches('}').to_owned();
            let help = help(&name, &names.all(scope));
            (written.to_owned(), LaunchTextError::Unknown { name }, help)
        })
        .collect()
}

fn help(name: &str, known: &[String]) -> String {
    let choices: Vec<&str> = known.iter().map(String::as_str).collect();
    if let Some(near) = nearest(name, &choices) {
        return format!("did you mean `${{{near}}}`?");
    }
    format!(
        "one of: {}, env.NAME; to pass the characters themselves on, write `$${{{name}}}`",
        choices.join(", ")
    )
}

/// Whether a text has this value in it.
pub(super) fn mentions(text: &str, scope: LaunchScope<'_>, value: LaunchValue<'_>) -> bool {
    let template = Template::parse(text);
    template.is_ok_and(|template| {
        template.placeholders().any(|place| scope.value(&place.name) == Some(value))
    })
}

/// Fills in the values of a text.
///
/// # Errors
/// What `value` returns; and when the text does not parse, or has a name that means nothing, which
/// a plan that was checked has not.
pub fn fill_in<E: From<LaunchTextError>>(
    text: &str,
    scope: LaunchScope<'_>,
    value: impl Fn(LaunchValue<'_>) -> Result<String, E>,
) -> Result<String, E> {
    let template = Template::parse(text).map_err(LaunchTextError::from)?;
    let mut filled = String::new();
    for part in template.parts() {
        match part {
            TemplatePart::Text(text) => filled.push_str(text),
            TemplatePart::Placeholder(place) => {
                let unknown = || LaunchTextError::Unknown { name: place.name.clone() };
                filled.push_str(&value(scope.value(&place.name).ok_or_else(unknown)?)?);
            }
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> LaunchNames<'static> {
        LaunchNames { ports: vec!["admin"], callees: BTreeMap::from([("db", vec!["stats"])]) }
    }

    fn filled(text: &str, scope: LaunchScope<'_>) -> Result<String, LaunchTextError> {
        fill_in(text, scope, |value| Ok(format!("<{value:?}>")))
    }

    #[test]
    fn names_mean_the_callee_where_a_text_is_for_its_address() {
        let text = "${host}:${port} ${data} ${env.A.B} ${calls.v1.2.url} $${x}";
        let scope = LaunchScope::callee("db");
        assert_eq!(
            filled(text, scope).unwrap(),
            "<Callee(\"db\", Host)>:<Callee(\"db\", Port)> <Data> <Env(\"A.B\")> \
             <Callee(\"v1.2\", Url)> ${x}"
        );
        assert_eq!(filled("${port}", LaunchScope::PROGRAM).unwrap(), "<Port>");
        let unknown = LaunchTextError::Unknown { name: "host".to_owned() };
        assert_eq!(filled("${host}", LaunchScope::PROGRAM), Err(unknown));
    }

    #[test]
    fn what_nobody_knows_gets_the_nearest_name_or_all_of_them() {
        for (text, help) in [
            ("--a=${prot}", "did you mean `${port}`?"),
            ("${calls.db.hots}", "did you mean `${calls.db.host}`?"),
            ("${calls.dbs.port}", "did you mean `${calls.db.port}`?"),
            ("${ports.adnim}", "did you mean `${ports.admin}`?"),
            ("${calls.db.ports.stat}", "did you mean `${calls.db.ports.stats}`?"),
            (
                "${HOME}",
                "one of: calls.db.host, calls.db.port, calls.db.ports.stats, calls.db.url, data, \
                 port, ports.admin, env.NAME; to pass the characters themselves on, write \
                 `$${HOME}`",
            ),
        ] {
            let found = problems(text, LaunchScope::PROGRAM, &names());
            assert_eq!(found.len(), 1, "{text}");
            let unknown = &text[text.find('$').unwrap()..];
            assert_eq!(found[0].0, unknown);
            assert_eq!(found[0].1.to_string(), format!("nothing is filled in for {unknown}"));
            assert_eq!(found[0].2, help);
        }
        let all = "${port} ${data} ${ports.admin} ${calls.db.ports.stats} ${calls.db.url} ${env.A}";
        assert_eq!(problems(all, LaunchScope::PROGRAM, &names()), []);
        let all = "${host} ${port} ${url} ${ports.stats} ${ports.admin}";
        let found = problems(all, LaunchScope::callee("db"), &names());
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].2.starts_with("one of: calls.db.host, "), "{found:?}");
        let found = problems("${data|raw} ${data(1)}", LaunchScope::PROGRAM, &names());
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn a_place_that_does_not_end_is_an_error() {
        let problems = problems("a ${port", LaunchScope::PROGRAM, &LaunchNames::default());
        assert_eq!(problems[0].0, "${port");
        assert!(matches!(problems[0].1, LaunchTextError::Invalid(_)));
    }
}
