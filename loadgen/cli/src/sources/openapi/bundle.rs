//! Documents in several files: each file that a reference leads to is read once and put into the
//! document, so that all references lead within it.

use serde_json::{Map, Value, json};

use super::parsed::parsed;
use super::place::{DocumentPlace, ReferenceError};
use crate::error::SourceProblem;

/// The key under which other documents stand in the whole.
const KEY: &str = "x-brunt-files";
/// The most files of one document.
const MOST_FILES: usize = 256;
/// The most bytes of all of them.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Keys whose values are data and no part of the description.
const DATA: [&str; 5] = ["example", "default", "enum", "const", "value"];

/// Reads the text of another document.
pub(crate) type ReadOther<'r> = dyn Fn(&DocumentPlace) -> Result<String, ReferenceError> + 'r;

/// Documents that were found so far.
pub(super) struct Bundle<'r> {
    read: &'r ReadOther<'r>,
    /// The first is the document itself.
    places: Vec<DocumentPlace>,
    /// Those that were read, and not looked through yet; by the index of their place.
    waiting: Vec<(usize, Value)>,
    bytes: usize,
    problems: Vec<SourceProblem>,
}

/// The document with all that it refers to, and why the rest could not be read.
pub(super) fn bundled(
    document: Value,
    place: Option<DocumentPlace>,
    read: &ReadOther<'_>,
) -> (Value, Vec<SourceProblem>) {
    let Some(place) = place else { return (document, Vec::new()) };
    let mut bundle = Bundle {
        read,
        places: vec![place],
        waiting: vec![(0, document)],
        bytes: 0,
        problems: Vec::new(),
    };
    let (mut whole, mut others) = (Value::Null, Map::new());
    while let Some((index, mut document)) = bundle.waiting.pop() {
        bundle.look_through(index, &mut document);
        match index {
            0 => whole = document,
            _ => {
                let stem = bundle.places[index].stem();
                others.insert(index.to_string(), json!({ stem: document }));
            }
        }
    }
    if let (Value::Object(fields), false) = (&mut whole, others.is_empty()) {
        fields.insert(KEY.to_owned(), Value::Object(others));
    }
    (whole, bundle.problems)
}

