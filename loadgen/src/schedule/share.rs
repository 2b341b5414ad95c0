//! A thread's share of a load.

use crate::job::Portion;

/// A thread's share of a load, among the threads of all generators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WorkerShare {
    /// The thread's number among all, from 0.
    pub thread: usize,
    /// The number of threads of all generators.
    pub of: usize,
}

impl WorkerShare {
    /// A thread's share of a generator's portion. Neighbours are on different generators, so that
    /// few users are spread too.
    pub fn of(portion: Portion, thread: usize, threads: usize) -> Self {
        Self { thread: thread * portion.of + portion.number, of: threads * portion.of }
    }
}
