//! Templates: whatever a text holds, its parts say all of it again, and an error points into it.
#![no_main]

use brunt_scenarios::template::{BuiltinValue, TemplatePart, Template};
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
    for placeholder in template.placeholders() {
        assert!(text[placeholder.at..].starts_with("${"), "{placeholder:?}");
        assert!(!placeholder.name.is_empty(), "{placeholder:?}");
        match BuiltinValue::of(placeholder, &["known"]) {
            Ok(BuiltinValue::Random(from, to)) => assert!(from <= to, "{placeholder:?}"),
            Ok(_) => {}
            Err(error) => assert_eq!(error.at, placeholder.at),
        }
    }
    // What is written out from the parts means the same.
    let again: String = template.parts().iter().map(written).collect();
    let again = Template::parse(&again).unwrap_or_else(|error| panic!("{again:?}: {error}"));
    assert!(same(template.parts(), again.parts()), "{template:?} is not {again:?}");
});

fn written(part: &TemplatePart) -> String {
    match part {
        TemplatePart::Text(text) => text.replace("${", "$${"),
        TemplatePart::Placeholder(placeholder) => match &placeholder.arguments {
            None => format!("${{{}}}", placeholder.name),
            Some(all) => {
                let all: Vec<String> = all.iter().map(ToString::to_string).collect();
                format!("${{{}({})}}", placeholder.name, all.join(","))
            }
        },
    }
}

/// The same but for where it stands.
fn same(one: &[TemplatePart], other: &[TemplatePart]) -> bool {
    let alike = |(one, other): (&TemplatePart, &TemplatePart)| match (one, other) {
        (TemplatePart::Placeholder(one), TemplatePart::Placeholder(other)) => one.name == other.name && one.arguments == other.arguments,
        (one, other) => one == other,
    };
    one.len() == other.len() && one.iter().zip(other).all(alike)
}
