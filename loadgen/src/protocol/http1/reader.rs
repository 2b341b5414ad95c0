//! Parses replies out of bytes, without IO.

use super::framing;

use super::chunked::ChunkedDecoder;
use super::error::{LONGEST_HEAD, MOST_HEADERS, MOST_INTERIM, MalformedReply, PrematureClose};
use super::framing::{BodyFraming, ReplyHead};
use super::head_cache::HeadCache;
use crate::protocol::reply::{Keep, ReplySummary, ReplyTo};

/// The most memory that a buffer keeps until the next reply, in bytes. More is given back, so that
/// one long reply on each of many connections does not stay in memory.
const SPARE: usize = 64 * 1024;

/// How much of a reply has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadProgress {
    /// All bytes were used; more are needed.
    More,
    /// The reply is whole.
    Done {
        /// How many of the given bytes belonged to it.
        used: usize,
        /// Its status, length, and whether the connection lasts.
        reply: ReplySummary,
    },
}

/// Reads one reply after another. Pure: it has no clock and no network.
#[derive(Debug)]
pub struct ReplyReader {
    to: ReplyTo,
    keep: Keep,
    state: ReaderState,
    cache: HeadCache,
    /// The beginning of a head whose end has not come yet.
    partial: Vec<u8>,
    head: Vec<u8>,
    body: Vec<u8>,
    length: u64,
    interim: u32,
}

#[derive(Debug, Clone, Copy)]
enum ReaderState {
    Head,
    Length(ReplyHead, u64),
    Chunks(ReplyHead, ChunkedDecoder),
    UntilClose(ReplyHead),
}

impl ReplyReader {
    /// A reader that keeps this much of each reply.
    pub fn new(keep: Keep) -> Self {
        Self {
            to: ReplyTo::Other,
            keep,
            state: ReaderState::Head,
            cache: HeadCache::new(),
            partial: Vec::new(),
            head: Vec::new(),
            body: Vec::new(),
            length: 0,
            interim: 0,
        }
    }

    /// Prepares for the reply to the next request; call it before each.
    pub fn begin(&mut self, to: ReplyTo) {
        self.to = to;
        self.state = ReaderState::Head;
        for buffer in [&mut self.partial, &mut self.head, &mut self.body] {
            buffer.clear();
            buffer.shrink_to(SPARE);
        }
        self.length = 0;
        self.interim = 0;
    }

    /// The head, from the status line to the empty line, if it was to be kept.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The part of the body that was kept.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Reads further bytes of the reply.
    ///
    /// # Errors
    /// [`MalformedReply`] when this is not HTTP/1; the connection cannot be used again.
    pub fn feed(&mut self, input: &[u8]) -> Result<ReadProgress, MalformedReply> {
        let mut used = 0;
        loop {
            let rest = &input[used..];
            match self.state {
                ReaderState::Head => match self.feed_head(rest)? {
                    None => return Ok(ReadProgress::More),
                    Some((of_head, head)) => {
                        used += of_head;
                        self.begin_body(head)?;
                    }
                },
                ReaderState::Length(head, left) => {
                    let here = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                    self.take(&rest[..here]);
                    used += here;
                    self.state = ReaderState::Length(head, left - here as u64);
                    return Ok(self.progress(head, used, left == here as u64));
                }
                ReaderState::Chunks(head, mut chunks) => {
                    let (here, done) = chunks.feed(rest, |data| self.take(data))?;
                    used += here;
                    self.state = ReaderState::Chunks(head, chunks);
                    return Ok(self.progress(head, used, done));
                }
                ReaderState::UntilClose(_) => {
                    self.take(rest);
                    return Ok(ReadProgress::More);
                }
            }
        }
    }

    /// Ends the reply, as the connection was closed.
    ///
    /// # Errors
    /// [`PrematureClose`] unless closing is how the reply announced its end.
    pub fn close(&mut self) -> Result<ReplySummary, PrematureClose> {
        match self.state {
            ReaderState::UntilClose(head) => Ok(self.reply(head)),
            ReaderState::Head if self.partial.is_empty() && self.interim == 0 => {
                Err(PrematureClose::Unanswered)
            }
            _ => Err(PrematureClose::Midway),
        }
    }

