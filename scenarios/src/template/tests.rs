use proptest::prelude::*;

use super::{BuiltinValue, Template, TemplatePart};

fn parts(text: &str) -> Vec<String> {
    let part = |part: &TemplatePart| match part {
        TemplatePart::Text(text) => format!("`{text}`"),
        TemplatePart::Placeholder(placeholder) => {
            format!("{}{:?}@{}", placeholder.name, placeholder.arguments, placeholder.at)
        }
    };
    Template::parse(text).unwrap().parts().iter().map(part).collect()
}

fn builtin(text: &str) -> Result<BuiltinValue, String> {
    let template = Template::parse(text).unwrap();
    BuiltinValue::of(template.sole_placeholder().unwrap(), &["token"])
        .map_err(|bad| format!("{bad}: {}", bad.help.as_deref().unwrap_or_default()))
}

#[test]
fn texts_and_places_are_told_apart() {
    assert_eq!(parts(""), [""; 0]);
    assert_eq!(parts("a $b {c} $"), ["`a $b {c} $`"]);
    assert_eq!(parts("a${x}${ y }b"), ["`a`", "xNone@1", "yNone@5", "`b`"]);
    assert_eq!(parts("${random( 1, -9 )}"), ["randomSome([1, -9])@0"]);
    assert_eq!(parts("$${x}${y}$$"), ["`${x}`", "yNone@5", "`$$`"]);
}

#[test]
fn what_is_no_template_says_where_and_how() {
    let bad = |text: &str| Template::parse(text).map_err(|bad| (bad.at, bad.what)).unwrap_err();
    assert_eq!(bad("ab${x").0, 2);
    assert_eq!(bad("${}").1, "`${}` has no name");
    assert_eq!(bad("${a${b}").1, "`${a${b}` has no name");
    assert_eq!(bad("é${f(1}"), (2, "a parenthesis that does not end".to_owned()));
    assert_eq!(bad("${f(1,x)}").1, "`x` is not a whole number");
}

#[test]
fn built_in_values_are_known_by_name() {
    assert_eq!(builtin("${uuid}"), Ok(BuiltinValue::Uuid));
    assert_eq!(builtin("${random(-1,1)}"), Ok(BuiltinValue::Random(-1, 1)));
    assert_eq!(builtin("${uuid(1)}"), Err("`uuid` takes no arguments: ".to_owned()));
    assert!(builtin("${random(2,1)}").unwrap_err().contains("the smaller first"));
    assert!(builtin("${tokn}").unwrap_err().ends_with("did you mean `token`?"));
    assert!(
        builtin("${zzz}")
            .unwrap_err()
            .ends_with("one of: token, uuid, random, sequence, user, iteration")
    );
}

proptest! {
    #[test]
    fn any_text_is_parsed_or_refused_with_a_place_in_it(text in "[a${}(), 1é-]{0,24}") {
        match Template::parse(&text) {
            Ok(template) => prop_assert_eq!(template.to_string(), text),
            Err(bad) => prop_assert_eq!(&text[bad.at..bad.at + 2], "${"),
        }
    }

    #[test]
    fn what_is_escaped_comes_out_as_it_was(text in "[a{}(), 1é-]{0,12}", rest in "[a{}é]{0,12}") {
        let wanted = format!("{text}${{{rest}");
        let template = Template::parse(&format!("{text}$${{{rest}")).unwrap();
        prop_assert_eq!(template.parts(), &[TemplatePart::Text(wanted)]);
    }
}
