//! Routes: which requests go to which service, and by which path.

use std::cmp::Reverse;

use http::uri::PathAndQuery;
use http::{Method, Uri};

use crate::calls::Upstreams;

/// Requests that a service gets: those for a path and all that is under it, or, for `/`, those
/// for exactly that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path {
    method: Option<&'static str>,
    from: &'static str,
    to: &'static str,
}

impl Path {
    /// A path that the service knows by the same name, such as `/orders`.
    #[must_use]
    pub const fn new(path: &'static str) -> Self {
        Self { method: None, from: path, to: path }
    }

    /// A path that the service knows by another name: `from` is replaced by `to`, and
    /// what follows stays.
    #[must_use]
    pub const fn alias(from: &'static str, to: &'static str) -> Self {
        Self { method: None, from, to }
    }

    /// The same for one method only, such as `POST`.
    #[must_use]
    pub const fn only(self, method: &'static str) -> Self {
        Self { method: Some(method), ..self }
    }

    /// The path as clients write it.
    #[must_use]
    pub fn from(&self) -> &'static str {
        self.from
    }

    /// What it is called in metrics and messages.
    pub(super) fn label(&self) -> String {
        if self.from == "/" { "/".to_owned() } else { format!("{}/**", self.from) }
    }

    fn takes(&self, method: &Method, path: &str) -> bool {
        self.allows(method.as_str()) && self.under(self.from, path).is_some()
    }

    /// The path that clients write for one that the service has, if this is the way to it.
    pub(crate) fn source(&self, known: &str) -> Option<String> {
        self.under(self.to, known).map(|rest| format!("{}{rest}", self.from))
    }

    /// Whether it is a way for this method.
    pub(crate) fn allows(&self, method: &str) -> bool {
        self.method.is_none_or(|only| only == method)
    }

    /// What follows a prefix in a path that belongs to it.
    fn under<'a>(&self, prefix: &str, path: &'a str) -> Option<&'a str> {
        let rest = path.strip_prefix(prefix)?;
        // `/orders` must not take `/ordersByName`.
        (rest.is_empty() || (rest.starts_with('/') && self.from != "/")).then_some(rest)
    }

    /// Path and query as the service knows them.
    pub(crate) fn target(&self, uri: &Uri) -> String {
        let asked = uri.path_and_query().map_or("/", PathAndQuery::as_str);
        format!("{}{}", self.to, asked.strip_prefix(self.from).unwrap_or_default())
    }
}

/// A path of the gateway, and the service that its requests go to.
#[derive(Clone, Debug)]
pub struct Route {
    /// The requests that take this route.
    pub path: Path,
    /// The replicas that serve them.
    pub upstreams: Upstreams,
}

/// The routing table of a gateway.
#[derive(Clone, Debug)]
pub(super) struct Table(Vec<Route>);

impl Table {
    /// The longest path wins, and of two alike the one for one method only.
    pub(super) fn new(mut routes: Vec<Route>) -> Self {
        // Sorted once: the first match is then the most specific.
        routes.sort_by_key(|route| (Reverse(route.path.from.len()), route.path.method.is_none()));
        Self(routes)
    }

    pub(super) fn find(&self, method: &Method, path: &str) -> Option<&Route> {
        self.0.iter().find(|route| route.path.takes(method, path))
    }
}

/// Whether a path would be another one once its dots are resolved, or its backslashes taken for
/// slashes: what is checked must be what arrives.
pub(super) fn is_ambiguous(path: &str) -> bool {
    path.contains('\\')
        || path.split('/').any(|segment| {
            // Some servers resolve encoded dots as well.
            let dots = segment.replace("%2e", ".").replace("%2E", ".");
            dots == "." || dots == ".."
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(method: &str, target: &str) -> Option<(String, String)> {
        let route = |path, port| Route {
            path,
            upstreams: Upstreams::parse(&format!("http://127.0.0.1:{port}")).unwrap(),
        };
        let table = Table::new(vec![
            route(Path::new("/orders"), 1),
            route(Path::new("/orders/archive"), 2),
            route(Path::alias("/bookings", "/cleaningReservations"), 3),
            route(Path::alias("/", "/coupons").only("POST"), 4),
            route(Path::new("/"), 5),
        ]);
        let uri: Uri = target.parse().unwrap();
        let route = table.find(&method.parse().unwrap(), uri.path())?;
        Some((
            route.upstreams.next().rsplit_once(':').unwrap().1.to_owned(),
            route.path.target(&uri),
        ))
    }

    #[test]
    fn a_path_goes_to_its_service_under_the_services_own_name() {
        let goes =
            |method, target| find(method, target).map(|(port, path)| format!("{port}{path}"));
        for (method, target, expected) in [
            ("GET", "/orders", "1/orders"),
            ("GET", "/orders/7?page=1", "1/orders/7?page=1"),
            ("GET", "/orders/archive/7", "2/orders/archive/7"),
            ("GET", "/bookings", "3/cleaningReservations"),
            ("DELETE", "/bookings/1?x=%2F", "3/cleaningReservations/1?x=%2F"),
            ("POST", "/", "4/coupons"),
            ("POST", "/?a=b", "4/coupons?a=b"),
            ("GET", "/", "5/"),
        ] {
            assert_eq!(goes(method, target).as_deref(), Some(expected), "{method} {target}");
        }
        for target in ["/ordersX", "/order", "//orders", "/Orders", "/unknown"] {
            assert_eq!(goes("GET", target), None, "{target}");
        }
    }

    #[test]
    fn paths_that_a_service_could_read_as_others_are_recognized() {
        for path in [
            "/orders/../stocks",
            "/orders/.",
            "/orders/%2e%2E/stocks",
            "/a/.%2e",
            "/a\\..\\b",
            "/orders/1\\cancel",
        ] {
            assert!(is_ambiguous(path), "{path}");
        }
        for path in ["/orders", "/orders/...", "/orders/a.b", "/orders/..a"] {
            assert!(!is_ambiguous(path), "{path}");
        }
    }
}
