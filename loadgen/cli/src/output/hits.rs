//! `-v`: a line for each reply.

use std::io::{self, Write};
use std::sync::mpsc::Receiver;

use brunt_loadgen::{CompletedRequest, HttpRequest};

/// Prints all replies that have come in since the last call; never waits for one.
pub(crate) fn print_hits(
    hits: &Receiver<CompletedRequest>,
    requests: &[HttpRequest],
    out: &mut dyn Write,
) -> io::Result<()> {
    for hit in hits.try_iter() {
        out.write_all(line(&hit, requests.get(hit.request)).as_bytes())?;
    }
    Ok(())
}

/// A hit, as siege prints it: a GET by its path, others by their URL.
fn line(hit: &CompletedRequest, request: Option<&HttpRequest>) -> String {
    // Siege pads methods to four letters, and names a URL in full only when it is not a GET.
    let (method, target) = match request {
        Some(request) if request.method == http::Method::GET => ("GET", request.path.clone()),
        Some(request) => (
            request.method.as_str(),
            format!("{}://{}{}", request.address.scheme, request.address, request.path),
        ),
        None => ("", String::new()),
    };
    let version = hit.version;
    let seconds = hit.took.as_secs_f64();
    match (hit.status, hit.failure) {
        (Some(status), _) => {
            format!(
                "{version} {status} {seconds:8.2} secs: {:7} bytes ==> {method:<4} {target}\n",
                hit.length
            )
        }
        (None, failure) => {
            let failure = failure.map(|failure| failure.to_string()).unwrap_or_default();
            format!("[error] {failure} {seconds:8.2} secs ==> {method:<4} {target}\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use brunt_scenarios::timeline::Failure;

    use super::*;
    use brunt_loadgen::{Address, HttpVersion};

    #[test]
    fn hits_look_like_sieges() {
        let request = |method: http::Method| HttpRequest {
            method,
            address: Address::split("http://127.0.0.1:8080").unwrap().0,
            path: "/orders".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        let hit = |status, failure| CompletedRequest {
            version: HttpVersion::Http1,
            request: 0,
            status,
            failure,
            length: 12,
            took: Duration::from_millis(10),
        };
        let lines = [
            line(&hit(Some(200), None), Some(&request(http::Method::GET))),
            line(&hit(Some(500), None), Some(&request(http::Method::POST))),
            line(&hit(None, Some(Failure::Timeout)), Some(&request(http::Method::DELETE))),
        ];
        insta::assert_snapshot!(lines.concat());
    }
}
