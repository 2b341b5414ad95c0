//! Where requests go: services of a system, or URLs.

use indexmap::IndexMap;

use super::checker::Checker;
use crate::plan::{Program, RequestTarget, Service};
use crate::source::Located;

/// Where requests can go.
#[derive(Debug, Clone, Copy)]
pub(super) enum Targets<'a> {
    /// To services, written `service/path`.
    Services(&'a IndexMap<String, Service>),
    /// To URLs; those that start with a slash are below the base.
    Urls {
        /// Such as `http://localhost:8080`.
        base: Option<&'a str>,
    },
}

impl Checker<'_> {
    pub(super) fn target_among(
        &mut self,
        written: &Located<String>,
        targets: Targets<'_>,
    ) -> Option<RequestTarget> {
        match targets {
            Targets::Services(services) => self.target(written, services),
            Targets::Urls { base } => self.url(written, base),
        }
    }

    pub(in crate::plan) fn target(
        &mut self,
        written: &Located<String>,
        services: &IndexMap<String, Service>,
    ) -> Option<RequestTarget> {
        let (service, path) = written.split_once('/').unwrap_or((written.as_str(), ""));
        let name = Located { value: service.to_owned(), span: written.span };
        if !self.known_service(&name, services) {
            return None;
        }
        if let Program::Running { url } = &services[&name.value].program
            && !url.is_http()
        {
            let what = format!("`{name}` is at {url}, and requests are made of HTTP and gRPC");
            self.wrong(written.span, what).help =
                Some("send them to a service that calls it".to_owned());
        }
        Some(RequestTarget { service: name.value, path: format!("/{path}") })
    }

    /// The base of a load file, if it is one.
    pub(super) fn base<'b>(&mut self, written: Option<&'b Located<String>>) -> Option<&'b str> {
        let written = written?;
        self.url(written, None)?;
        // What is put behind it begins with a slash.
        Some(written.trim_end_matches('/'))
    }

    fn url(&mut self, written: &Located<String>, base: Option<&str>) -> Option<RequestTarget> {
        let whole = match base {
            Some(base) if written.starts_with('/') => format!("{base}{written}"),
            _ => written.value.clone(),
        };
        let target = split(&whole);
        if target.is_none() {
            let example = match written.starts_with('/') {
                true => "add `base: http://localhost:8080` to the file, or write the whole URL",
                false => "write it like http://localhost:8080/orders",
            };
            self.wrong(written.span, format!("`{written}` is not a URL")).help =
                Some(example.to_owned());
        }
        target
    }
}

/// A URL's scheme and authority, and its path. Only the path may have places to fill in: where a
/// load goes is fixed.
fn split(url: &str) -> Option<RequestTarget> {
    let (scheme, rest) = url.split_once("://")?;
    // A fragment is for the reader of the reply, and is never sent (RFC 3986, 3.5).
    let rest = rest.split('#').next().unwrap_or_default();
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let known = ["http", "https"].contains(&scheme);
    let fixed = !authority.is_empty() && !authority.contains(['$', '{', '}', ' ']);
    let slash = if path.starts_with('/') { "" } else { "/" };
    let target = RequestTarget {
        service: format!("{scheme}://{authority}"),
        path: format!("{slash}{path}"),
    };
    (known && fixed).then_some(target)
}
