//! A load over time, in a bounded number of columns, however long it runs.

use brunt_loadgen::LastSecond;
use brunt_scenarios::timeline::SparseHistogram;

/// The most columns. When there are more, each two become one: a load of hours takes no more memory
/// than one of minutes.
const MOST: usize = 600;
/// Buckets of latency in each power of ten.
const EACH: f64 = 6.0;
/// Buckets of latency: from 1 µs to an hour and more.
pub(super) const BUCKETS: usize = 60;

/// The requests that ended in one or more seconds.
#[derive(Debug, Clone)]
pub(super) struct TimeColumn {
    pub ok: u64,
    pub failed: u64,
    /// How many requests had a latency of each bucket.
    pub latency: [u32; BUCKETS],
}

/// All columns, all of the same length in seconds.
#[derive(Debug)]
pub(super) struct TimeColumns {
    all: Vec<TimeColumn>,
    /// The length of a column, in seconds.
    seconds: u64,
    /// How many seconds the last column has so far.
    filled: u64,
}

/// The bucket of a latency in microseconds.
pub(super) fn bucket(micros: u64) -> usize {
    ((micros.max(1) as f64).log10() * EACH).floor().min((BUCKETS - 1) as f64) as usize
}

/// Where a bucket begins, in microseconds.
pub(super) fn lower(bucket: usize) -> f64 {
    10_f64.powf(bucket as f64 / EACH)
}

impl TimeColumn {
    const EMPTY: Self = Self { ok: 0, failed: 0, latency: [0; BUCKETS] };

    fn add(&mut self, other: &Self) {
        self.ok += other.ok;
        self.failed += other.failed;
        for (sum, count) in self.latency.iter_mut().zip(other.latency) {
            *sum = sum.saturating_add(count);
        }
    }

    fn of(second: &LastSecond) -> Self {
        let mut column = Self { ok: second.ok, failed: second.failed, ..Self::EMPTY };
        column.count(&second.latency);
        column
    }

    fn count(&mut self, latency: &SparseHistogram) {
        for (micros, count) in latency.iter() {
            let sum = &mut self.latency[bucket(micros)];
            *sum = sum.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        }
    }
}

impl TimeColumns {
    pub fn new() -> Self {
        Self { all: Vec::new(), seconds: 1, filled: 1 }
    }

    /// Adds a second; `None` for one of which nothing is known.
    pub fn add(&mut self, second: Option<&LastSecond>) {
        let new = second.map_or(TimeColumn::EMPTY, TimeColumn::of);
        match self.all.last_mut().filter(|_| self.filled < self.seconds) {
            Some(last) => {
                last.add(&new);
                self.filled += 1;
            }
            None => {
                self.all.push(new);
                self.filled = 1;
            }
        }
        if self.all.len() > MOST {
            self.halve();
        }
    }

    fn halve(&mut self) {
        // A last column without a partner is only half full from now on.
        let odd = self.all.len() % 2;
        self.all = grouped(&self.all, 2);
        self.filled += self.seconds * (1 - odd as u64);
        self.seconds *= 2;
    }

    /// At most so many columns, and how many seconds each stands for.
    pub fn fit(&self, most: usize) -> (Vec<TimeColumn>, u64) {
        let together = self.all.len().div_ceil(most.max(1)).max(1);
        (grouped(&self.all, together), self.seconds * together as u64)
    }

    /// How many seconds the last of columns of that length has so far.
    pub fn last(&self, length: u64) -> u64 {
        let whole = (self.all.len() as u64).saturating_sub(1) * self.seconds + self.filled;
        match whole % length {
            0 => length,
            part => part,
        }
    }
}

fn grouped(columns: &[TimeColumn], together: usize) -> Vec<TimeColumn> {
    let sum = |group: &[TimeColumn]| {
        let mut sum = TimeColumn::EMPTY;
        group.iter().for_each(|column| sum.add(column));
        sum
    };
    columns.chunks(together).map(sum).collect()
}