    /// The head, once it is whole, and how many of the given bytes belong to it.
    fn feed_head(&mut self, input: &[u8]) -> Result<Option<(usize, ReplyHead)>, MalformedReply> {
        if self.partial.is_empty() {
            let recalled = self.cache.get(input, self.to);
            let parsed = if recalled.is_some() { recalled } else { parse(input, self.to)? };
            match parsed {
                None => self.partial.extend_from_slice(input),
                Some((length, head)) if recalled.is_none() => {
                    self.cache.store(&input[..length], self.to, head);
                }
                Some(_) => {}
            }
            self.keep_head(parsed.map_or(&[], |(length, _)| &input[..length]));
            return self.bounded(parsed);
        }
        let before = self.partial.len();
        // The empty line may begin in bytes that came before, hence the overlap. Parsing only when
        // one is in sight keeps a head that trickles in from costing the square of its length.
        let overlap = before.saturating_sub(3);
        self.partial.extend_from_slice(input);
        if !has_end(&self.partial[overlap..]) {
            return self.bounded(None);
        }
        let parsed = parse(&self.partial, self.to)?;
        let parsed = self.bounded(parsed)?;
        if let Some((length, _)) = parsed {
            let partial = std::mem::take(&mut self.partial);
            self.keep_head(&partial[..length]);
            self.partial = partial;
            self.partial.clear();
        }
        Ok(parsed.map(|(length, head)| (length - before, head)))
    }

    fn keep_head(&mut self, head: &[u8]) {
        if matches!(self.keep, Keep::Whole(_)) && !head.is_empty() {
            self.head.clear();
            self.head.extend_from_slice(head);
        }
    }

    fn bounded(
        &self,
        parsed: Option<(usize, ReplyHead)>,
    ) -> Result<Option<(usize, ReplyHead)>, MalformedReply> {
        let length = parsed.map_or(self.partial.len(), |(length, _)| length);
        if length > LONGEST_HEAD {
            return Err(MalformedReply::LongHead);
        }
        Ok(parsed)
    }

    fn begin_body(&mut self, head: ReplyHead) -> Result<(), MalformedReply> {
        if head.status == 101 {
            return Err(MalformedReply::Upgrade);
        }
        if head.status < 200 {
            self.interim += 1;
            return if self.interim > MOST_INTERIM { Err(MalformedReply::Interim) } else { Ok(()) };
        }
        self.state = match head.framing {
            BodyFraming::Length(length) => ReaderState::Length(head, length),
            BodyFraming::Chunked => ReaderState::Chunks(head, ChunkedDecoder::new()),
            BodyFraming::UntilClose => ReaderState::UntilClose(head),
        };
        Ok(())
    }

    fn take(&mut self, data: &[u8]) {
        self.length += data.len() as u64;
        if let Keep::Body(most) | Keep::Whole(most) = self.keep {
            let room = most.saturating_sub(self.body.len()).min(data.len());
            self.body.extend_from_slice(&data[..room]);
        }
    }

    fn progress(&self, head: ReplyHead, used: usize, done: bool) -> ReadProgress {
        if done { ReadProgress::Done { used, reply: self.reply(head) } } else { ReadProgress::More }
    }

    fn reply(&self, head: ReplyHead) -> ReplySummary {
        ReplySummary {
            status: head.status,
            length: self.length,
            reuse: head.reuse,
            sets_cookies: head.sets_cookies,
        }
    }
}

fn parse(input: &[u8], to: ReplyTo) -> Result<Option<(usize, ReplyHead)>, MalformedReply> {
    let mut headers = [const { std::mem::MaybeUninit::uninit() }; MOST_HEADERS];
    let mut response = httparse::Response::new(&mut []);
    let mut config = httparse::ParserConfig::default();
    // nginx sends a value of `add_header` that spans lines as it stands in its configuration, and a
    // client must take that (RFC 9112, 5.2).
    config.allow_obsolete_multiline_headers_in_responses(true);
    match config.parse_response_with_uninit_headers(&mut response, input, &mut headers) {
        Ok(httparse::Status::Complete(length)) => Ok(Some((length, framing::head(&response, to)?))),
        Ok(httparse::Status::Partial) => Ok(None),
        Err(httparse::Error::TooManyHeaders) => Err(MalformedReply::Headers),
        Err(error) => Err(MalformedReply::Head(error)),
    }
}

fn has_end(bytes: &[u8]) -> bool {
    let ends = |two: &[u8]| two == b"\n\n";
    bytes.windows(2).any(ends) || bytes.windows(3).any(|three| three == b"\n\r\n")
}

#[cfg(test)]
mod tests;
