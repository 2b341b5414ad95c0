//! Secrets that a file names and does not hold.

use std::io;

use super::part::{InvalidTemplate, Placeholder};

/// What the name of a secret begins with.
const PREFIX: &str = "secret:";

/// How a secret is named.
const EXAMPLE: &str = "write it like ${secret:env:API_TOKEN} or ${secret:file:/run/secrets/token}";

/// A secret that a text refers to: `${secret:env:API_TOKEN}`, `${secret:file:/run/secrets/token}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretReference {
    /// What stands in the braces.
    pub name: String,
    /// Where its value is.
    pub source: SecretSource,
}

/// Where a secret's value is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretSource {
    /// In this environment variable of brunt.
    Env(String),
    /// In this file; the line end after it is no part of it.
    File(String),
}

/// Why a secret has no value.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// A variable that is not set, or empty.
    #[error("the secret `${{{name}}}` has no value: set the environment variable {variable}")]
    NoVariable {
        /// What stands in the braces.
        name: String,
        /// The variable that is missing.
        variable: String,
    },
    /// A file that cannot be read.
    #[error("the secret `${{{name}}}` cannot be read from {path}")]
    NoFile {
        /// What stands in the braces.
        name: String,
        /// The file, as it is written.
        path: String,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// A file without a value.
    #[error("the secret `${{{name}}}` has no value: {path} is empty")]
    EmptyFile {
        /// What stands in the braces.
        name: String,
        /// The file, as it is written.
        path: String,
    },
}

/// Whether a name is that of a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    name.starts_with(PREFIX)
}

impl SecretReference {
    /// The secret that a place means; `None` if it means another value.
    ///
    /// # Errors
    /// When it does not say where the secret's value is.
    pub fn of(placeholder: &Placeholder) -> Option<Result<Self, InvalidTemplate>> {
        let rest = placeholder.name.strip_prefix(PREFIX)?;
        let source = match rest.split_once(':') {
            Some(("env", variable)) if !variable.is_empty() => {
                Some(SecretSource::Env(variable.to_owned()))
            }
            Some(("file", path)) if !path.is_empty() => Some(SecretSource::File(path.to_owned())),
            _ => None,
        };
        let source = source.filter(|_| placeholder.arguments.is_none());
        Some(source.map(|source| Self { name: placeholder.name.clone(), source }).ok_or_else(
            || InvalidTemplate {
                at: placeholder.at,
                what: format!("`${{{}}}` does not say where the secret is", placeholder.name),
                help: Some(EXAMPLE.to_owned()),
            },
        ))
    }

    /// Its value, of the environment or of a file.
    ///
    /// # Errors
    /// When there is none, or an empty one.
    pub fn value(
        &self,
        variable: impl Fn(&str) -> Option<String>,
        file: impl Fn(&str) -> io::Result<String>,
    ) -> Result<String, SecretError> {
        let name = self.name.clone();
        match &self.source {
            SecretSource::Env(variable_name) => variable(variable_name)
                .filter(|value| !value.is_empty())
                .ok_or_else(|| SecretError::NoVariable { name, variable: variable_name.clone() }),
            SecretSource::File(path) => {
                let text = file(path).map_err(|source| SecretError::NoFile {
                    name: name.clone(),
                    path: path.clone(),
                    source,
                })?;
                let value = text.strip_suffix('\n').unwrap_or(&text);
                let value = value.strip_suffix('\r').unwrap_or(value);
                match value.is_empty() {
                    true => Err(SecretError::EmptyFile { name, path: path.clone() }),
                    false => Ok(value.to_owned()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Template;
    use super::*;

    fn reference(text: &str) -> Option<Result<SecretReference, String>> {
        let template = Template::parse(text).unwrap();
        let found = SecretReference::of(template.sole_placeholder().unwrap());
        found.map(|found| found.map_err(|bad| bad.what))
    }

    fn value(text: &str) -> Result<String, String> {
        let variable = |name: &str| match name {
            "TOKEN" => Some("s3cr3t".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        let file = |path: &str| match path {
            "/run/a" => Ok("from a file\r\n".to_owned()),
            "/run/empty" => Ok("\n".to_owned()),
            _ => Err(io::ErrorKind::NotFound.into()),
        };
        let reference = reference(text).unwrap().unwrap();
        reference.value(variable, file).map_err(|error| error.to_string())
    }

    #[test]
    fn secrets_come_from_the_environment_and_from_files() {
        assert_eq!(value("${secret:env:TOKEN}"), Ok("s3cr3t".to_owned()));
        assert_eq!(value("${secret:file:/run/a}"), Ok("from a file".to_owned()));
        let missing = value("${secret:env:NONE}").unwrap_err();
        assert!(missing.ends_with("set the environment variable NONE"), "{missing}");
        assert!(value("${secret:env:EMPTY}").is_err());
        assert!(value("${secret:file:/run/empty}").unwrap_err().ends_with("/run/empty is empty"));
        assert!(value("${secret:file:/none}").unwrap_err().contains("cannot be read from /none"));
    }

    #[test]
    fn a_secret_says_where_it_is_and_other_names_are_none() {
        assert_eq!(reference("${token}"), None);
        for text in ["${secret:TOKEN}", "${secret:env:}", "${secret:vault:a}", "${secret:}"] {
            let wrong = reference(text).unwrap().unwrap_err();
            assert!(wrong.ends_with("does not say where the secret is"), "{wrong}");
        }
    }
}
