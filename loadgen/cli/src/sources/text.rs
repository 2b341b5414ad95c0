//! A source's text.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::error::LoadCliError;

/// The longest text that is read, in bytes: `/dev/zero` and a pipe have no end.
const LONGEST: u64 = 64 * 1024 * 1024;

/// The text of a file that an option names; that of stdin by the name `-`.
pub(crate) fn read_text(file: &str) -> Result<String, LoadCliError> {
    let path = PathBuf::from(file);
    let read = match file {
        "-" => bounded(io::stdin()),
        _ => File::open(&path).and_then(bounded),
    };
    let text = read.map_err(|error| LoadCliError::File { path, error })?;
    // Editors of Windows begin a file with a byte order mark, which is no part of its text.
    match text.strip_prefix('\u{feff}') {
        Some(rest) => Ok(rest.to_owned()),
        None => Ok(text),
    }
}

/// The text of a file that a load file names.
pub(super) fn read_bounded(path: &Path) -> io::Result<String> {
    let text = File::open(path).and_then(bounded)?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn bounded(input: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    input.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        let why = format!("it is longer than {} MiB", LONGEST / (1024 * 1024));
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
    }
    decoded(bytes)
}

/// The text of bytes in UTF-8, or in UTF-16 if they begin with its byte order mark, as some editors
/// and spreadsheets of Windows write it.
fn decoded(bytes: Vec<u8>) -> io::Result<String> {
    let units = |read: fn([u8; 2]) -> u16, rest: &[u8]| -> Option<String> {
        let (pairs, odd) = rest.as_chunks();
        let units: Vec<u16> = pairs.iter().map(|pair| read(*pair)).collect();
        String::from_utf16(&units).ok().filter(|_| odd.is_empty())
    };
    let text = match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => units(u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => units(u16::from_be_bytes, rest),
        _ => String::from_utf8(bytes).ok(),
    };
    text.ok_or_else(|| {
        let why = "it is no text in UTF-8, nor in UTF-16 with a byte order mark";
        io::Error::new(io::ErrorKind::InvalidData, why)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_text() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let name = file.path().to_str().unwrap();
        for (written, text) in [("\u{feff}http://h/\n", "http://h/\n"), ("a\u{feff}", "a\u{feff}")]
        {
            std::fs::write(name, written).unwrap();
            assert_eq!(read_text(name).unwrap(), text);
        }
    }

    #[test]
    fn texts_in_utf_16_are_read() {
        let text = "name: Jos\u{e9} \u{1f375}\n";
        let bytes = |of: fn(u16) -> [u8; 2]| -> Vec<u8> {
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(of).collect()
        };
        assert_eq!(decoded(bytes(u16::to_le_bytes)).unwrap(), text);
        assert_eq!(decoded(bytes(u16::to_be_bytes)).unwrap(), text);
        for broken in [&b"\xff\xfea"[..], b"\xff\xfe\x00\xd8", b"caf\xe9"] {
            let error = decoded(broken.to_vec()).unwrap_err().to_string();
            assert!(error.starts_with("it is no text in UTF-8"), "{error}");
        }
    }

    #[test]
    fn a_file_without_an_end_is_refused() {
        let error = read_text("/dev/zero").unwrap_err();
        assert_eq!(error.to_string(), "/dev/zero: it is longer than 64 MiB");
        assert!(read_text("/no/such/file").is_err());
    }
}
