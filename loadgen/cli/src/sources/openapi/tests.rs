use super::*;

mod notes;

const SHOP: &str = "
openapi: 3.1.0
servers: [{url: 'https://{env}.example/api', variables: {env: {default: test}}}]
paths:
  /orders:
    get:
      parameters:
        - {name: status, in: query, schema: {type: string, enum: [open, done]}}
        - {name: page, in: query, schema: {type: integer}}
        - {name: tag, in: query, example: [a, b c], schema: {type: array}}
        - {$ref: '#/components/parameters/Tenant'}
    post:
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Order'}
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer, minimum: 7}}]
    get: {}
    delete: {}
  /form:
    put:
      requestBody: {content: {application/x-www-form-urlencoded: {example: {a: 1, b: 'x y'}}}}
components:
  parameters:
    Tenant: {name: X-Tenant, in: header, required: true, schema: {type: string, minLength: 6}}
  schemas:
    Order:
      allOf: [{$ref: '#/components/schemas/Base'}]
      type: object
      required: [qty, items, self, at]
      properties:
        id: {type: integer, readOnly: true}
        qty: {type: integer, exclusiveMinimum: 2}
        note: {type: string}
        kind: {type: string, default: tea}
        items: {type: array, items: {type: [string, 'null'], format: uuid}}
        self: {anyOf: [{$ref: '#/components/schemas/Order'}, {type: 'null'}]}
        at: {type: string, format: date}
    Base: {type: object, required: [who], properties: {who: {type: string, example: ann}}}
";

fn requests(text: &str, base: Option<&str>, writes: bool) -> Result<Vec<String>, SourceError> {
    let headers = [("X-A".to_owned(), "1".to_owned())];
    let document =
        OpenApiDocument { name: "shop.yaml", base, writes, headers: &headers, others: &none };
    let requests = document.requests(text)?.requests;
    let line = |request: &HttpRequest| {
        let headers =
            request.headers.iter().skip(1).map(|(name, value)| format!("{name}: {value}"));
        let headers: Vec<_> = headers.collect();
        let body = String::from_utf8_lossy(&request.body);
        let text =
            format!("{} {} {} {headers:?} {body}", request.method, request.address, request.path);
        text.trim_end().to_owned()
    };
    Ok(requests.iter().map(line).collect())
}

#[test]
fn operations_become_requests() {
    let wanted = [
        "GET test.example:443 /api/orders?status=open&tag=a&tag=b%20c [\"X-Tenant: textxx\"]",
        "GET test.example:443 /api/orders/7 []",
    ];
    assert_eq!(requests(SHOP, None, false).unwrap(), wanted);
}

#[test]
fn bodies_are_made_when_asked_for() {
    let all = requests(SHOP, Some("localhost:8080"), true).unwrap();
    assert!(all.iter().all(|one| one.contains(" localhost:8080 /")), "{all:?}");
    assert_eq!(all.len(), 5, "{all:?}");
    let post = all.iter().find(|one| one.starts_with("POST")).unwrap();
    let body: Value = serde_json::from_str(&post[post.find('{').unwrap()..]).unwrap();
    assert_eq!(
        (&body["who"], &body["qty"], &body["kind"]),
        (&"ann".into(), &3.into(), &"tea".into())
    );
    assert_eq!(body["items"][0], "00000000-0000-4000-8000-000000000000");
    assert_eq!((&body["at"], &body["self"]["qty"]), (&"2026-01-01".into(), &3.into()));
    assert!(body.get("id").is_none() && body.get("note").is_none(), "{body}");
    let form = "[\"Content-Type: application/x-www-form-urlencoded\"] a=1&b=x+y";
    assert!(all.iter().any(|one| one.ends_with(form)), "{all:?}");
}

#[test]
fn what_is_wrong_is_said() {
    let wrong = |text: &str| requests(text, None, false).unwrap_err().to_string();
    assert_eq!(
        wrong("swagger: '2.0'"),
        "shop.yaml: this is Swagger 2; convert it to OpenAPI 3 first"
    );
    assert!(wrong("a: [").starts_with("shop.yaml: neither JSON nor YAML: "));
    assert!(wrong("openapi: 3.0.0\npaths: {/a: {get: {}}}").ends_with("give its URL as well"));
    assert!(wrong("openapi: 3.0.0\nservers: [{url: 'http://h'}]").contains("--writes"));
    let lost = "openapi: 3.0.0\nservers: [{url: 'http://h'}]\npaths: {'/a/{id}': {get: {}}}";
    assert_eq!(wrong(lost), "shop.yaml: GET /a/{id}: there is no value for `{id}`");
}

