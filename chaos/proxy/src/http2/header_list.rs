//! A decoded block of headers.

use brunt_hpack::{Decoder, HpackError, NO_TABLE};

use super::violation::Violation;

/// The longest list of headers that passes, in bytes as HTTP/2 counts them: a few bytes of HPACK
/// may stand for much more.
const LONGEST: usize = 1024 * 1024;

/// What each header counts beyond its name and value, in bytes (RFC 9113, section 10.5.1).
const OVERHEAD: usize = 32;

/// Headers in their order, pseudo-headers among them.
#[derive(Debug, Clone, Default)]
pub(super) struct HeaderList {
    text: Vec<u8>,
    fields: Vec<FieldEnds>,
}

/// Where a header's name and value end in the text.
#[derive(Debug, Clone, Copy)]
struct FieldEnds {
    name: usize,
    value: usize,
    is_sensitive: bool,
}

impl HeaderList {
    /// Decodes the next block of a direction.
    pub(super) fn decode(decoder: &mut Decoder, block: &[u8]) -> Result<Self, Violation> {
        let mut list = Self::default();
        decoder.decode::<Violation>(block, |field| {
            list.push_field(field.name, field.value, field.is_sensitive);
            match list.text.len() + list.fields.len() * OVERHEAD > LONGEST {
                true => Err(Violation::HeadersTooLong),
                false => Ok(()),
            }
        })?;
        Ok(list)
    }

    pub(super) fn push(&mut self, name: &[u8], value: &[u8]) {
        self.push_field(name, value, false);
    }

    fn push_field(&mut self, name: &[u8], value: &[u8], is_sensitive: bool) {
        self.text.extend_from_slice(name);
        let name = self.text.len();
        self.text.extend_from_slice(value);
        self.fields.push(FieldEnds { name, value: self.text.len(), is_sensitive });
    }

    /// Names and values.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.spans().map(|(name, value, _)| (name, value))
    }

    fn spans(&self) -> impl Iterator<Item = (&[u8], &[u8], bool)> {
        let mut start = 0;
        self.fields.iter().map(move |ends| {
            let name = &self.text[start..ends.name];
            start = ends.value;
            (name, &self.text[ends.name..ends.value], ends.is_sensitive)
        })
    }

    /// The first value of a name.
    pub(super) fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The status of a reply's head; `None` of trailers.
    pub(super) fn status(&self) -> Option<u16> {
        std::str::from_utf8(self.get(b":status")?).ok()?.parse().ok()
    }

    /// As a block that means the same on every connection, at any time.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut block = Vec::with_capacity(1 + self.text.len() + self.fields.len() * 4);
        // Said in each: whatever the settings change, no table is used.
        block.push(NO_TABLE);
        for (name, value, is_sensitive) in self.spans() {
            match is_sensitive {
                true => brunt_hpack::write_sensitive(&mut block, name, value),
                false => brunt_hpack::write(&mut block, name, value),
            }
        }
        block
    }
}

impl From<HpackError> for Violation {
    fn from(_: HpackError) -> Self {
        Self::Compression
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_encoded_as_they_were_decoded() {
        let mut list = HeaderList::default();
        for (name, value) in [(":status", "200"), ("x-bin", "\u{1}\u{ff}"), ("x-bin", "")] {
            list.push(name.as_bytes(), value.as_bytes());
        }
        list.push_field(b"authorization", b"secret", true);
        let read = HeaderList::decode(&mut Decoder::default(), &list.encode()).unwrap();
        assert_eq!(read.spans().collect::<Vec<_>>(), list.spans().collect::<Vec<_>>());
        assert_eq!(
            (read.status(), read.get(b"x-bin")),
            (Some(200), Some("\u{1}\u{ff}".as_bytes()))
        );
    }

    #[test]
    fn a_few_bytes_that_stand_for_many_headers_are_refused() {
        // A header of 4,000 bytes that is kept, and said again and again with one byte.
        let mut block = vec![0x40, 1, b'x', 0x7f, 0xa1, 0x1e];
        block.resize(block.len() + 4000, b'v');
        block.resize(block.len() + 1000, 0xbe);
        let read = HeaderList::decode(&mut Decoder::default(), &block);
        assert_eq!(read.unwrap_err(), Violation::HeadersTooLong);
    }
}
