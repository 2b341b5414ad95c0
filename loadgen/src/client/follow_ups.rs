//! What a reply leads to: a redirect, cookies to keep, a page's resources.

use brunt_scenarios::timeline::Failure;

use super::page::{PageResources, resources};
use super::server_connection::ServerConnection;
use crate::job::ReplyVerdict;
use crate::protocol::{ReplyContent, ReplySummary};
use crate::transport::Transport;

/// What a reply leads to, as far as the transport's settings ask for it.
#[derive(Debug, Default)]
pub(super) struct FollowUps {
    pub status: u16,
    /// The redirect's `Location`.
    pub location: Option<String>,
    /// The values of `Set-Cookie`.
    pub cookies: Vec<String>,
    /// The resources of an HTML page.
    pub resources: PageResources,
}

impl FollowUps {
    /// Reads them from a connection's last reply.
    pub fn of(reply: &ReplySummary, connection: &ServerConnection, transport: &Transport) -> Self {
        let redirects = transport.follow && (300..400).contains(&reply.status);
        let keeps = transport.cookies && reply.sets_cookies;
        // Most replies lead to nothing. They are not parsed, so they cost nothing here.
        if !(redirects || keeps || transport.parse) {
            return Self::default();
        }
        let whole = ReplyContent::new(reply.status, connection.head(), connection.body());
        let location = whole.header("location").filter(|_| redirects);
        let cookies = whole.all("set-cookie").filter(|_| keeps);
        Self {
            status: reply.status,
            location: location.map(str::to_owned),
            cookies: cookies.map(str::to_owned).collect(),
            resources: if transport.parse {
                resources_of(&whole)
            } else {
                PageResources::default()
            },
        }
    }

    /// The verdict on the last reply of a row of redirects, which fails if it is one more.
    pub fn too_many(&self, verdict: ReplyVerdict) -> ReplyVerdict {
        match self.location {
            Some(_) => ReplyVerdict {
                failure: Some(Failure::Status(self.status)),
                cause: Some("more than ten redirects"),
                ..verdict
            },
            None => verdict,
        }
    }
}

fn resources_of(reply: &ReplyContent) -> PageResources {
    let is_page =
        reply.header("content-type").is_some_and(|kind| kind.trim().starts_with("text/html"));
    let page = reply.text().filter(|_| is_page && reply.status < 300);
    page.map(resources).unwrap_or_default()
}
