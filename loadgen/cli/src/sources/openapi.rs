//! `--openapi`: requests from the operations of an OpenAPI 3 document, with values from its
//! examples, defaults and schemas.

mod bundle;
mod number;
mod operation;
mod parameter;
mod parsed;
mod place;
mod reference;
mod sample;
mod schema;
mod server;
mod text;

use brunt_loadgen::HttpRequest;
use serde_json::Value;

use super::budget::SourceBudget;
use crate::error::{RequestProblem, SourceError, SourceProblem};
pub(crate) use bundle::ReadOther;
use parsed::parsed;
pub(crate) use place::DocumentPlace;
pub use place::ReferenceError;
use reference::{WholeDocument, resolve};
use server::ServerChoice;

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
    /// Reads the documents that this one refers to.
    pub others: &'a ReadOther<'a>,
}

/// The requests of a document.
#[derive(Debug, Default)]
pub(crate) struct OpenApiRequests {
    pub requests: Vec<HttpRequest>,
    /// Why operations were passed over of which no request can be made, each with its name.
    pub passed_over: Vec<SourceProblem>,
    /// Operations whose values may not fit their schemas, each with what is not obeyed.
    pub unsure: Vec<SourceProblem>,
    /// References to other documents that are not followed.
    pub missing: Vec<SourceProblem>,
}

impl OpenApiDocument<'_> {
    /// A request for each operation, in the document's order. Operations of which none can be made
    /// are passed over, unless they are all.
    pub fn requests(&self, text: &str) -> Result<OpenApiRequests, SourceError> {
        let document = self.read(text)?;
        let place = DocumentPlace::named(self.name);
        let (document, missing) = bundle::bundled(document, place, self.others);
        let document = WholeDocument::new(document);
        let mut found = OpenApiRequests { missing, ..OpenApiRequests::default() };
        let mut budget = SourceBudget::new();
        for (path, item) in document.root["paths"].as_object().into_iter().flatten() {
            let item = resolve(&document, item);
            if let Some(reference) = document.take_lost() {
                let problem = RequestProblem::Lost(reference);
                found.passed_over.push(SourceProblem::Path { path: path.clone(), problem });
                continue;
            }
            for &method in self.methods() {
                let Some(operation) = item.get(method.to_lowercase()) else { continue };
                match self.request(&document, (method, path), item, operation) {
                    Ok((request, unsure)) => {
                        found.unsure.extend(unsure);
                        budget.take(&request).map_err(|error| self.wrong(error.into()))?;
                        found.requests.push(request);
                    }
                    // The same for all operations, and only the user can say it.
                    Err(problem @ SourceProblem::NoServer) => return Err(self.wrong(problem)),
                    Err(problem) => found.passed_over.push(problem),
                }
            }
        }
        match (found.requests.is_empty(), found.passed_over.is_empty()) {
            (false, _) => Ok(found),
            (true, false) => Err(self.wrong(found.passed_over.swap_remove(0))),
            (true, true) if self.writes => Err(self.wrong(SourceProblem::NoOperation)),
            (true, true) => Err(self.wrong(SourceProblem::NoGetOperation)),
        }
    }

    fn request(
        &self,
        document: &WholeDocument,
        (method, path): (&'static str, &str),
        item: &Value,
        operation: &Value,
    ) -> Result<(HttpRequest, Option<SourceProblem>), SourceProblem> {
        let wrong = |problem| SourceProblem::Operation { method, path: path.to_owned(), problem };
        let server = ServerChoice { base: self.base, document: self.name };
        let (address, prefix) = server.of(document, item, operation)?;
        let made = operation::request(document, path, item, operation).map_err(wrong)?;
        let unsure = (!made.unsure.is_empty()).then(|| wrong(RequestProblem::Unsure(made.unsure)));
        let request = HttpRequest {
            method: method.parse().map_err(|_| wrong(RequestProblem::Method(method.to_owned())))?,
            address,
            path: format!("{prefix}{}", made.path),
            headers: self.headers.iter().cloned().chain(made.headers).collect(),
            body: made.body,
        };
        Ok((request, unsure))
    }

    fn methods(&self) -> &'static [&'static str] {
        if self.writes { &["GET", "POST", "PUT", "PATCH", "DELETE"] } else { &["GET"] }
    }

    fn read(&self, text: &str) -> Result<Value, SourceError> {
        let document = parsed(self.name, text);
        let document = document.map_err(|problem| self.wrong(SourceProblem::NotYaml(problem)))?;
        match document["openapi"].as_str() {
            Some(version) if version.starts_with("3.") => Ok(document),
            Some(version) => Err(self.wrong(SourceProblem::Version(version.to_owned()))),
            None if document.get("swagger").is_some() => Err(self.wrong(SourceProblem::Swagger)),
            None => Err(self.wrong(SourceProblem::NotOpenApi)),
        }
    }

    fn wrong(&self, problem: SourceProblem) -> SourceError {
        SourceError { name: self.name.to_owned(), problem }
    }
}

#[cfg(test)]
mod tests;
