//! Frames (RFC 9113, section 4): nine bytes of header, and a payload.

/// The length of a frame's header, in bytes.
pub(super) const HEAD: usize = 9;
/// The longest payload, in bytes: the protocol's default, as the client announces no other.
pub(super) const LONGEST: usize = 16 * 1024;
/// The preface, which a client sends first on a connection.
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Kinds of frames.
pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const PRIORITY: u8 = 2;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PUSH_PROMISE: u8 = 5;
pub(super) const PING: u8 = 6;
pub(super) const GOAWAY: u8 = 7;
pub(super) const WINDOW_UPDATE: u8 = 8;
pub(super) const CONTINUATION: u8 = 9;

/// Flags. ACK, of SETTINGS and PING, and END_STREAM, of DATA and HEADERS, are the same bit.
pub(super) const ACK: u8 = 1;
pub(super) const END_STREAM: u8 = 1;
pub(super) const END_HEADERS: u8 = 4;
pub(super) const PADDED: u8 = 8;
pub(super) const PRIORITISED: u8 = 0x20;

/// A frame's header.
#[derive(Debug, Clone, Copy)]
pub(super) struct FrameHeader {
    /// The length of the payload, in bytes.
    pub length: usize,
    pub kind: u8,
    pub flags: u8,
    pub stream: u32,
}

impl FrameHeader {
    /// The header at the start of these bytes, if there are enough of them.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let [a, b, c, kind, flags, stream @ ..] = *bytes.first_chunk::<HEAD>()?;
        // The highest bit is reserved and must be ignored.
        let stream = u32::from_be_bytes(stream) & 0x7fff_ffff;
        Some(Self { length: u32::from_be_bytes([0, a, b, c]) as usize, kind, flags, stream })
    }

    pub fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// Appends a frame. The payload's length must fit into three bytes.
pub(super) fn write(out: &mut Vec<u8>, (kind, flags): (u8, u8), stream: u32, payload: &[&[u8]]) {
    let length: usize = payload.iter().map(|part| part.len()).sum();
    out.extend_from_slice(&(length as u32).to_be_bytes()[1..]);
    out.extend_from_slice(&[kind, flags]);
    out.extend_from_slice(&stream.to_be_bytes());
    payload.iter().for_each(|part| out.extend_from_slice(part));
}

/// The payload of DATA or HEADERS without its padding; `None` when there is more
/// padding than payload.
pub(super) fn unpadded(head: FrameHeader, payload: &[u8]) -> Option<&[u8]> {
    if !head.has(PADDED) {
        return Some(payload);
    }
    let (padding, payload) = payload.split_first()?;
    payload.get(..payload.len().checked_sub(usize::from(*padding))?)
}

/// The number in the first four bytes of a payload.
pub(super) fn number(payload: &[u8]) -> Option<u32> {
    payload.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}
