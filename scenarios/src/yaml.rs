//! YAML 1.2 with its core schema, read in two steps: from text to a tree that knows where each node
//! stands, and from the tree to the types of the formats.
//!
//! The tree is what makes it possible to report everything that is wrong at once: what cannot be
//! read is noted and left out, and the rest is read again. Scalars are what the core schema says:
//! `y`, `NO` and `on` are texts, `01234` is 1234. A field that is a text gets any scalar as it was
//! written, so that `tag: 010` stays `010`.

mod core_schema;
mod deserializer;
mod error;
mod node;
mod read;
mod tree;

pub use error::{YamlError, YamlProblem};
pub(crate) use read::top_keys;
pub use read::{LeftOut, documents, from_str, read_all};
