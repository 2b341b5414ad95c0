//! What can be wrong with a program that was started in a pod.

use std::time::Duration;

use thiserror::Error;

/// What a program in a pod did instead of what it was started for.
#[derive(Debug, Error)]
pub enum ProgramError {
    /// It is connected to nothing that could be read.
    #[error("it has no output")]
    NoOutput,
    /// Its standard input is not connected to.
    #[error("it has no input")]
    NoInput,
    /// Its standard input takes nothing.
    #[error("it cannot be written to: {0}")]
    Input(#[source] std::io::Error),
    /// The kernel ended it, as the container or its pod had used up its memory.
    #[error("it was ended out of memory; the limit is {limit}")]
    OutOfMemory {
        /// Whose the limit is, and how much.
        limit: String,
    },
    /// SIGKILL ended it in its container, where nothing else is said of the kernel's reason.
    #[error("SIGKILL ended it, as when memory runs out; the limit is {limit}")]
    Killed {
        /// Whose the limit of memory is, and how much.
        limit: String,
    },
    /// It ended before it said that it had begun, or ended badly: what it wrote, or what the
    /// runtime says of its end.
    #[error("{0}")]
    Ended(String),
    /// The image holds no such program, and brunt's own image, which would be put beside it,
    /// is not known.
    #[error("{0}; name an image of brunt by --image, which is put beside it then")]
    NotInImage(String),
    /// It wrote nothing in time.
    #[error("it did not begin in {} s", .0.as_secs())]
    NotBegun(Duration),
    /// It did not end in time.
    #[error("no answer in {} s", .0.as_secs())]
    NotEnded(Duration),
}

impl ProgramError {
    /// Whether the image does not hold the program, as images without a shell do not.
    pub(crate) fn is_not_in_image(&self) -> bool {
        let marks = ["executable file not found", "no such file or directory"];
        matches!(self, Self::Ended(why) if marks.iter().any(|mark| why.contains(mark)))
    }
}
