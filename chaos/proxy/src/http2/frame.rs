//! Frames of HTTP/2 (RFC 9113, section 4).

use bytes::{BufMut, Bytes, BytesMut};

/// What a client says first on a connection.
pub(crate) const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The length of a frame's head, in bytes.
pub(super) const HEAD: usize = 9;

/// The longest payload that passes, in bytes. Peers are told so in each other's settings.
pub(super) const LONGEST: usize = 64 * 1024;

/// What a frame is.
pub(super) mod kind {
    pub(crate) const DATA: u8 = 0;
    pub(crate) const HEADERS: u8 = 1;
    pub(crate) const RST_STREAM: u8 = 3;
    pub(crate) const SETTINGS: u8 = 4;
    pub(crate) const PUSH_PROMISE: u8 = 5;
    pub(crate) const GOAWAY: u8 = 7;
    pub(crate) const WINDOW_UPDATE: u8 = 8;
    pub(crate) const CONTINUATION: u8 = 9;
}

pub(super) mod flag {
    pub(crate) const END_STREAM: u8 = 0x1;
    pub(crate) const ACK: u8 = 0x1;
    pub(crate) const END_HEADERS: u8 = 0x4;
    pub(crate) const PADDED: u8 = 0x8;
    pub(crate) const PRIORITY: u8 = 0x20;
}

/// Why a stream or a connection ends (RFC 9113, section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ErrorCode {
    NoError = 0,
    ProtocolError = 1,
    InternalError = 2,
    FrameSizeError = 6,
    Cancel = 8,
    CompressionError = 9,
    EnhanceYourCalm = 11,
}

/// A frame as it came.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) kind: u8,
    pub(super) flags: u8,
    /// 0 is the connection itself.
    pub(super) stream: u32,
    /// The whole of it, with its head.
    pub(super) bytes: Bytes,
}

/// A frame that is longer than anybody was allowed to send.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FrameTooLong;

impl Frame {
    /// Takes the first frame of what has come; `None` while it is not whole.
    pub(super) fn take(from: &mut BytesMut) -> Result<Option<Self>, FrameTooLong> {
        let Some(head) = from.first_chunk::<HEAD>() else { return Ok(None) };
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        if length > LONGEST {
            return Err(FrameTooLong);
        }
        let (kind, flags) = (head[3], head[4]);
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]) & 0x7fff_ffff;
        if from.len() < HEAD + length {
            return Ok(None);
        }
        let bytes = from.split_to(HEAD + length).freeze();
        Ok(Some(Self { kind, flags, stream, bytes }))
    }

    pub(super) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    pub(super) fn payload(&self) -> &[u8] {
        &self.bytes[HEAD..]
    }

    /// The payload without its padding; `None` when there is more padding than payload.
    pub(super) fn unpadded(&self) -> Option<&[u8]> {
        let payload = self.payload();
        if !self.has(flag::PADDED) {
            return Some(payload);
        }
        let (padding, rest) = payload.split_first()?;
        rest.get(..rest.len().checked_sub(usize::from(*padding))?)
    }
}

/// Appends a frame.
pub(super) fn write(out: &mut BytesMut, (kind, flags): (u8, u8), stream: u32, payload: &[u8]) {
    out.reserve(HEAD + payload.len());
    out.put_uint(payload.len() as u64, 3);
    out.put_u8(kind);
    out.put_u8(flags);
    out.put_u32(stream);
    out.put_slice(payload);
}

pub(super) fn write_reset(out: &mut BytesMut, stream: u32, code: ErrorCode) {
    write(out, (kind::RST_STREAM, 0), stream, &(code as u32).to_be_bytes());
}

/// Lets the peer send so many bytes more, of a stream, or of all together with stream 0.
pub(super) fn write_credit(out: &mut BytesMut, stream: u32, bytes: usize) {
    // A window grows by 1 at least, and no frame is longer than what fits.
    if let Some(bytes) = u32::try_from(bytes).ok().filter(|bytes| *bytes > 0) {
        write(out, (kind::WINDOW_UPDATE, 0), stream, &bytes.to_be_bytes());
    }
}

/// Tells the peer that no stream after `last` is served.
pub(super) fn write_goaway(out: &mut BytesMut, last: u32, code: ErrorCode) {
    let mut payload = [0; 8];
    payload[..4].copy_from_slice(&last.to_be_bytes());
    payload[4..].copy_from_slice(&(code as u32).to_be_bytes());
    write(out, (kind::GOAWAY, 0), 0, &payload);
}

/// Appends a block of headers, in as many frames as it needs. In the first, `prefix` comes
/// before the block.
pub(super) fn write_block(
    out: &mut BytesMut,
    (kind, flags): (u8, u8),
    stream: u32,
    (prefix, block): (&[u8], &[u8]),
) {
    // Frames of this length are allowed without any settings.
    const PIECE: usize = 16 * 1024;
    let first = block.len().min(PIECE - prefix.len());
    let (mut piece, mut rest) = block.split_at(first);
    let end = if rest.is_empty() { flag::END_HEADERS } else { 0 };
    write(out, (kind, flags | end), stream, &[prefix, piece].concat());
    while !rest.is_empty() {
        (piece, rest) = rest.split_at(rest.len().min(PIECE));
        let end = if rest.is_empty() { flag::END_HEADERS } else { 0 };
        write(out, (kind::CONTINUATION, end), stream, piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(bytes: &[u8]) -> Result<Option<Frame>, FrameTooLong> {
        Frame::take(&mut BytesMut::from(bytes))
    }

    #[test]
    fn a_frame_is_taken_once_it_is_whole() {
        let mut out = BytesMut::new();
        write(&mut out, (kind::DATA, flag::END_STREAM), 7, b"abc");
        for end in 0..out.len() {
            assert!(taken(&out[..end]).unwrap().is_none(), "{end}");
        }
        let frame = taken(&out).unwrap().unwrap();
        assert_eq!((frame.kind, frame.stream, frame.payload()), (kind::DATA, 7, &b"abc"[..]));
        assert!(frame.has(flag::END_STREAM));
        let long = [1, 0, 1, 0, 0, 0, 0, 0, 1];
        assert_eq!(taken(&long).unwrap_err(), FrameTooLong);
    }

    #[test]
    fn padding_is_left_out_and_never_longer_than_the_payload() {
        let padded = |payload: &[u8]| {
            let mut out = BytesMut::new();
            write(&mut out, (kind::DATA, flag::PADDED), 1, payload);
            let frame = taken(&out).unwrap().unwrap();
            frame.unpadded().map(<[u8]>::to_vec)
        };
        assert_eq!(padded(&[2, b'a', 0, 0]), Some(b"a".to_vec()));
        assert_eq!(padded(&[4, b'a', 0, 0]), None);
        assert_eq!(padded(&[]), None);
    }

    #[test]
    fn a_long_block_of_headers_is_continued() {
        let (mut out, block) = (BytesMut::new(), vec![7; 40_000]);
        write_block(&mut out, (kind::HEADERS, flag::END_STREAM), 1, (b"", &block));
        let mut frames = Vec::new();
        while let Some(frame) = Frame::take(&mut out).unwrap() {
            frames.push((frame.kind, frame.flags, frame.payload().len()));
        }
        assert_eq!(
            frames,
            [
                (kind::HEADERS, flag::END_STREAM, 16_384),
                (kind::CONTINUATION, 0, 16_384),
                (kind::CONTINUATION, flag::END_HEADERS, 7_232)
            ]
        );
    }
}
