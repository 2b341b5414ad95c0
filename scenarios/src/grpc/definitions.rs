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
    resolver.add(Texts { texts, budget });
    resolver.add(GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(resolver);
    compiler.include_imports(true);
    compiler.open_file(name)?;
    Ok(compiler.descriptor_pool())
}

/// Reads a file whose text `budget` has taken. Where in a large one something stands is not kept:
/// for each mistake, the compiler would look through all places, which took minutes.
///
/// # Errors
/// When it is no definition.
pub fn parse(name: &str, text: &str, budget: &ProtoBudget) -> Result<File, Error> {
    let file = File::from_source(name, text)?;
    if !budget.is_large() {
        return Ok(file);
    }
    let mut file = file.file_descriptor_proto().clone();
    file.source_code_info = None;
    Ok(File::from_file_descriptor_proto(file))
}

/// The compiler's own words leave out where in a file something is wrong, but for its long
/// form's second line.
fn in_words(error: &Error) -> String {
    let long = format!("{error:?}");
    let place = long.lines().next().and_then(|line| line.strip_suffix(&format!(" {error}")));
    place.map_or_else(|| error.to_string(), |place| format!("{place} {error}"))
}

struct Texts {
    texts: BTreeMap<String, String>,
    budget: ProtoBudget,
}

impl FileResolver for Texts {
    fn open_file(&self, name: &str) -> Result<File, Error> {
        let text = self.texts.get(name).ok_or_else(|| Error::file_not_found(name))?;
        parse(name, text, &self.budget)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

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
    fn a_file_of_nothing_but_mistakes_is_refused_in_time() {
        let began = Instant::now();
        for mistake in ["Nope a = 1;", "int32 a = 1;"] {
            let text = format!("syntax = \"proto3\"; message A {{ {} }}", mistake.repeat(20_000));
            let error = compile("a.proto", texts(&[("a.proto", &text)])).unwrap_err().to_string();
            assert!(error.contains("name"), "{error}");
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
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
