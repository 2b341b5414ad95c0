//! Texts with places to fill in: `orders/${id}`, `${random(1,100)}`, and `$${` for the characters
//! themselves.
//!
//! A name that the load knows (saved, fed) comes before a built-in value of the same name. In URLs
//! values are percent-encoded, unless they are written `${name|raw}`.

mod parse;
mod part;
mod secret;
mod url;
mod value;

use std::fmt;

pub use part::{InvalidTemplate, Placeholder, TemplatePart};
pub(crate) use secret::is_secret;
pub use secret::{SecretError, SecretReference, SecretSource, SecretStore, StoreError};
pub use value::BuiltinValue;

/// A text that parses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    text: String,
    parts: Vec<TemplatePart>,
}

impl Template {
    /// Parses a text.
    ///
    /// # Errors
    /// A place that does not end, has no name, or has arguments that are not whole numbers.
    ///
    /// ```
    /// use brunt_scenarios::template::Template;
    /// let template = Template::parse("orders/${id}?n=${random(1,9)}").unwrap();
    /// let names: Vec<_> =
    ///     template.placeholders().map(|placeholder| placeholder.name.as_str()).collect();
    /// assert_eq!(names, ["id", "random"]);
    /// assert!(Template::parse("orders/${id").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, InvalidTemplate> {
        Ok(Self { text: text.to_owned(), parts: parse::parts(text)? })
    }

    /// A text that is sent as it is, whatever it holds.
    pub fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), parts: vec![TemplatePart::Text(text.to_owned())] }
    }

    /// Its pieces, in order.
    pub fn parts(&self) -> &[TemplatePart] {
        &self.parts
    }

    /// Its places to fill in.
    pub fn placeholders(&self) -> impl Iterator<Item = &Placeholder> {
        self.parts.iter().filter_map(|part| match part {
            TemplatePart::Placeholder(placeholder) => Some(placeholder),
            TemplatePart::Text(_) => None,
        })
    }

    /// The place that is all of it, if one is: such a value keeps its type in JSON.
    pub fn sole_placeholder(&self) -> Option<&Placeholder> {
        match self.parts.as_slice() {
            [TemplatePart::Placeholder(placeholder)] => Some(placeholder),
            _ => None,
        }
    }

    /// Whether it is sent as it was written.
    pub fn is_plain(&self) -> bool {
        match self.parts.as_slice() {
            [] => true,
            [TemplatePart::Text(text)] => *text == self.text,
            _ => false,
        }
    }
}

impl fmt::Display for Template {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests;
