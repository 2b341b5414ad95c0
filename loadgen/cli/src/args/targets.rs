//! Where requests come from: a URL, a file of them, a .proto file, an OpenAPI document, a
//! recording.

use std::path::{Path, PathBuf};
use std::time::Duration;

use brunt_loadgen::{Address, HttpRequest, Transport};

use super::table::Flag;
use super::values;
use super::written::WrittenOptions;
use crate::error::LoadCliError;
use crate::fetch;
use crate::sources::{
    DocumentPlace, GrpcCalls, HarFile, HarRequests, OpenApiDocument, ReferenceError, UrlList,
    read_text,
};

/// How long a reply may take unless `--timeout` is given; siege's own default.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// Requests, and the pauses between them if they are those of a recording.
#[derive(Default)]
pub(crate) struct TargetRequests {
    pub requests: Vec<HttpRequest>,
    pub pauses: Vec<Duration>,
    pub logins: Vec<HttpRequest>,
    /// What of the source is not in the requests, for the user to know.
    pub notes: Vec<String>,
}

/// Options that say where requests come from; one at most.
const SOURCES: [(Flag, &str); 4] = [
    (Flag::File, "--file"),
    (Flag::Grpc, "--grpc"),
    (Flag::OpenApi, "--openapi"),
    (Flag::Har, "--har"),
];

impl WrittenOptions {
    /// The requests of the one source that was given, of a URL or of a file of them.
    pub fn targets(&self) -> Result<TargetRequests, LoadCliError> {
        if let Some(second) = self.flags.operands.get(1) {
            return Err(LoadCliError::ManyUrls(second.clone()));
        }
        let mut sources = SOURCES.iter().filter(|(flag, _)| self.flags.has(*flag));
        if let (Some((_, one)), Some((_, other))) = (sources.next(), sources.next()) {
            return Err(LoadCliError::TwoSources(one, other));
        }
        self.check_needed_options()?;
        let headers = self.headers()?;
        let url = self.flags.operands.first().map(String::as_str);
        let mut targets = self.of_source(url, &headers)?;
        targets.logins = self.logins(&headers)?;
        // Whatever the source, `--unix-socket` says where its requests go.
        self.place(&mut targets.requests);
        self.place(&mut targets.logins);
        if targets.requests.is_empty() { Err(LoadCliError::NoUrl) } else { Ok(targets) }
    }

    /// The requests of the source alone.
    fn of_source(
        &self,
        url: Option<&str>,
        headers: &[(String, String)],
    ) -> Result<TargetRequests, LoadCliError> {
        let value = |flag| self.flags.value(flag);
        // At most one of these is given, so the order of the arms decides nothing.
        match (value(Flag::Grpc), value(Flag::OpenApi), value(Flag::Har)) {
            (Some(method), ..) => {
                let requests = self.grpc(method, url, headers)?;
                Ok(TargetRequests { requests, ..TargetRequests::default() })
            }
            (_, Some(document), _) => {
                let (name, text) = self.read(document)?;
                self.openapi(&name, &text, url, headers)
            }
            (.., Some(name)) => self.recorded(name, url, headers),
            _ => {
                let requests = self.urls(url, headers)?;
                Ok(TargetRequests { requests, ..TargetRequests::default() })
            }
        }
    }

    fn recorded(
        &self,
        name: &str,
        base: Option<&str>,
        headers: &[(String, String)],
    ) -> Result<TargetRequests, LoadCliError> {
        let recorded = HarFile { name, base, headers }.requests(&read_text(name)?)?;
        let notes = left_out(name, &recorded);
        // Without pauses, requests are a list like any other, and any user makes any of them.
        let pauses = if self.flags.has(Flag::Pauses) { recorded.pauses } else { Vec::new() };
        Ok(TargetRequests {
            notes,
            requests: recorded.requests,
            pauses,
            ..TargetRequests::default()
        })
    }

