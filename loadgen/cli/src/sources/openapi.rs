//! `--openapi`: requests from the operations of an OpenAPI 3 document, with values from its
//! examples, defaults and schemas.

mod operation;
mod reference;
mod sample;

use brunt_loadgen::{Address, HttpRequest};
use brunt_scenarios::Source;
use serde_json::Value;

use crate::error::{RequestProblem, SourceError, SourceProblem};
use reference::resolve;

/// A document, and what is wanted of it.
pub(crate) struct OpenApiDocument<'a> {
    /// What errors call it: its file or URL.
    pub name: &'a str,
    /// Where the service is; the document's first server without.
    pub base: Option<&'a str>,
    /// Whether operations that change something are wanted as well.
    pub writes: bool,
    /// Headers of every request.
    pub headers: &'a [(String, String)],
}

impl OpenApiDocument<'_> {
    /// A request for each operation, in the document's order.
    pub fn requests(&self, text: &str) -> Result<Vec<HttpRequest>, SourceError> {
        let document = self.read(text)?;
        let (address, prefix) = self.place(&document)?;
        let mut requests = Vec::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            let item = resolve(&document, item);
            for &method in self.methods() {
                let Some(operation) = item.get(method.to_lowercase()) else { continue };
                let wrong = |problem| {
                    self.wrong(SourceProblem::Operation { method, path: path.clone(), problem })
                };
                let made = operation::request(&document, path, item, operation).map_err(wrong)?;
                requests.push(HttpRequest {
                    method: method
                        .parse()
                        .map_err(|_| wrong(RequestProblem::Method(method.to_owned())))?,
                    address: address.clone(),
                    path: format!("{prefix}{}", made.path),
                    headers: self.headers.iter().cloned().chain(made.headers).collect(),
                    body: made.body,
                });
            }
        }
        match requests.is_empty() {
            false => Ok(requests),
            true if self.writes => Err(self.wrong(SourceProblem::NoOperation)),
            true => Err(self.wrong(SourceProblem::NoGetOperation)),
        }
    }

    fn methods(&self) -> &'static [&'static str] {
        if self.writes { &["GET", "POST", "PUT", "PATCH", "DELETE"] } else { &["GET"] }
    }

    /// JSON is YAML as well, but its own reader is quicker and takes tabs.
    fn read(&self, text: &str) -> Result<Value, SourceError> {
        let document: Value = match serde_json::from_str(text) {
            Ok(document) => document,
            Err(_) => {
                let read = Source::new(self.name, text).parse();
                read.map_err(|problem| self.wrong(SourceProblem::NotYaml(problem)))?
            }
        };
        match document["openapi"].as_str() {
            Some(version) if version.starts_with("3.") => Ok(document),
            Some(version) => Err(self.wrong(SourceProblem::Version(version.to_owned()))),
            None if document.get("swagger").is_some() => Err(self.wrong(SourceProblem::Swagger)),
            None => Err(self.wrong(SourceProblem::NotOpenApi)),
        }
    }

    /// Where the service is, and what comes before its paths.
    fn place(&self, document: &Value) -> Result<(Address, String), SourceError> {
        let server = &document["servers"][0];
        let mut url = server["url"].as_str().unwrap_or("/").to_owned();
        for (name, variable) in server["variables"].as_object().into_iter().flatten() {
            url = url
                .replace(&format!("{{{name}}}"), variable["default"].as_str().unwrap_or_default());
        }
        let is_whole = url.contains("://");
        let from = self.name.contains("://").then_some(self.name);
        // A relative server is relative to where the document was fetched from.
        let url = match (self.base, from) {
            (Some(base), _) if base.contains("://") => base.to_owned(),
            (Some(base), _) => format!("http://{base}"),
            (None, _) if is_whole => url,
            (None, Some(from)) => {
                let (address, _) =
                    Address::split(from).map_err(|error| self.wrong(error.into()))?;
                format!("{}://{address}/{}", address.scheme, url.trim_start_matches('/'))
            }
            (None, None) => {
                return Err(self.wrong(SourceProblem::NoServer));
            }
        };
        let (address, prefix) = Address::split(&url).map_err(|error| self.wrong(error.into()))?;
        Ok((address, prefix.trim_end_matches('/').to_owned()))
    }

    fn wrong(&self, problem: SourceProblem) -> SourceError {
        SourceError { name: self.name.to_owned(), problem }
    }
}

#[cfg(test)]
mod tests;
