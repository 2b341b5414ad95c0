//! The secrets that requests refer to, and their values.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::template::{SecretError, SecretReference, SecretStore, Template};

/// Values of secrets, by what stands in the braces of a text. `{:?}` does not show them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SecretValues(BTreeMap<String, String>);

impl SecretValues {
    /// The values of all secrets that these texts refer to.
    ///
    /// # Errors
    /// The first secret without a value.
    pub fn read(texts: &[String], store: &impl SecretStore) -> Result<Self, SecretError> {
        let found: BTreeSet<_> = texts.iter().flat_map(|text| references(text)).collect();
        let value = |one: SecretReference| Ok((one.name.clone(), one.value(store)?));
        found.into_iter().map(value).collect::<Result<_, _>>().map(Self)
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Never the values: plans are shown where something is wrong with them.
impl fmt::Debug for SecretValues {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.0.keys()).finish()
    }
}

// The plan has been checked, so what is no template or no reference is not looked at again.
fn references(text: &str) -> Vec<SecretReference> {
    let Ok(template) = Template::parse(text) else { return Vec::new() };
    let references = template.placeholders().filter_map(SecretReference::of);
    references.filter_map(Result::ok).collect()
}
