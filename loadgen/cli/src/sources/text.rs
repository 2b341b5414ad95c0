//! A source's text.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

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

fn bounded(input: impl Read) -> io::Result<String> {
    let mut text = String::new();
    input.take(LONGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST {
        let why = format!("it is longer than {} MiB", LONGEST / (1024 * 1024));
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
    }
    Ok(text)
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
    fn a_file_without_an_end_is_refused() {
        let error = read_text("/dev/zero").unwrap_err();
        assert_eq!(error.to_string(), "/dev/zero: it is longer than 64 MiB");
        assert!(read_text("/no/such/file").is_err());
    }
}
