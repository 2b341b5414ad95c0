//! Lines of JSON over a control connection, none longer than what its reader allows.

use std::io;

use serde::Serialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;

/// A connection over which lines go.
#[derive(Debug)]
pub struct ControlLines(BufStream<TcpStream>);

impl ControlLines {
    /// Takes over a connection on which nothing was said yet.
    pub fn new(stream: TcpStream) -> Self {
        // If it cannot be set, replies are only slower.
        let _ = stream.set_nodelay(true);
        Self(BufStream::new(stream))
    }

    /// Reads a line of `longest` bytes at most, without its end; `None` when the other side has
    /// closed the connection.
    ///
    /// # Errors
    /// When the line is longer, or the connection breaks.
    pub async fn read(&mut self, longest: usize) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let limit = u64::try_from(longest).unwrap_or(u64::MAX).saturating_add(1);
        (&mut self.0).take(limit).read_until(b'\n', &mut line).await?;
        if line.pop_if(|last| *last == b'\n').is_some() {
            return Ok(Some(line));
        }
        if line.len() > longest {
            let what = format!("a line of more than {longest} bytes");
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        // Half a line says nothing.
        Ok(None)
    }

    /// Writes a value as a line.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn write(&mut self, value: &impl Serialize) -> io::Result<()> {
        let line = serde_json::to_string(value)? + "\n";
        self.0.write_all(line.as_bytes()).await?;
        self.0.flush().await
    }
}
