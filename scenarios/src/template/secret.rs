//! Secrets that a file names and does not hold.

use std::io;

use super::part::{InvalidTemplate, Placeholder};

/// What the name of a secret begins with.
const PREFIX: &str = "secret:";

/// How a secret is named.
const EXAMPLE: &str = "write it like ${secret:env:API_TOKEN}, ${secret:file:/run/secrets/token} or \
                       ${secret:kubernetes:NAME/KEY}";

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
    /// In a Secret of the namespace in which the system runs.
    Kubernetes {
        /// The Secret's name.
        secret: String,
        /// The key in it.
        key: String,
    },
}

/// Gives the values of secrets; the IO of [`SecretReference::value`].
pub trait SecretStore {
    /// An environment variable; `None` if it is not set.
    fn variable(&self, name: &str) -> Option<String>;

    /// The text of a file.
    ///
    /// # Errors
    /// When it cannot be read, or is no file for a secret.
    fn file(&self, path: &str) -> io::Result<String>;

    /// The value at a key of a Kubernetes Secret.
    ///
    /// # Errors
    /// When there is none, or no cluster to read it from.
    fn kubernetes(&self, secret: &str, key: &str) -> Result<String, StoreError>;
}

/// Why a store has no such value, in its own words.
pub type StoreError = Box<dyn std::error::Error + Send + Sync>;

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
    /// A Secret of Kubernetes that cannot be read.
    #[error("the secret `${{{name}}}` cannot be read")]
    NoSecret {
        /// What stands in the braces.
        name: String,
        /// What the cluster says, or why none is asked.
        #[source]
        source: StoreError,
    },
    /// A place without a value.
    #[error("the secret `${{{name}}}` has no value: {place} is empty")]
    Empty {
        /// What stands in the braces.
        name: String,
        /// The file or the Secret, as it is written.
        place: String,
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
        let source = rest.split_once(':').and_then(|(kind, place)| SecretSource::of(kind, place));
        let source = source.filter(|_| placeholder.arguments.is_none());
        Some(source.map(|source| Self { name: placeholder.name.clone(), source }).ok_or_else(
            || InvalidTemplate {
                at: placeholder.at,
                what: format!("`${{{}}}` does not say where the secret is", placeholder.name),
                help: Some(EXAMPLE.to_owned()),
            },
        ))
    }

    /// Reads the secret's value.
    ///
    /// # Errors
    /// When there is none, or an empty one.
    pub fn value(&self, store: &impl SecretStore) -> Result<String, SecretError> {
        let name = self.name.clone();
        match &self.source {
            SecretSource::Env(variable) => store
                .variable(variable)
                .filter(|value| !value.is_empty())
                .ok_or_else(|| SecretError::NoVariable { name, variable: variable.clone() }),
            SecretSource::File(path) => match store.file(path) {
                Ok(text) => self.without_line_end(&text, path),
                Err(source) => Err(SecretError::NoFile { name, path: path.clone(), source }),
            },
            SecretSource::Kubernetes { secret, key } => match store.kubernetes(secret, key) {
                Ok(text) => self.without_line_end(&text, &format!("{secret}/{key}")),
                Err(source) => Err(SecretError::NoSecret { name, source }),
            },
        }
    }

    /// Editors and `echo` end a value with a line end, which no header could hold.
    fn without_line_end(&self, text: &str, place: &str) -> Result<String, SecretError> {
        let value = text.strip_suffix('\n').unwrap_or(text);
        let value = value.strip_suffix('\r').unwrap_or(value);
        if value.is_empty() {
            return Err(SecretError::Empty { name: self.name.clone(), place: place.to_owned() });
        }
        Ok(value.to_owned())
    }
}

impl SecretSource {
    /// What stands behind `secret:`, in two parts; `None` if that names no place.
    fn of(kind: &str, place: &str) -> Option<Self> {
        if place.is_empty() {
            return None;
        }
        match kind {
            "env" => Some(Self::Env(place.to_owned())),
            "file" => Some(Self::File(place.to_owned())),
            "kubernetes" => match place.split_once('/') {
                Some((secret, key)) if !secret.is_empty() && !key.is_empty() => {
                    Some(Self::Kubernetes { secret: secret.to_owned(), key: key.to_owned() })
                }
                _ => None,
            },
            _ => None,
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

    struct Known;

    impl SecretStore for Known {
        fn variable(&self, name: &str) -> Option<String> {
            match name {
                "TOKEN" => Some("s3cr3t".to_owned()),
                "EMPTY" => Some(String::new()),
                _ => None,
            }
        }

        fn file(&self, path: &str) -> io::Result<String> {
            match path {
                "/run/a" => Ok("from a file\r\n".to_owned()),
                "/run/empty" => Ok("\n".to_owned()),
                _ => Err(io::ErrorKind::NotFound.into()),
            }
        }

        fn kubernetes(&self, secret: &str, key: &str) -> Result<String, StoreError> {
            match (secret, key) {
                ("login", "token") => Ok("from a cluster\n".to_owned()),
                ("login", "empty") => Ok(String::new()),
                _ => Err("there is no such Secret".into()),
            }
        }
    }

    fn value(text: &str) -> Result<String, String> {
        let reference = reference(text).unwrap().unwrap();
        reference.value(&Known).map_err(|error| error.to_string())
    }

    #[test]
    fn secrets_come_from_the_environment_from_files_and_from_a_cluster() {
        assert_eq!(value("${secret:env:TOKEN}"), Ok("s3cr3t".to_owned()));
        assert_eq!(value("${secret:file:/run/a}"), Ok("from a file".to_owned()));
        let missing = value("${secret:env:NONE}").unwrap_err();
        assert!(missing.ends_with("set the environment variable NONE"), "{missing}");
        assert!(value("${secret:env:EMPTY}").is_err());
        assert!(value("${secret:file:/run/empty}").unwrap_err().ends_with("/run/empty is empty"));
        assert!(value("${secret:file:/none}").unwrap_err().contains("cannot be read from /none"));
        assert_eq!(value("${secret:kubernetes:login/token}"), Ok("from a cluster".to_owned()));
        let empty = value("${secret:kubernetes:login/empty}").unwrap_err();
        assert!(empty.ends_with("login/empty is empty"), "{empty}");
        assert!(value("${secret:kubernetes:other/token}").unwrap_err().ends_with("cannot be read"));
    }

    #[test]
    fn a_secret_says_where_it_is_and_other_names_are_none() {
        assert_eq!(reference("${token}"), None);
        let places = ["TOKEN", "env:", "vault:a", "", "kubernetes:login", "kubernetes:/token"];
        for text in places.map(|place| format!("${{secret:{place}}}")) {
            let wrong = reference(&text).unwrap().unwrap_err();
            assert!(wrong.ends_with("does not say where the secret is"), "{wrong}");
        }
    }
}