/// The bodies of POST operations with these schemas, in their order; all may refer to `components`.
fn bodies(schemas: &[Value], components: &Value) -> Vec<Value> {
    let operation = |schema: &Value| {
        serde_json::json!({"post": {"requestBody":
            {"content": {"application/json": {"schema": schema}}}}})
    };
    let paths = schemas.iter().enumerate();
    let paths = paths.map(|(number, schema)| (format!("/{number:02}"), operation(schema)));
    let paths = Value::Object(paths.collect());
    let text = serde_json::json!({"openapi": "3.0.3", "servers": [{"url": "http://h"}],
        "paths": paths, "components": {"schemas": components}});
    let document =
        OpenApiDocument { name: "a.json", base: None, writes: true, headers: &[], others: &none };
    let found = document.requests(&text.to_string()).unwrap();
    assert!(found.passed_over.is_empty(), "{:?}", found.passed_over);
    found.requests.iter().map(|one| serde_json::from_slice(&one.body).unwrap()).collect()
}

/// Schemas that others refer to.
fn components() -> Value {
    use serde_json::json;
    json!({
        "Base": {"type": "object", "required": ["qty"],
            "properties": {"qty": {"type": "integer", "minimum": 1}}},
        "Optional": {"type": "object",
            "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}},
        "Cat": {"type": "object", "required": ["petType", "name"],
            "properties": {"petType": {"type": "string"}, "name": {"type": "string"}}},
        "Dog": {"type": "object", "required": ["petType", "bark"],
            "properties": {"petType": {"type": "string"}, "bark": {"type": "string"}}},
        "Pet": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}},
            "discriminator": {"propertyName": "kind"}},
        "Bird": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"required": ["wings"],
            "properties": {"wings": {"type": "integer", "minimum": 2}}}]}
    })
}

fn reference(name: &str) -> Value {
    serde_json::json!({"$ref": format!("#/components/schemas/{name}")})
}

fn all_fit<const N: usize>(cases: [(Value, Value); N]) {
    let (schemas, wanted): (Vec<Value>, Vec<Value>) = cases.into_iter().unzip();
    let made = bodies(&schemas, &components());
    assert_eq!(made.len(), N);
    for ((schema, wanted), body) in schemas.iter().zip(wanted).zip(made) {
        assert_eq!(body, wanted, "{schema}");
    }
}

#[test]
fn bodies_fit_schemas_that_are_merged_with_what_stands_beside_them() {
    use serde_json::json;
    let required = |name: &str| json!({"required": [name]});
    all_fit([
        (json!({"allOf": [reference("Base"), {"description": "The order."}]}), json!({"qty": 1})),
        (json!({"allOf": [reference("Optional"), required("name")]}), json!({"name": "text"})),
        (
            json!({"type": "object", "required": ["owner"], "properties":
                {"owner": {"allOf": [reference("Optional")], "nullable": true}}}),
            json!({"owner": {}}),
        ),
        (
            json!({"type": "object", "properties": {"source": {"type": "string"},
                "build": {"type": "string"}}, "required": ["id"],
                "anyOf": [required("source"), required("build")]}),
            json!({"id": "text", "source": "text"}),
        ),
        (
            json!({"type": "object", "required": ["kind"], "properties":
                {"kind": {"type": "string", "enum": ["card"]}}, "oneOf": [{"type": "object",
                "required": ["number"], "properties": {"number": {"type": "string"}}}]}),
            json!({"kind": "card", "number": "text"}),
        ),
    ]);
}

#[test]
fn bodies_obey_bounds_choices_and_discriminators() {
    use serde_json::json;
    all_fit([
        (json!({"oneOf": [{"type": "null"}, reference("Base")]}), json!({"qty": 1})),
        (
            json!({"type": "object", "minProperties": 1,
                "additionalProperties": {"type": "integer"}}),
            json!({"property1": 1}),
        ),
        (
            json!({"type": "array", "minItems": 2, "uniqueItems": true,
                "items": {"type": "integer", "minimum": 0}}),
            json!([0, 1]),
        ),
        (json!({"type": "object", "required": ["x"]}), json!({"x": "text"})),
        (
            json!({"oneOf": [reference("Cat"), reference("Dog")], "discriminator":
                {"propertyName": "petType", "mapping": {"cat": "#/components/schemas/Cat"}}}),
            json!({"petType": "cat", "name": "text"}),
        ),
        (
            json!({"oneOf": [reference("Dog")], "discriminator": {"propertyName": "petType"}}),
            json!({"petType": "Dog", "bark": "text"}),
        ),
        (reference("Bird"), json!({"kind": "Bird", "wings": 2})),
        (
            json!({"allOf": [{"properties": {"n": {"type": "integer", "minimum": 3}}},
                {"properties": {"n": {"minimum": 7}}, "required": ["n"]}]}),
            json!({"n": 7}),
        ),
    ]);
}