    /// Options that mean nothing without another one.
    fn check_needed_options(&self) -> Result<(), LoadCliError> {
        let pairs = [
            (Flag::Proto, "--proto", Flag::Grpc, "--grpc"),
            (Flag::ProtoPath, "--proto-path", Flag::Proto, "--proto"),
            (Flag::Data, "--data", Flag::Grpc, "--grpc"),
            (Flag::Writes, "--writes", Flag::OpenApi, "--openapi"),
            (Flag::Pauses, "--pauses", Flag::Har, "--har"),
        ];
        // Closed users send when a reply is there: there is no schedule to wait for. A search makes
        // one.
        if self.flags.has(Flag::Spin)
            && !self.flags.has(Flag::Rate)
            && !self.flags.has(Flag::FindMax)
        {
            return Err(LoadCliError::NeedsOption { option: "--spin", needs: "--rate" });
        }
        let alone = pairs
            .iter()
            .find(|(flag, _, needed, _)| self.flags.has(*flag) && !self.flags.has(*needed));
        alone.map_or(Ok(()), |(_, flag, _, needed)| {
            Err(LoadCliError::NeedsOption { option: flag, needs: needed })
        })
    }

    /// The `login-url`s of the settings file: each user sends one of them before
    /// all other requests.
    fn logins(&self, headers: &[(String, String)]) -> Result<Vec<HttpRequest>, LoadCliError> {
        // With these, each arrival is a new user, who would have to log in for each request.
        let newcomers = [Flag::Rate, Flag::FindMax, Flag::Grpc, Flag::Pauses];
        if !self.rc.logins.is_empty() && newcomers.into_iter().any(|flag| self.flags.has(flag)) {
            return Err(LoadCliError::LoginWithoutUsers);
        }
        let urls = self.reader("login-url", headers);
        self.rc.logins.iter().map(|login| Ok(urls.request(login)?)).collect()
    }

    fn reader<'a>(&'a self, place: &'a str, headers: &'a [(String, String)]) -> UrlList<'a> {
        UrlList {
            place,
            headers,
            content_type: self
                .flags
                .value(Flag::ContentType)
                .unwrap_or("application/x-www-form-urlencoded"),
            read: &|path: &Path| std::fs::read(path),
            environment: &|name: &str| std::env::var(name).ok(),
        }
    }

    fn urls(
        &self,
        url: Option<&str>,
        headers: &[(String, String)],
    ) -> Result<Vec<HttpRequest>, LoadCliError> {
        let file = self.value(Flag::File, "file");
        let urls = self.reader(file.unwrap_or_default(), headers);
        // A URL of the command line comes before a file of the settings, and an option's file
        // before a URL of the settings.
        match (url, self.flags.value(Flag::File), file, self.rc.value("url")) {
            (Some(url), ..) => Ok(vec![urls.request(url)?]),
            (None, Some(file), ..) => urls.parse(&read_text(file)?),
            (None, None, _, Some(url)) => Ok(vec![urls.request(url)?]),
            (None, None, Some(file), None) => urls.parse(&read_text(file)?),
            (None, None, None, None) => Ok(Vec::new()),
        }
    }

    fn grpc(
        &self,
        method: &str,
        url: Option<&str>,
        headers: &[(String, String)],
    ) -> Result<Vec<HttpRequest>, LoadCliError> {
        let url = url.ok_or(LoadCliError::NoUrl)?;
        let url = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        let (mut address, path) = Address::split(&url)?;
        // The method is the path of a call, so a path in the URL would be lost without a word.
        if !path.trim_matches('/').is_empty() {
            return Err(values::invalid("a gRPC server's URL", &url, "http://localhost:50051"));
        }
        address.unix = self.flags.value(Flag::UnixSocket).map(PathBuf::from);
        let messages = match self.flags.value(Flag::Data) {
            Some(data) => match data.strip_prefix('@') {
                Some(file) => read_text(file)?,
                None => data.to_owned(),
            },
            None => String::new(),
        };
        let call = GrpcCalls {
            method,
            address,
            proto: self.flags.value(Flag::Proto).map(Path::new),
            includes: self.flags.values(Flag::ProtoPath).map(PathBuf::from).collect(),
            messages: &messages,
            headers,
            timeout: self.timeout()?.unwrap_or(TIMEOUT),
        };
        Ok(call.requests(&self.transport()?)?)
    }

    fn openapi(
        &self,
        name: &str,
        text: &str,
        base: Option<&str>,
        headers: &[(String, String)],
    ) -> Result<TargetRequests, LoadCliError> {
        let (transport, timeout) = (self.transport()?, self.timeout()?.unwrap_or(TIMEOUT));
        let folder = folder_of(name);
        let others = |place: &DocumentPlace| other_document(place, &folder, &transport, timeout);
        let writes = self.flags.has(Flag::Writes);
        let document = OpenApiDocument { name, base, writes, headers, others: &others };
        let found = document.requests(text)?;
        let missing = found.missing.iter().map(|why| format!("{name}: {why}"));
        let passed_over = found.passed_over.iter();
        let passed_over = passed_over.map(|why| format!("{name}: passed over: {why}"));
        let unsure = found.unsure.iter().map(|why| format!("{name}: {why}"));
        Ok(TargetRequests {
            requests: found.requests,
            notes: missing.chain(passed_over).chain(unsure).collect(),
            ..TargetRequests::default()
        })
    }

    /// A file's text, or what a URL answers; with the name of the file, or the URL
    /// that answered after redirects.
    fn read(&self, place: &str) -> Result<(String, String), LoadCliError> {
        if !place.contains("://") {
            return Ok((place.to_owned(), read_text(place)?));
        }
        let timeout = self.timeout()?.unwrap_or(TIMEOUT);
        Ok(fetch::get(place, &self.transport()?, timeout)?)
    }
}

