//! Why a source gives no requests.

use std::io;
use std::path::PathBuf;

use brunt_loadgen::AddressError;
use brunt_scenarios::Diagnostic;

use crate::sources::{ReferenceError, SourceTooLarge};

/// Why a line or an operand is no request.
#[derive(Debug, thiserror::Error)]
pub enum UrlError {
    /// A variable that neither the file nor the environment sets.
    #[error("the variable `{0}` has no value")]
    UnknownVariable(String),
    /// Variables that hold others again and again.
    #[error("with its variables filled in, the line is longer than 1 MiB")]
    LongLine,
    /// Lines that would take all memory.
    #[error(transparent)]
    TooLarge(#[from] SourceTooLarge),
    /// A word after the URL that is no method.
    #[error("`{0}` is not a value of a URL's method: write it like http://host/path POST a=1")]
    Method(String),
    /// An address that cannot be used.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// A body's file that cannot be read.
    #[error("{}: {error}", path.display())]
    Body {
        /// As it is written after the `<`.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        error: io::Error,
    },
}

/// Why an OpenAPI document or a HAR file gives no requests.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {problem}")]
pub struct SourceError {
    /// The document's file or URL.
    pub name: String,
    /// What is wrong with it.
    #[source]
    pub problem: SourceProblem,
}

/// What is wrong with a document.
#[derive(Debug, thiserror::Error)]
pub enum SourceProblem {
    /// A recording that is not JSON.
    #[error("this is no HAR file: {0}")]
    NotJson(#[source] serde_json::Error),
    /// JSON without `log.entries`.
    #[error("this is no HAR file: it has no log with entries")]
    NoEntries,
    /// Requests that would take all memory.
    #[error(transparent)]
    TooLarge(#[from] SourceTooLarge),
    /// A recording of pages' own data and sockets only.
    #[error("it holds no requests")]
    NoRequests,
    /// An entry that is no request; entries count from 1.
    #[error("entry {number}: {problem}")]
    Entry {
        /// From 1, in the file's order.
        number: usize,
        /// Why it cannot be sent.
        #[source]
        problem: RequestProblem,
    },
    /// A document that is neither.
    #[error("neither JSON nor YAML: {}", .0.message)]
    NotYaml(Box<Diagnostic>),
    /// A major version of OpenAPI that has other rules.
    #[error("OpenAPI {0} is not read; 3.x is")]
    Version(String),
    /// The format that came before OpenAPI 3.
    #[error("this is Swagger 2; convert it to OpenAPI 3 first")]
    Swagger,
    /// A document without the key `openapi`.
    #[error("this is no OpenAPI document: it has no `openapi: 3.…`")]
    NotOpenApi,
    /// Only operations that change something.
    #[error("it has no GET operation; --writes takes those that change something as well")]
    NoGetOperation,
    /// Paths without operations.
    #[error("it has no operation")]
    NoOperation,
    /// No server, or one that is relative to the document, and the document is a file.
    #[error("it does not say where the service is: give its URL as well")]
    NoServer,
    /// A server whose variables hold others again and again.
    #[error("with its variables filled in, the URL of a server is longer than 8 KiB")]
    LongServer,
    /// A server that cannot be used.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// A reference to another document that is not followed.
    #[error("`$ref: {reference}` is not followed: {problem}")]
    Reference {
        /// The other document, as it is written.
        reference: String,
        /// Why it is not read.
        #[source]
        problem: ReferenceError,
    },
    /// A path without operations.
    #[error("{path}: {problem}")]
    Path {
        /// As the document has it.
        path: String,
        /// Why it has none.
        #[source]
        problem: RequestProblem,
    },
    /// An operation that no request can be made of.
    #[error("{method} {path}: {problem}")]
    Operation {
        /// The operation's method, such as `GET`.
        method: &'static str,
        /// As the document has it, with its parameters in braces.
        path: String,
        /// Why it cannot be sent.
        #[source]
        problem: RequestProblem,
    },
}

/// Why an entry or an operation is no request.
#[derive(Debug, thiserror::Error)]
pub enum RequestProblem {
    /// An entry whose request has no URL.
    #[error("it has no URL")]
    NoUrl,
    /// A URL that cannot be used.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// A method that HTTP does not allow.
    #[error("`{0}` is no method")]
    Method(String),
    /// A parameter in a path that neither an example nor a schema gives a value.
    #[error("there is no value for `{0}`")]
    NoValue(String),
    /// A schema that requires itself, or of which a value would be endless in another way.
    #[error("a value of its schemas would be longer than 1 MiB; give it an example")]
    TooLarge,
    /// A schema that requires itself, and lets nothing end that.
    #[error("its schemas require themselves without an end; give it an example")]
    Endless,
    /// A reference within the document that leads nowhere, or to a document that could not be read.
    #[error("`$ref: {0}` leads nowhere")]
    Lost(String),
    /// Keywords that values were made up without.
    #[error("its values may not fit their schemas: not obeyed: {}", .0.join(", "))]
    Unsure(Vec<&'static str>),
    /// A media type whose syntax is not known.
    #[error("a body of {0} cannot be made up; give it an example")]
    Body(String),
}
