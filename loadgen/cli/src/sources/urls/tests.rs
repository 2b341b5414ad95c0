use std::io;

use super::*;

fn read(path: &Path) -> io::Result<Vec<u8>> {
    if path == Path::new("body.json") {
        Ok(b"{\"a\": 1}\n".to_vec())
    } else {
        Err(io::Error::new(io::ErrorKind::NotFound, "no such file"))
    }
}

fn urls(text: &str) -> Result<Vec<String>, LoadCliError> {
    let headers = [("X-Team".to_owned(), "a".to_owned())];
    let urls = UrlList {
        place: "urls.txt",
        headers: &headers,
        content_type: "application/x-www-form-urlencoded",
        read: &read,
        environment: &|name| (name == "FROM_OUTSIDE").then(|| "outside".to_owned()),
    };
    let line = |request: &HttpRequest| {
        let headers: Vec<_> =
            request.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let body = String::from_utf8_lossy(&request.body);
        format!(
            "{} {} {} [{}] {body:?}",
            request.method,
            request.address,
            request.path,
            headers.join(", ")
        )
    };
    Ok(urls.parse(text)?.iter().map(line).collect())
}

const TEXT: &str = r"
# all that siege understands
HOST = localhost:8080
ID=7

http://$(HOST)/orders/${ID}
http://$(HOST)/orders?a=b POST x=1&y=${ID}
$(HOST)/orders PUT <body.json
  http://${FROM_OUTSIDE}/ DELETE
localhost HEAD
localhost:81 OPTIONS
localhost/x PATCH a b c
localhost/x GET
";

#[test]
fn lines_become_requests() {
    insta::assert_snapshot!(urls(TEXT).unwrap().join("\n"));
}

#[test]
fn a_users_name_in_a_url_becomes_a_header() {
    let one = |line: &str| urls(line).unwrap().remove(0);
    let wanted = "GET h:81 /a@b [X-Team: a, Authorization: Basic YW5uOnAlOmRA] \"\"";
    assert_eq!(one("http://ann:p%25%3Ad%40@h:81/a@b"), wanted);
    assert_eq!(one("ann@h"), "GET h:80 / [X-Team: a, Authorization: Basic YW5uOg==] \"\"");
    assert_eq!(one("http://h/?to=ann@example"), "GET h:80 /?to=ann@example [X-Team: a] \"\"");
}

#[test]
fn variables_that_double_each_other_are_bounded() {
    let mut text = "V0=xxxxxxxxxxxxxxxx\n".to_owned();
    for number in 1..40 {
        let before = number - 1;
        text += &format!("V{number}=${{V{before}}}${{V{before}}}\n");
    }
    let error = urls(&text).unwrap_err().to_string();
    assert_eq!(error, "urls.txt:18: with its variables filled in, the line is longer than 1 MiB");
}

#[test]
fn lines_that_fill_the_memory_together_are_bounded() {
    let text = format!("A={}\n{}", "x".repeat(1_000_000), "http://h/$(A)\n".repeat(200));
    let error = urls(&text).unwrap_err().to_string();
    assert!(
        error.starts_with("urls.txt:135: its requests are more than 1000000, or with"),
        "{error}"
    );
    let variables: String = (0..200).map(|number| format!("A{number}=$(A)\n")).collect();
    let text = format!("A={}\n{variables}", "x".repeat(1_000_000));
    assert!(urls(&text).unwrap_err().to_string().contains("more than 128 MiB"));
}

#[test]
fn mistakes_are_reported_with_their_line() {
    let texts = [
        "http://h/\nftp://h/",
        "http://h/ FETCH",
        "\n\nhttp://$(NOBODY)/",
        "A=${B}",
        "http://h/ POST <missing.json",
        "http://h:port/",
        "http://h/${unclosed",
    ];
    let errors =
        texts.map(|text| urls(text).map_or_else(|error| error.to_string(), |urls| urls.join("\n")));
    insta::assert_snapshot!(errors.join("\n"));
}
