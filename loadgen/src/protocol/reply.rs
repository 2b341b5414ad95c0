//! What all protocols say of a reply.

/// What was asked, as far as it decides where the reply ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyTo {
    /// `HEAD`: a reply has no body, whatever its headers say.
    Head,
    /// Any other method.
    Other,
}

/// What to keep of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Nothing: bytes of the body are counted and dropped.
    Length,
    /// The body, up to this many bytes.
    Body(usize),
    /// The head, and the body up to this many bytes.
    Whole(usize),
}

/// Whether connections serve more than one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reuse {
    /// They are kept alive.
    Yes,
    /// They are closed after each reply.
    No,
}

/// A reply that has come as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplySummary {
    /// The status of HTTP, 200 to 999.
    pub status: u16,
    /// The length of its body, in bytes as transferred, without framing.
    pub length: u64,
    /// Whether its connection can serve another request.
    pub reuse: Reuse,
    /// Whether it has a `Set-Cookie` header, so that only such replies are parsed for cookies.
    pub sets_cookies: bool,
}

impl ReplyTo {
    /// For a request with this method.
    pub fn method(method: &http::Method) -> Self {
        if method == http::Method::HEAD { Self::Head } else { Self::Other }
    }
}