/// The folder in which documents may be that one refers to: the working folder if the document is
/// in it, and otherwise its own.
fn folder_of(document: &str) -> PathBuf {
    let document = Path::new(document).canonicalize().unwrap_or_default();
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    match here {
        Ok(here) if document.starts_with(&here) => here,
        _ => document.parent().map(Path::to_owned).unwrap_or_default(),
    }
}

/// A document that another refers to.
fn other_document(
    place: &DocumentPlace,
    folder: &Path,
    transport: &Transport,
    timeout: Duration,
) -> Result<String, ReferenceError> {
    match place {
        DocumentPlace::Url(url) => {
            let (from, text) = fetch::get(url.as_str(), transport, timeout)
                .map_err(|error| ReferenceError::Unreadable(error.to_string()))?;
            // A redirect must not lead to where the reference itself could not.
            match DocumentPlace::named(&from) {
                Some(DocumentPlace::Url(to)) if to.origin() == url.origin() => Ok(text),
                _ => Err(ReferenceError::OtherServer(url.origin().ascii_serialization())),
            }
        }
        DocumentPlace::File(path) if !path.starts_with(folder) => {
            Err(ReferenceError::Outside(folder.to_owned()))
        }
        DocumentPlace::File(path) if !path.is_file() => {
            Err(ReferenceError::Unreadable("it is no regular file".to_owned()))
        }
        DocumentPlace::File(path) => read_text(&path.to_string_lossy())
            .map_err(|error| ReferenceError::Unreadable(error.to_string())),
    }
}

/// What a recording has beside the requests that are sent, and what is not sent as it was.
fn left_out(name: &str, recorded: &HarRequests) -> Vec<String> {
    let kinds = [
        (recorded.not_http, "that are no requests of HTTP"),
        (recorded.of_others, "to other servers"),
    ];
    let said = kinds.iter().filter(|(count, _)| *count > 0);
    let said: Vec<String> = said.map(|(count, kind)| format!("{count} {kind}")).collect();
    let passed_over =
        (!said.is_empty()).then(|| format!("{name}: entries passed over: {}", said.join(", ")));
    let not_base64 = (recorded.not_base64 > 0).then(|| {
        format!(
            "{name}: bodies that are said to be in base64 and are not, sent as they stand there: {}",
            recorded.not_base64
        )
    });
    passed_over.into_iter().chain(not_base64).collect()
}
