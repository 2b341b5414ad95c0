//! Puts the frames of a block of headers together.

use bytes::{Bytes, BytesMut};

use super::frame::{Frame, LONGEST, flag, kind};
use super::violation::Violation;

/// The most frames of one block. Empty ones would never come to an end otherwise.
const MOST_FRAMES: usize = 128;

/// The longest block, in bytes.
const LONGEST_BLOCK: usize = 16 * LONGEST;

/// The length of what `PRIORITY` adds before the block, in bytes.
const PRIORITY: usize = 5;

/// The length of a promised stream's number before the block, in bytes.
const PROMISED: usize = 4;

/// A whole block of headers, which is still encoded.
#[derive(Debug)]
pub(super) struct EncodedHeaderBlock {
    /// `HEADERS` or `PUSH_PROMISE`.
    pub(super) kind: u8,
    /// Of the first frame.
    pub(super) flags: u8,
    pub(super) stream: u32,
    /// What stands before the block in its first frame: a priority, or a promised stream.
    pub(super) prefix: Bytes,
    pub(super) block: BytesMut,
    /// All its frames as they came.
    pub(super) frames: BytesMut,
}

impl EncodedHeaderBlock {
    pub(super) fn ends_stream(&self) -> bool {
        self.kind == kind::HEADERS && self.flags & flag::END_STREAM != 0
    }

    /// The flags with which it is written again: its padding is gone, and its end is new.
    pub(super) fn kept_flags(&self) -> u8 {
        self.flags & !(flag::PADDED | flag::END_HEADERS)
    }
}

/// The block that is coming in from a peer, if one is.
#[derive(Debug, Default)]
pub(super) struct HeaderBlockParts {
    coming: Option<(EncodedHeaderBlock, usize)>,
}

impl HeaderBlockParts {
    /// Whether the next frame must continue a block.
    pub(super) fn is_open(&self) -> bool {
        self.coming.is_some()
    }

    /// Takes a frame of a block; returns the block with its last one.
    pub(super) fn add(&mut self, frame: &Frame) -> Result<Option<EncodedHeaderBlock>, Violation> {
        let (mut coming, frames) = match self.coming.take() {
            None if frame.kind != kind::CONTINUATION => (first(frame)?, 1),
            Some((mut coming, frames))
                if frame.kind == kind::CONTINUATION && frame.stream == coming.stream =>
            {
                coming.block.extend_from_slice(frame.payload());
                (coming, frames + 1)
            }
            _ => return Err(Violation::Misplaced),
        };
        coming.frames.extend_from_slice(&frame.bytes);
        if frame.has(flag::END_HEADERS) {
            return Ok(Some(coming));
        }
        if frames >= MOST_FRAMES || coming.block.len() > LONGEST_BLOCK {
            return Err(Violation::TooManyContinuations);
        }
        self.coming = Some((coming, frames));
        Ok(None)
    }
}

fn first(frame: &Frame) -> Result<EncodedHeaderBlock, Violation> {
    let whole = frame.unpadded().ok_or(Violation::Malformed)?;
    let before = match frame.kind {
        kind::PUSH_PROMISE => PROMISED,
        _ if frame.has(flag::PRIORITY) => PRIORITY,
        _ => 0,
    };
    let (prefix, block) = whole.split_at_checked(before).ok_or(Violation::Malformed)?;
    Ok(EncodedHeaderBlock {
        kind: frame.kind,
        flags: frame.flags,
        stream: frame.stream,
        prefix: Bytes::copy_from_slice(prefix),
        block: BytesMut::from(block),
        frames: BytesMut::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::frame;
    use super::*;

    fn a_frame(what: (u8, u8), stream: u32, payload: &[u8]) -> Frame {
        let mut out = BytesMut::new();
        frame::write(&mut out, what, stream, payload);
        Frame::take(&mut out).unwrap().unwrap()
    }

    #[test]
    fn a_block_is_whole_with_its_last_frame() {
        let mut parts = HeaderBlockParts::default();
        let flags = flag::PADDED | flag::PRIORITY | flag::END_STREAM;
        let first = a_frame((kind::HEADERS, flags), 3, &[1, 0, 0, 0, 0, 7, b'a', 0]);
        assert!(parts.add(&first).unwrap().is_none() && parts.is_open());
        let last = a_frame((kind::CONTINUATION, flag::END_HEADERS), 3, b"b");
        let block = parts.add(&last).unwrap().unwrap();
        assert_eq!((&block.prefix[..], &block.block[..]), (&[0, 0, 0, 0, 7][..], &b"ab"[..]));
        assert_eq!(block.frames, [&first.bytes[..], &last.bytes[..]].concat());
        assert_eq!(block.kept_flags(), flag::PRIORITY | flag::END_STREAM);
        assert!(block.ends_stream() && !parts.is_open());
    }

    #[test]
    fn nothing_comes_between_the_frames_of_a_block_and_they_are_not_endless() {
        let mut parts = HeaderBlockParts::default();
        let first = a_frame((kind::HEADERS, 0), 3, b"a");
        let other = a_frame((kind::CONTINUATION, flag::END_HEADERS), 5, b"b");
        parts.add(&first).unwrap();
        assert_eq!(parts.add(&other).unwrap_err(), Violation::Misplaced);
        assert_eq!(parts.add(&other).unwrap_err(), Violation::Misplaced, "it continues nothing");
        let more = a_frame((kind::CONTINUATION, 0), 3, b"");
        parts.add(&first).unwrap();
        let refused = (0..MOST_FRAMES).find_map(|_| parts.add(&more).err());
        assert_eq!(refused, Some(Violation::TooManyContinuations));
    }
}