impl Bundle<'_> {
    /// Makes the references of a part of a document lead within the whole.
    fn look_through(&mut self, index: usize, part: &mut Value) {
        match part {
            Value::Array(items) => items.iter_mut().for_each(|item| self.look_through(index, item)),
            Value::Object(fields) => {
                for (key, value) in fields.iter_mut() {
                    match (key.as_str(), value) {
                        ("$ref", Value::String(reference)) => self.lead(index, reference),
                        ("mapping", Value::Object(kinds)) => {
                            let kinds = kinds.values_mut().filter_map(|kind| match kind {
                                // A plain name is that of a schema of this very document.
                                Value::String(kind) if kind.contains(['/', '.', '#']) => Some(kind),
                                _ => None,
                            });
                            kinds.for_each(|kind| self.lead(index, kind));
                        }
                        (data, _) if DATA.contains(&data) => {}
                        (_, value) => self.look_through(index, value),
                    }
                }
            }
            _ => {}
        }
    }

    fn lead(&mut self, index: usize, reference: &mut String) {
        let (file, fragment) = reference.split_once('#').unwrap_or((reference.as_str(), ""));
        let to = match file {
            "" => Ok(index),
            file => self.found(index, file),
        };
        match to {
            Ok(to) => *reference = format!("#{}{fragment}", self.pointer(to)),
            Err(problem) => {
                let known = |one: &SourceProblem| match one {
                    SourceProblem::Reference { reference: other, .. } => other == file,
                    _ => false,
                };
                if !self.problems.iter().any(known) {
                    let reference = file.to_owned();
                    self.problems.push(SourceProblem::Reference { reference, problem });
                }
            }
        }
    }

    /// The pointer to a document within the whole.
    fn pointer(&self, index: usize) -> String {
        match index {
            0 => String::new(),
            _ => format!("/{KEY}/{index}/{}", self.places[index].stem()),
        }
    }

    /// The index of the document that a reference leads to, which is read unless it is known.
    fn found(&mut self, from: usize, file: &str) -> Result<usize, ReferenceError> {
        let place = self.places[from].join(file)?;
        if let Some(known) = self.places.iter().position(|known| *known == place) {
            return Ok(known);
        }
        if self.places.len() > MOST_FILES {
            return Err(ReferenceError::TooMuch("256 files"));
        }
        let text = (self.read)(&place)?;
        self.bytes += text.len();
        if self.bytes > MOST_BYTES {
            return Err(ReferenceError::TooMuch("64 MiB"));
        }
        let document = parsed(&place.to_string(), &text);
        let document = document.map_err(|_| ReferenceError::NotYaml)?;
        self.places.push(place);
        let index = self.places.len() - 1;
        self.waiting.push((index, document));
        Ok(index)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn place(url: &str) -> DocumentPlace {
        DocumentPlace::named(url).unwrap()
    }

    #[test]
    fn each_document_is_read_once_and_every_reference_leads_within_the_whole() {
        let document = json!({
            "paths": {"/pets": {"$ref": "paths/pets.yaml"}},
            "components": {"schemas": {"Id": {"type": "integer"}, "Pet": {"$ref": "Pet.json#/Pet"}}},
            "example": {"$ref": "not/a/reference"}
        });
        let asked = RefCell::new(Vec::new());
        let read = |place: &DocumentPlace| {
            asked.borrow_mut().push(place.to_string());
            Ok(match place.to_string().as_str() {
                "http://h/api/paths/pets.yaml" => {
                    "get: {a: {$ref: '../Pet.json#/Pet'}, b: {$ref: \
                     '../main.yaml#/components/schemas/Id'}}"
                }
                "http://h/api/Pet.json" => {
                    r##"{"Pet": {"discriminator": {"mapping": {"dog": "Dog.yaml", "Cat": "Cat"}}, "id": {"$ref": "#/Id"}}, "Id": {}}"##
                }
                "http://h/api/Dog.yaml" => "type: object",
                other => panic!("{other}"),
            }
            .to_owned())
        };
        let (whole, problems) = bundled(document, Some(place("http://h/api/main.yaml")), &read);
        assert!(problems.is_empty(), "{problems:?}");
        let mut asked = asked.into_inner();
        asked.sort();
        let wanted =
            ["http://h/api/Dog.yaml", "http://h/api/Pet.json", "http://h/api/paths/pets.yaml"];
        assert_eq!(asked, wanted);
        let at = |pointer: &str| whole.pointer(pointer).cloned().unwrap_or_default();
        let follow = |pointer: &str| {
            let reference = at(pointer).as_str().unwrap().to_owned();
            reference.strip_prefix('#').unwrap().to_owned()
        };
        let pets = follow("/paths/~1pets/$ref");
        assert_eq!(follow(&format!("{pets}/get/b/$ref")), "/components/schemas/Id");
        let pet = follow(&format!("{pets}/get/a/$ref"));
        assert_eq!(pet, follow("/components/schemas/Pet/$ref"));
        assert_eq!(at(&follow(&format!("{pet}/id/$ref"))), json!({}));
        let dog = follow(&format!("{pet}/discriminator/mapping/dog"));
        assert!(dog.ends_with("/Dog") && at(&dog)["type"] == "object", "{dog}");
        assert_eq!(at(&format!("{pet}/discriminator/mapping/Cat")), "Cat");
        assert_eq!(at("/example/$ref"), "not/a/reference");
    }

    #[test]
    fn documents_without_an_end_are_bounded_and_others_stay_where_they_are_from() {
        let next = std::cell::Cell::new(0);
        let read = |_: &DocumentPlace| {
            next.set(next.get() + 1);
            Ok(format!("{{\"$ref\": \"{}.json\"}}", next.get()))
        };
        let from = || Some(place("http://h/main.json"));
        let (_, problems) = bundled(json!({"$ref": "0.json"}), from(), &read);
        assert_eq!(next.get(), MOST_FILES);
        assert!(problems[0].to_string().ends_with("more than 256 files"), "{}", problems[0]);
        let large = |_: &DocumentPlace| Ok(format!("\"{}\"", "x".repeat(MOST_BYTES)));
        let (_, problems) = bundled(json!({"$ref": "0.json"}), from(), &large);
        assert!(problems[0].to_string().ends_with("more than 64 MiB"), "{}", problems[0]);
        let none = |_: &DocumentPlace| panic!("nothing is read");
        for (reference, why) in [
            ("http://other/a.json", "of the same server only"),
            ("file:///etc/passwd", "of the same server only"),
            ("//other/a.json#/x", "of the same server only"),
        ] {
            let document = json!([{"$ref": reference}, {"$ref": reference}]);
            let (whole, problems) = bundled(document.clone(), from(), &none);
            assert_eq!((whole, problems.len()), (document, 1));
            assert!(problems[0].to_string().ends_with(why), "{}", problems[0]);
        }
    }
}
