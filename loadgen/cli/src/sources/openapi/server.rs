//! Where an operation's service is.

use brunt_loadgen::Address;
use serde_json::Value;
use url::Url;

use super::reference::WholeDocument;
use crate::error::SourceProblem;

/// The longest URL of a server once its variables are filled in, in bytes.
const LONGEST: usize = 8 * 1024;

/// Where servers are looked for when a document does not say enough.
pub(super) struct ServerChoice<'a> {
    /// The URL that the user gave, which wins over those of the document.
    pub base: Option<&'a str>,
    /// Where the document was read from; relative servers are relative to it if it is a URL.
    pub document: &'a str,
}

impl ServerChoice<'_> {
    /// The address, and what comes before paths, for an operation: its own servers come before
    /// those of its path, and these before the document's.
    pub fn of(
        &self,
        document: &WholeDocument,
        item: &Value,
        operation: &Value,
    ) -> Result<(Address, String), SourceProblem> {
        let own = [operation, item, &document.root].into_iter().map(|one| &one["servers"][0]);
        let server = own.into_iter().find(|server| !server.is_null()).unwrap_or(&Value::Null);
        let url = match self.base {
            Some(base) if base.contains("://") => base.to_owned(),
            Some(base) => format!("http://{base}"),
            None => self.absolute(&filled(server)?)?,
        };
        let (address, prefix) = Address::split(&url)?;
        Ok((address, prefix.trim_end_matches('/').to_owned()))
    }

    /// A relative server is relative to where the document was fetched from.
    fn absolute(&self, url: &str) -> Result<String, SourceProblem> {
        if url.contains("://") {
            return Ok(url.to_owned());
        }
        let from = Url::parse(self.document).ok().filter(|_| self.document.contains("://"));
        let joined = from.and_then(|from| from.join(url).ok());
        joined.map(|url| url.to_string()).ok_or(SourceProblem::NoServer)
    }
}

/// A server's URL with the defaults of its variables.
fn filled(server: &Value) -> Result<String, SourceProblem> {
    let mut url = server["url"].as_str().unwrap_or("/").to_owned();
    for (name, variable) in server["variables"].as_object().into_iter().flatten() {
        url = url.replace(&format!("{{{name}}}"), variable["default"].as_str().unwrap_or_default());
        // Each variable may hold the next one twice, so that thirty of them make gigabytes.
        if url.len() > LONGEST {
            return Err(SourceProblem::LongServer);
        }
    }
    Ok(url)
}
