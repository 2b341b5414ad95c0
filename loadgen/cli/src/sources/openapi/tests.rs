use super::*;

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
        self: {$ref: '#/components/schemas/Order'}
        at: {type: string, format: date}
    Base: {type: object, required: [who], properties: {who: {type: string, example: ann}}}
";

fn requests(text: &str, base: Option<&str>, writes: bool) -> Result<Vec<String>, SourceError> {
    let headers = [("X-A".to_owned(), "1".to_owned())];
    let document = OpenApiDocument { name: "shop.yaml", base, writes, headers: &headers };
    let requests = document.requests(text)?;
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
        "GET test.example:443 /api/orders?status=open&tag=a&tag=b+c [\"X-Tenant: textxx\"]",
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
