//! The next request of a redirect or of a page's resource.

use http::Method;
use url::Url;

use crate::address::Address;
use crate::request::HttpRequest;
use crate::user_info::without_user_info;

/// The most redirects that are followed from one request.
pub(crate) const MOST: u32 = 10;

/// The request that a redirect leads to, without cookies. As browsers do, 301 and 302 turn a POST
/// into a GET, and 303 anything but a HEAD; all else is repeated with its method and body
/// (RFC 9110, 15.4). `None` when the reply is no redirect, or its `Location` is
/// not a URL with http or https.
pub(crate) fn next(
    request: &HttpRequest,
    status: u16,
    location: Option<&str>,
) -> Option<HttpRequest> {
    let keeps = match status {
        301 | 302 => request.method != Method::POST,
        303 => request.method == Method::GET || request.method == Method::HEAD,
        307 | 308 => true,
        _ => return None,
    };
    let Target { address, path, credentials } = target(request, location?)?;
    let mut headers = headers_for(request, &address, credentials);
    if !keeps {
        headers.retain(|(name, _)| {
            !is_one_of(name, &["content-type", "content-length", "content-encoding"])
        });
    }
    let method = if keeps { request.method.clone() } else { Method::GET };
    let body = if keeps { request.body.clone() } else { Vec::new() };
    Some(HttpRequest { method, address, path, headers, body })
}

/// The request for a resource of a page; `None` when the link is not a URL with http or https.
pub(crate) fn resource(page: &HttpRequest, link: &str) -> Option<HttpRequest> {
    let Target { address, path, credentials } = target(page, link)?;
    let mut headers = headers_for(page, &address, credentials);
    headers.retain(|(name, _)| {
        !is_one_of(name, &["content-type", "content-length", "content-encoding"])
    });
    Some(HttpRequest { method: Method::GET, address, path, headers, body: Vec::new() })
}

/// Where a link leads to.
struct Target {
    address: Address,
    path: String,
    /// The value of `Authorization` that a name and password in the link become.
    credentials: Option<String>,
}

fn target(request: &HttpRequest, location: &str) -> Option<Target> {
    let scheme = match request.address.scheme {
        crate::address::Scheme::Http => "http",
        crate::address::Scheme::Https => "https",
    };
    let base = Url::parse(&format!("{scheme}://{}{}", request.address, request.path)).ok()?;
    let there = base.join(location).ok()?;
    let (plain, credentials) = without_user_info(there.as_str());
    let (address, _) = Address::split(&plain).ok()?;
    let query = there.query().map_or(String::new(), |query| format!("?{query}"));
    // A Unix socket stands for its host, whatever the link's port.
    let unix = request.address.unix.clone().filter(|_| address.host == request.address.host);
    let path = format!("{}{query}", there.path());
    Some(Target { address: Address { unix, ..address }, path, credentials })
}

/// A request's headers as they go to where a link leads, with the credentials that the link has.
fn headers_for(
    request: &HttpRequest,
    to: &Address,
    credentials: Option<String>,
) -> Vec<(String, String)> {
    let mut headers = request.headers.clone();
    if *to != request.address {
        // Credentials must not reach a server that they were not meant for.
        headers.retain(|(name, _)| !is_one_of(name, &["authorization", "host"]));
    }
    if let Some(credentials) = credentials {
        headers.retain(|(name, _)| !is_one_of(name, &["authorization"]));
        headers.push(("Authorization".to_owned(), credentials));
    }
    headers
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|one| one.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(method: Method, status: u16, location: &str) -> Option<String> {
        let header = |name: &str| (name.to_owned(), "x".to_owned());
        let request = HttpRequest {
            method,
            address: Address::split("http://h:81").unwrap().0,
            path: "/a/b?c".to_owned(),
            headers: vec![header("Authorization"), header("Content-Type")],
            body: b"body".to_vec(),
        };
        let next = next(&request, status, Some(location))?;
        let headers: Vec<&str> = next.headers.iter().map(|(name, _)| name.as_str()).collect();
        let body = String::from_utf8(next.body).unwrap();
        Some(format!("{} {} {} {headers:?} {body}", next.method, next.address, next.path))
    }

    #[test]
    fn a_redirect_turns_a_post_into_a_get_unless_its_status_says_otherwise() {
        let is = |text: &str| Some(text.to_owned());
        for status in [301, 302, 303] {
            assert_eq!(hop(Method::POST, status, "/x"), is("GET h:81 /x [\"Authorization\"] "));
        }
        for status in [307, 308] {
            assert_eq!(
                hop(Method::POST, status, "/x"),
                is("POST h:81 /x [\"Authorization\", \"Content-Type\"] body")
            );
        }
        for method in [Method::PUT, Method::PATCH, Method::DELETE] {
            for status in [301, 302, 307, 308] {
                let repeated =
                    format!("{method} h:81 /x [\"Authorization\", \"Content-Type\"] body");
                assert_eq!(hop(method.clone(), status, "/x"), Some(repeated));
            }
            let get = is("GET h:81 /x [\"Authorization\"] ");
            assert_eq!(hop(method, 303, "/x"), get);
        }
        for status in [301, 302, 303] {
            assert!(hop(Method::HEAD, status, "/x").unwrap().starts_with("HEAD "), "{status}");
        }
        for status in [200, 300, 304, 305, 404] {
            assert_eq!(hop(Method::POST, status, "/x"), None);
        }
    }

    #[test]
    fn locations_may_be_relative_or_absolute() {
        let path = |location: &str| {
            hop(Method::GET, 302, location).map(|hop| hop[..hop.find('[').unwrap()].to_owned())
        };
        assert_eq!(path("d?e#f").unwrap(), "GET h:81 /a/d?e ");
        assert_eq!(path("../../x").unwrap(), "GET h:81 /x ");
        assert_eq!(path("?q").unwrap(), "GET h:81 /a/b?q ");
        assert_eq!(path("http://h:81").unwrap(), "GET h:81 / ");
        assert_eq!(path("//other/y").unwrap(), "GET other:80 /y ");
        assert_eq!(path("ftp://h/x"), None);
        assert_eq!(path("http://[/"), None);
    }

    #[test]
    fn a_location_in_another_spelling_leads_to_the_same_server() {
        for location in ["http://H:81/y", "HTTP://h:081/y", "//h:81/y", "http://h:81/z/../y"] {
            let next = hop(Method::GET, 302, location).unwrap();
            assert!(next.starts_with("GET h:81 /y [\"Authorization\""), "{location}: {next}");
        }
    }

    #[test]
    fn a_name_and_password_in_a_location_become_its_credentials() {
        let request = HttpRequest {
            method: Method::GET,
            address: Address::split("http://h:81").unwrap().0,
            path: "/".to_owned(),
            headers: vec![("authorization".to_owned(), "Bearer x".to_owned())],
            body: Vec::new(),
        };
        for location in ["http://ann:p%40w@h:81/y#top", "//ann:p%40w@H:81/y"] {
            let next = next(&request, 302, Some(location)).unwrap();
            assert_eq!((next.address == request.address, next.path.as_str()), (true, "/y"));
            let basic = ("Authorization".to_owned(), "Basic YW5uOnBAdw==".to_owned());
            assert_eq!(next.headers, [basic], "{location}");
        }
    }

    #[test]
    fn credentials_do_not_follow_a_redirect_to_another_server() {
        assert_eq!(
            hop(Method::PUT, 307, "http://h:82/").unwrap(),
            "PUT h:82 / [\"Content-Type\"] body"
        );
    }
}
