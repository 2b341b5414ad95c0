//! Schemas that no value fits, or none is found for, and what is said of them.

use super::*;

fn innermost(value: &Value) -> &Value {
    match &value["next"] {
        Value::Object(_) => innermost(&value["next"]),
        Value::Array(nodes) if !nodes.is_empty() => innermost(&nodes[0]),
        _ => value,
    }
}

#[test]
fn a_schema_that_holds_itself_ends_where_it_may() {
    use serde_json::json;
    let node = |next: Value| {
        json!({"type": "object", "required": ["v", "next"],
            "properties": {"v": {"type": "integer"}, "next": next}})
    };
    let optional = json!({"anyOf": [reference("Node"), {"type": "null"}]});
    let list = json!({"type": "array", "items": reference("Tree")});
    let components = json!({"Node": node(optional), "Tree": node(list)});
    let made = bodies(&[reference("Node"), reference("Tree")], &components);
    for (made, end) in made.iter().zip([json!(null), json!([])]) {
        assert_eq!(*innermost(made), json!({"v": 1, "next": end}));
    }
}

/// What is said of the operations of a document with these paths.
fn said(paths: &str) -> (Vec<String>, Vec<String>, Vec<String>) {
    let text = format!("{{openapi: 3.0.3, servers: [{{url: 'http://h'}}], paths: {{{paths}}}}}");
    let document =
        OpenApiDocument { name: "a.yaml", base: None, writes: true, headers: &[], others: &none };
    let found = document.requests(&text).unwrap();
    let words = |all: &[SourceProblem]| all.iter().map(ToString::to_string).collect();
    let paths = found.requests.iter().map(|request| request.path.clone()).collect();
    (paths, words(&found.passed_over), words(&found.unsure))
}

#[test]
fn operations_with_references_that_lead_nowhere_are_passed_over() {
    let (sent, passed_over, _) = said(
        "/ok: {get: {}}, /a: {get: {parameters: [{$ref: '#/components/parameters/No'}]}},
         /b: {post: {requestBody: {content: {application/json: {schema: {$ref: '#/no'}}}}}},
         /c: {$ref: '#/nowhere'},
         /d: {post: {requestBody: {content: {application/json: {schema: {type: object,
            properties: {optional: {$ref: '#/no'}}}}}}}}",
    );
    assert_eq!(sent, ["/d", "/ok"], "what is not needed does not matter");
    let lost = [
        "GET /a: `$ref: #/components/parameters/No` leads nowhere",
        "POST /b: `$ref: #/no` leads nowhere",
        "/c: `$ref: #/nowhere` leads nowhere",
    ];
    assert_eq!(passed_over, lost);
}

#[test]
fn what_values_are_made_up_without_is_said() {
    let body = |path: &str, schema: &str| {
        format!(
            "{path}: {{post: {{requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}}}}}"
        )
    };
    let paths = [
        body("/fits", "{type: integer, minimum: 3}"),
        body("/bounds", "{type: integer, minimum: 5, maximum: 3}"),
        body("/not", "{type: string, not: {enum: [text]}, pattern: '^(?!x)'}"),
        body("/given", "{type: string, not: {enum: [text]}, example: other}"),
    ];
    let (sent, passed_over, unsure) = said(&paths.join(", "));
    assert_eq!((sent.len(), passed_over.len()), (4, 0));
    let words = [
        "POST /bounds: its values may not fit their schemas: not obeyed: the bounds of a number",
        "POST /not: its values may not fit their schemas: not obeyed: not, the pattern or length \
         of a text",
    ];
    assert_eq!(unsure, words);
}

#[test]
fn a_schema_that_requires_itself_is_passed_over() {
    let text = "{openapi: 3.0.3, servers: [{url: 'http://h'}], x: {type: object, required: [a],
        properties: {a: {$ref: '#/x'}}}, paths: {/a: {post: {requestBody: {content:
        {application/json: {schema: {$ref: '#/x'}}}}}}}}";
    let error = requests(text, None, true).unwrap_err().to_string();
    assert!(error.ends_with("require themselves without an end; give it an example"), "{error}");
}

#[test]
fn a_parameter_that_is_needed_is_not_null() {
    let (sent, ..) = said(
        "/a: {get: {parameters: [{name: p, in: query, required: true, schema: {type: string,
            nullable: true, enum: [null, 'x y']}}, {name: q, in: query, schema: {enum: [null]}}]}}",
    );
    assert_eq!(sent, ["/a?p=x%20y"]);
}

#[test]
fn values_that_fill_the_memory_together_are_refused() {
    let paths: String = (0..3_000)
        .map(|number| format!("/{number}: {{get: {{parameters: [{{$ref: '#/long'}}]}}}}, "))
        .collect();
    let text = format!(
        "{{openapi: 3.0.3, servers: [{{url: 'http://h'}}], paths: {{{paths}}}, long: {{name: p, in: query,
        required: true, schema: {{type: string, minLength: 65536}}}}}}"
    );
    let error = requests(&text, None, false).unwrap_err().to_string();
    assert!(error.contains("more than 128 MiB"), "{error}");
}
