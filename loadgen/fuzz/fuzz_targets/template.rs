//! Templates: whatever a text holds, its parts say all of it again, and an error points into it.
#![no_main]

use brunt_scenarios::template::{Builtin, Part, Template};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let template = match Template::parse(text) {
        Ok(template) => template,
        Err(error) => {
            assert!(text.is_char_boundary(error.at), "{error:?}");
            assert!(!error.what.is_empty());
            return;
        }
    };
    assert_eq!(template.to_string(), text);
    for slot in template.slots() {
        assert!(text[slot.at..].starts_with("${"), "{slot:?}");
        assert!(!slot.name.is_empty(), "{slot:?}");
        match Builtin::of(slot, &["known"]) {
            Ok(Builtin::Random(from, to)) => assert!(from <= to, "{slot:?}"),
            Ok(_) => {}
            Err(error) => assert_eq!(error.at, slot.at),
        }
    }
    // What is written out from the parts means the same.
    let again: String = template.parts().iter().map(written).collect();
    let again = Template::parse(&again).unwrap_or_else(|error| panic!("{again:?}: {error}"));
    assert!(same(template.parts(), again.parts()), "{template:?} is not {again:?}");
});

fn written(part: &Part) -> String {
    match part {
        Part::Text(text) => text.replace("${", "$${"),
        Part::Slot(slot) => match &slot.arguments {
            None => format!("${{{}}}", slot.name),
            Some(all) => {
                let all: Vec<String> = all.iter().map(ToString::to_string).collect();
                format!("${{{}({})}}", slot.name, all.join(","))
            }
        },
    }
}

/// The same but for where it stands.
fn same(one: &[Part], other: &[Part]) -> bool {
    let alike = |(one, other): (&Part, &Part)| match (one, other) {
        (Part::Slot(one), Part::Slot(other)) => one.name == other.name && one.arguments == other.arguments,
        (one, other) => one == other,
    };
    one.len() == other.len() && one.iter().zip(other).all(alike)
}
