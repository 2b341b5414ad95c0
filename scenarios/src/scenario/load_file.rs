//! A load without a system, as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{AbortWhenSpec, LoadSpec};
use crate::grpc::imports;
use crate::source::{Diagnostic, Located, Source};

/// A load file: load on URLs, and what its figures must be. `brunt load FILE` puts it on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LoadFile {
    /// The version of this format: 1.
    pub version: Located<u32>,
    /// What the load is for, as a sentence.
    pub name: Option<String>,
    /// What stands behind it, for the reader.
    pub about: Option<String>,
    /// Where targets that start with a slash are, such as `http://localhost:8080`.
    pub base: Option<Located<String>>,
    /// The load, all started at the same time.
    pub load: Vec<LoadSpec>,
    /// Stop early when it goes wrong beyond what anybody wants to see.
    pub abort_when: Option<AbortWhenSpec>,
}

/// Puts the text of each file that loads name beside its name, as `read` gives it: CSV files, and
/// .proto files with what they import.
///
/// # Errors
/// A [`Diagnostic`] for each file that cannot be read.
pub fn read_beside(
    loads: &mut [LoadSpec],
    source: &Source,
    read: impl Fn(&str) -> std::io::Result<String>,
) -> Result<(), Vec<Diagnostic>> {
    let mut problems = Vec::new();
    for feed in loads.iter_mut().flat_map(|load| &mut load.feeds) {
        let Some(csv) = &feed.value.csv else { continue };
        match read(csv) {
            Ok(text) => feed.value.text = Some(text),
            Err(error) => {
                problems
                    .push(source.wrong(Some(csv.span), format!("`{csv}` cannot be read: {error}")));
            }
        }
    }
    for load in loads {
        let Some(proto) = &load.proto else { continue };
        match read_proto(proto, &read) {
            Ok(texts) => load.definitions = texts,
            Err((name, error)) => {
                problems.push(
                    source.wrong(Some(proto.span), format!("`{name}` cannot be read: {error}")),
                );
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// A .proto file's text and those of all that it imports, by the names that imports use.
fn read_proto(
    proto: &str,
    read: &impl Fn(&str) -> std::io::Result<String>,
) -> Result<BTreeMap<String, String>, (String, std::io::Error)> {
    let (folder, first) = parted(proto);
    let (mut texts, mut wanted) = (BTreeMap::new(), vec![first.to_owned()]);
    while let Some(name) = wanted.pop() {
        // Two files may import the same one, or each other.
        if texts.contains_key(&name) {
            continue;
        }
        let path = format!("{folder}{name}");
        let text = read(&path).map_err(|error| (path, error))?;
        wanted.extend(imports(&name, &text));
        texts.insert(name, text);
    }
    Ok(texts)
}

/// A path's folder, with its slash, and the name in it. Imports of a .proto file are looked for
/// from its folder on.
fn parted(path: &str) -> (&str, &str) {
    path.split_at(path.rfind('/').map_or(0, |slash| slash + 1))
}

impl LoadSpec {
    /// The .proto file by the name that imports use, if there is one.
    pub fn proto_name(&self) -> Option<&str> {
        self.proto.as_ref().map(|proto| parted(proto).1)
    }

    /// The files that it names and that have been read: by their names, with their texts.
    pub fn files(&self) -> impl Iterator<Item = (String, &str)> {
        let feeds = self.feeds.iter();
        let feeds = feeds
            .filter_map(|feed| Some((feed.csv.as_ref()?.value.clone(), feed.text.as_deref()?)));
        let folder = self.proto.as_ref().map_or("", |proto| parted(proto).0);
        let texts = self.definitions.iter();
        feeds.chain(texts.map(move |(name, text)| (format!("{folder}{name}"), text.as_str())))
    }
}
