//! The scopes that requests need.

use http::Method;
use percent_encoding::percent_decode_str;

/// Rules such as `POST /orders orders:write`. The longest path wins, and of two equal paths the one
/// with a method.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<Rule>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    method: Option<Method>,
    path: Vec<String>,
    scopes: String,
}

/// The segments of a path, as a service reads them: `/orders/%31` is `/orders/1`. Each is decoded
/// for itself, since an encoded slash separates nothing.
fn segments(path: &str) -> Vec<String> {
    let decode = |segment: &str| percent_decode_str(segment).decode_utf8_lossy().into_owned();
    path.split('/').skip(1).map(decode).collect()
}

impl Scopes {
    pub(crate) const ACCEPTS: &'static str = "rules such as POST /orders orders:write, \
         /stocks stocks:read: a method or none, a path, its scopes";

    /// Reads rules that are separated by commas; none if empty.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rules = text.split(',').map(str::trim).filter(|rule| !rule.is_empty());
        let mut rules = rules.map(Rule::parse).collect::<Option<Vec<_>>>()?;
        // Sorted once, so that the first match is the most specific rule.
        rules.sort_by_key(|rule| (std::cmp::Reverse(rule.path.len()), rule.method.is_none()));
        Some(Self(rules))
    }

    /// The scopes, separated by spaces, that a request needs; empty if a valid token is enough.
    #[must_use]
    pub fn needed(&self, method: &Method, path: &str) -> &str {
        let path = segments(path);
        self.0.iter().find(|rule| rule.takes(method, &path)).map_or("", |rule| &rule.scopes)
    }
}

impl Rule {
    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace().peekable();
        let method = match words.peek()? {
            path if path.starts_with('/') => None,
            method => {
                let method = Method::from_bytes(method.as_bytes()).ok()?;
                words.next();
                Some(method)
                    .filter(|method| method.as_str().bytes().all(|b| b.is_ascii_uppercase()))
                    .map(Some)?
            }
        };
        let path = words.next().filter(|path| path.starts_with('/'))?;
        // `/orders/` in a rule means `/orders`, and what is under it.
        let path = segments(path.trim_end_matches('/'));
        let scopes = words.collect::<Vec<_>>().join(" ");
        (!scopes.is_empty()).then_some(Self { method, path, scopes })
    }

    fn takes(&self, method: &Method, path: &[String]) -> bool {
        // HEAD reveals what GET does.
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        self.method.as_ref().is_none_or(|only| only == method) && path.starts_with(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_scope_rule_wins() {
        let scopes = Scopes::parse(
            "/ any, POST /orders orders:write, /orders orders:read, GET /orders/audit a b",
        )
        .unwrap();
        let needed = |method: Method, path| scopes.needed(&method, path).to_owned();
        assert_eq!(needed(Method::POST, "/orders"), "orders:write");
        assert_eq!(needed(Method::POST, "/orders/1"), "orders:write");
        assert_eq!(needed(Method::GET, "/orders/1"), "orders:read");
        assert_eq!(needed(Method::HEAD, "/orders/audit"), "a b");
        assert_eq!(needed(Method::DELETE, "/orders/audit"), "orders:read");
        assert_eq!(needed(Method::GET, "/ordersX"), "any");
        assert_eq!(Scopes::parse("").unwrap().needed(&Method::GET, "/orders"), "");
    }

    #[test]
    fn a_scope_rule_holds_for_every_spelling_of_its_path() {
        let scopes =
            Scopes::parse("/orders read, /orders/1 admin, /stocks/Caf%C3%A9 admin, /a/b both")
                .unwrap();
        let needed = |path| scopes.needed(&Method::GET, path);
        for path in ["/orders/1", "/orders/%31", "/%6frders/%31/x", "/orders/1/"] {
            assert_eq!(needed(path), "admin", "{path}");
        }
        for path in ["/stocks/Caf%C3%A9", "/stocks/Caf%c3%a9", "/%73tocks/%43af%c3%A9"] {
            assert_eq!(needed(path), "admin", "{path}");
        }
        // An encoded slash is part of a name.
        assert_eq!(
            (needed("/a/b"), needed("/a%2Fb"), needed("/orders/1%2Fx")),
            ("both", "", "read")
        );
    }

    #[test]
    fn scope_rules_that_cannot_be_read_are_refused() {
        for bad in [
            "orders:write",
            "POST /orders",
            "post /orders x",
            "/orders",
            "POST orders x",
            "P{ /o x",
        ] {
            assert_eq!(Scopes::parse(bad), None, "{bad:?}");
        }
    }
}
