//! Targets as siege writes them: a URL, maybe a method and a body; a file of them, with variables
//! and comments.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use brunt_loadgen::{Address, HttpRequest, without_user_info};

use super::budget::SourceBudget;
use crate::error::{LoadCliError, UrlError};

/// Reads the lines of a urls.txt. `place` names it in errors; bodies and variables are looked up
/// by the functions.
pub struct UrlList<'a> {
    /// What errors call the text.
    pub place: &'a str,
    /// Headers of every request.
    pub headers: &'a [(String, String)],
    /// The content type of bodies.
    pub content_type: &'a str,
    /// Reads the file of a body.
    pub read: &'a dyn Fn(&Path) -> std::io::Result<Vec<u8>>,
    /// Values of variables that the text does not set.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
}

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// The longest line once its variables are filled in, in bytes.
const LONGEST_LINE: usize = 1024 * 1024;

impl UrlList<'_> {
    /// All requests of a text.
    ///
    /// # Errors
    /// [`LoadCliError`] with the line that is none, or the file that cannot be read.
    pub fn parse(&self, text: &str) -> Result<Vec<HttpRequest>, LoadCliError> {
        let mut variables = HashMap::new();
        let (mut requests, mut budget) = (Vec::new(), SourceBudget::new());
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            let place = || format!("{}:{}", self.place, number + 1);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |error| LoadCliError::Line { place: place(), error };
            if let Some((name, value)) = assignment(line) {
                let value = self.filled(value, &variables).map_err(wrong)?;
                budget.take_bytes(value.len()).map_err(|error| wrong(error.into()))?;
                variables.insert(name.to_owned(), value);
                continue;
            }
            let line = self.filled(line, &variables).map_err(wrong)?;
            let request = self.request(&line).map_err(|error| match error {
                // The line is right; the file that it names is missing.
                error @ UrlError::Body { .. } => LoadCliError::Url(error),
                error => wrong(error),
            });
            let request = request?;
            budget.take(&request).map_err(|error| wrong(error.into()))?;
            requests.push(request);
        }
        Ok(requests)
    }

    /// One target: `URL`, `URL METHOD`, `URL METHOD body`, `URL METHOD <file`.
    ///
    /// # Errors
    /// [`UrlError`] when it is no request, or the file of its body cannot be read.
    pub fn request(&self, target: &str) -> Result<HttpRequest, UrlError> {
        let (url, rest) =
            target.trim().split_once(char::is_whitespace).unwrap_or((target.trim(), ""));
        let (method, body) =
            rest.trim().split_once(char::is_whitespace).unwrap_or((rest.trim(), ""));
        let method = if method.is_empty() { "GET" } else { method };
        if !METHODS.contains(&method) {
            return Err(UrlError::Method(method.to_owned()));
        }
        // Siege takes addresses without a scheme as http.
        let full = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        let (full, credentials) = without_user_info(&full);
        let (address, path) = Address::split(&full)?;
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let body = self.body(body.trim())?;
        let mut headers = self.headers.to_vec();
        let typed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if !body.is_empty() && !typed {
            headers.push(("Content-Type".to_owned(), self.content_type.to_owned()));
        }
        // Options win over the URL, as with curl.
        let authorized = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        let credentials = credentials.filter(|_| !authorized);
        headers.extend(credentials.map(|value| ("Authorization".to_owned(), value)));
        Ok(HttpRequest {
            // One of the list, so it parses.
            method: method.parse().map_err(|_| UrlError::Method(method.to_owned()))?,
            address,
            path,
            headers,
            body,
        })
    }

    fn body(&self, written: &str) -> Result<Vec<u8>, UrlError> {
        let Some(file) = written.strip_prefix('<') else {
            return Ok(written.as_bytes().to_vec());
        };
        let path = PathBuf::from(file.trim());
        (self.read)(&path).map_err(|error| UrlError::Body { path, error })
    }

    /// Puts values in the place of `$(NAME)` and `${NAME}`.
    fn filled(&self, text: &str, variables: &HashMap<String, String>) -> Result<String, UrlError> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("$(").into_iter().chain(rest.find("${")).min() {
            let close = if rest[start..].starts_with("$(") { ')' } else { '}' };
            // Without its end it is no variable: URLs may hold such letters.
            let Some(length) = rest[start..].find(close) else { break };
            let name = &rest[start + 2..start + length];
            let known = variables.get(name).cloned().or_else(|| (self.environment)(name));
            filled.push_str(&rest[..start]);
            filled.push_str(&known.ok_or_else(|| UrlError::UnknownVariable(name.to_owned()))?);
            // Each variable may hold the one before it twice, so that thirty lines make gigabytes.
            if filled.len() > LONGEST_LINE {
                return Err(UrlError::LongLine);
            }
            rest = &rest[start + length + 1..];
        }
        Ok(filled + rest)
    }
}

/// `NAME=value`, unless it is a URL with an equals sign in it.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim_end();
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-');
    is_name.then(|| (name, value.trim()))
}

#[cfg(test)]
mod tests;
