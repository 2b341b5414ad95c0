//! Definitions of services and messages: .proto files, compiled from their texts.

use std::collections::BTreeMap;

use prost_reflect::DescriptorPool;
use protox::Error;
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};

use super::limits::ProtoBudget;

/// Why a definition cannot be used; the compiler's words, with file, line and column where
/// it knows them.
#[derive(Debug, thiserror::Error)]
#[error("{}", in_words(.0))]
pub struct InvalidProto(#[from] Error);

/// The files that a file's text imports, but for those that come with protobuf. Empty when the text
/// is none that can be read; [`compile`] says what is wrong with it.
pub fn imports(name: &str, text: &str) -> Vec<String> {
    // Here as well, as it is the parser that calls itself for each nested message.
    if ProtoBudget::default().take(name, text).is_err() {
        return Vec::new();
    }
    let Ok(file) = File::from_source(name, text) else { return Vec::new() };
    let imported = file.file_descriptor_proto().dependency.iter();
    imported.filter(|name| !name.starts_with("google/protobuf/")).cloned().collect()
}

/// Compiles a file. `texts` has its text and those of all that it imports, by the names
/// that imports use.
///
/// # Errors
/// [`InvalidProto`] when one of them is missing or no definition.
pub fn compile(
    name: &str,
    texts: BTreeMap<String, String>,
) -> Result<DescriptorPool, InvalidProto> {
    let mut budget = ProtoBudget::default();
    for (name, text) in &texts {
        budget.take(name, text).map_err(Error::new)?;
    }
    let mut resolver = ChainFileResolver::new();
    resolver.add(Texts(texts));
    resolver.add(GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(resolver);
    compiler.include_imports(true);
    compiler.open_file(name)?;
    Ok(compiler.descriptor_pool())
}

/// The compiler's own words leave out where in a file something is wrong, but for its long
/// form's second line.
fn in_words(error: &Error) -> String {
    let long = format!("{error:?}");
    let place = long.lines().next().and_then(|line| line.strip_suffix(&format!(" {error}")));
    place.map_or_else(|| error.to_string(), |place| format!("{place} {error}"))
}

struct Texts(BTreeMap<String, String>);

impl FileResolver for Texts {
    fn open_file(&self, name: &str) -> Result<File, Error> {
        let text = self.0.get(name).ok_or_else(|| Error::file_not_found(name))?;
        File::from_source(name, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[(&str, &str)]) -> BTreeMap<String, String> {
        texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn files_are_found_by_what_imports_call_them() {
        let shop = "syntax = \"proto3\"; import \"sub/money.proto\"; import \
            \"google/protobuf/empty.proto\"; message Order { Price price = 1; \
            google.protobuf.Empty no = 2; }";
        let money = "syntax = \"proto3\"; message Price { int32 cents = 1; }";
        assert_eq!(imports("shop.proto", shop), ["sub/money.proto"]);
        let pool =
            compile("shop.proto", texts(&[("shop.proto", shop), ("sub/money.proto", money)]))
                .unwrap();
        assert!(pool.get_message_by_name("Price").is_some());
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let wrong = |all: &[(&str, &str)]| compile("a.proto", texts(all)).unwrap_err().to_string();
        let garbled = wrong(&[("a.proto", "syntax = \"proto3\";\nmessage {}")]);
        assert!(garbled.starts_with("a.proto:2:9: expected an identifier"), "{garbled}");
        let missing = wrong(&[("a.proto", "syntax = \"proto3\"; import \"b.proto\";")]);
        assert!(missing.contains("'b.proto' not found"), "{missing}");
        let deep = "message A {".repeat(3_000) + &"}".repeat(3_000);
        let deep = wrong(&[("a.proto", &deep)]);
        assert!(deep.starts_with("a.proto: its messages or options are nested"), "{deep}");
        assert_eq!(imports("a.proto", "no proto"), Vec::<String>::new());
        let deep = format!("import \"b.proto\"; {}", "message A {".repeat(3_000));
        assert_eq!(imports("a.proto", &deep), Vec::<String>::new());
    }
}
