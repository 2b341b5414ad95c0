//! What a reply asks of who reads it: to go on elsewhere, to keep cookies, to ask for what a page
//! shows.

use super::page::resources;
use super::server_connection::ServerConnection;
use crate::protocol::{ReplyContent, ReplySummary};
use crate::transport::Transport;

/// What a reply asks for, as far as the load heeds it.
#[derive(Debug, Default)]
pub(super) struct FollowUps {
    pub status: u16,
    /// Where it redirects to.
    pub location: Option<String>,
    /// Cookies to keep, as they came.
    pub cookies: Vec<String>,
    /// What it shows beside itself, if it is a page; relative to it.
    pub resources: Vec<String>,
}

impl FollowUps {
    /// What the last reply of a link asks for.
    pub fn of(reply: &ReplySummary, connection: &ServerConnection, transport: &Transport) -> Self {
        let redirects = transport.follow && (300..400).contains(&reply.status);
        let keeps = transport.cookies && reply.sets_cookies;
        // Most replies ask for nothing, and cost nothing here.
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
            resources: if transport.parse { resources_of(&whole) } else { Vec::new() },
        }
    }
}

fn resources_of(reply: &ReplyContent) -> Vec<String> {
    let is_page =
        reply.header("content-type").is_some_and(|kind| kind.trim().starts_with("text/html"));
    let page = reply.text().filter(|_| is_page && reply.status < 300);
    page.map(resources).unwrap_or_default()
}