#[test]
fn parameters_are_sent_as_the_document_says() {
    const DOCUMENT: &str = "
openapi: 3.0.3
servers: [{url: 'http://h/api'}]
paths:
  '/a/{id}':
    servers: [{url: 'http://h/v2'}]
    get:
      parameters:
        - {name: id, in: path, required: true, style: matrix, schema: {example: '{x}'}}
        - {name: ids, in: query, explode: false, schema: {type: array}, example: [1, 2, 3]}
        - {name: filter, in: query, required: true, content: {application/json: {schema:
            {type: object, required: [a], properties: {a: {type: integer, example: 3}}}}}}
        - {name: session, in: cookie, required: true, schema: {type: string, example: s3cr3t}}
        - {name: lang, in: cookie, example: en}
        - {name: cursor, in: query, schema: {type: string, nullable: true, default: null}}
        - {name: empty, in: query, schema: {type: array, default: []}}
        - {name: Authorization, in: header, required: true, schema: {type: string}}
        - {name: accept, in: header, required: true, schema: {type: string}}
  /b:
    get: {servers: [{url: 'https://other:81/v3/'}]}
";
    let wanted = [
        "GET h:80 /v2/a/;id=%7Bx%7D?ids=1,2,3&filter=%7B%22a%22%3A3%7D \
         [\"Cookie: session=s3cr3t; lang=en\"]",
        "GET other:81 /v3/b []",
    ];
    assert_eq!(requests(DOCUMENT, None, false).unwrap(), wanted);
}

#[test]
fn an_operation_that_cannot_be_made_does_not_refuse_the_document() {
    const DOCUMENT: &str = "
openapi: 3.0.3
servers: [{url: 'http://h'}]
paths:
  '/a/{id}': {get: {}}
  /b: {get: {}}
";
    let document =
        OpenApiDocument { name: "a.yaml", base: None, writes: false, headers: &[], others: &none };
    let found = document.requests(DOCUMENT).unwrap();
    assert_eq!((found.requests.len(), found.requests[0].path.as_str()), (1, "/b"));
    let why: Vec<String> = found.passed_over.iter().map(ToString::to_string).collect();
    assert_eq!(why, ["GET /a/{id}: there is no value for `{id}`"]);
}

#[test]
fn schemas_and_servers_that_multiply_are_bounded() {
    // Two properties of its own type: each level doubles.
    let twice = "{type: object, required: [a, b, c, d, e, f, g, h], properties: {a: {$ref: '#/x'},
        b: {$ref: '#/x'}, c: {$ref: '#/x'}, d: {$ref: '#/x'}, e: {$ref: '#/x'}, f: {$ref: '#/x'},
        g: {$ref: '#/x'}, h: {$ref: '#/x'}}}";
    let text = format!(
        "{{openapi: 3.0.3, servers: [{{url: 'http://h'}}], x: {twice}, paths: {{/a: {{post:
        {{requestBody: {{content: {{application/json: {{schema: {{$ref: '#/x'}}}}}}}}}}}}}}}}"
    );
    let error = requests(&text, None, true).unwrap_err().to_string();
    assert!(error.ends_with("would be longer than 1 MiB; give it an example"), "{error}");
    let variables: Vec<String> = (0..40)
        .map(|number| {
            let next = number + 1;
            format!("v{number:02}: {{default: '{{v{next:02}}}{{v{next:02}}}'}}")
        })
        .collect();
    let text = format!(
        "{{openapi: 3.0.3, paths: {{/a: {{get: {{}}}}}}, servers: [{{url: 'http://h/{{v00}}',
        variables: {{{}}}}}]}}",
        variables.join(", ")
    );
    let error = requests(&text, None, false).unwrap_err().to_string();
    assert!(error.ends_with("the URL of a server is longer than 8 KiB"), "{error}");
}

/// These documents refer to no others that can be read.
fn none(_: &DocumentPlace) -> Result<String, ReferenceError> {
    Err(ReferenceError::Invalid)
}
