//! What was read of a source that may have several faults.

use super::Diagnostic;
use crate::yaml::LeftOut;

/// A text, read as far as possible.
#[derive(Debug)]
pub struct SourceReading<T> {
    /// What was read, without what could not be; `None` when too little is left.
    pub value: Option<T>,
    /// What is wrong so far.
    pub problems: Vec<Diagnostic>,
    /// What `value` lacks because of that.
    pub(super) left_out: LeftOut,
}

impl<T> SourceReading<T> {
    /// Whether this text was not read but stands for what could not be, or was left out itself.
    pub fn is_left_out(&self, text: &str) -> bool {
        self.left_out.has(text)
    }

    /// Adds what is wrong with the meaning of what was read. What may only seem to be wrong,
    /// because something could not be read, is left out: it is said when the rest is mended.
    pub fn add(&mut self, problems: Vec<Diagnostic>) {
        let left_out = &self.left_out;
        self.problems
            .extend(problems.into_iter().filter(|problem| !is_explained(problem, left_out)));
    }

    /// The same of what `check` makes of the value, which adds its own problems.
    pub fn then<C>(mut self, check: impl FnOnce(T) -> (C, Vec<Diagnostic>)) -> SourceReading<C> {
        let checked = self.value.take().map(check).map(|(checked, problems)| {
            self.add(problems);
            checked
        });
        SourceReading { value: checked, problems: self.problems, left_out: self.left_out }
    }

    /// Adds what is wrong with another file that this one refers to.
    pub fn refers_to<O>(&mut self, other: SourceReading<O>) -> Option<O> {
        self.problems.extend(other.problems);
        self.left_out.extend(other.left_out);
        other.value
    }

    /// What `check` makes of the value, if nothing is wrong with either.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the text.
    pub fn check<C>(
        mut self,
        check: impl FnOnce(T) -> Result<C, Vec<Diagnostic>>,
    ) -> Result<C, Vec<Diagnostic>> {
        let checked = match self.value.take().map(check) {
            Some(Ok(checked)) => Some(checked),
            Some(Err(problems)) => {
                self.add(problems);
                None
            }
            None => None,
        };
        match checked {
            Some(checked) if self.problems.is_empty() => Ok(checked),
            _ => Err(in_order(self.problems)),
        }
    }

    /// Everything that is wrong, in the order of the text.
    pub fn into_problems(self) -> Vec<Diagnostic> {
        in_order(self.problems)
    }
}

/// Whether a problem may come from what was left out alone: it names something that stands there,
/// or says of the whole that something is missing.
fn is_explained(problem: &Diagnostic, left_out: &LeftOut) -> bool {
    let help = problem.help.as_deref().unwrap_or_default();
    if problem.span.is_some_and(|place| left_out.lacks(place, help)) {
        return true;
    }
    // Messages have names in backticks: every second piece is one.
    let mut names = problem.message.split('`').skip(1).step_by(2).peekable();
    match names.peek() {
        None => problem.span.is_none() && left_out.is_incomplete(),
        Some(_) => names.any(|name| left_out.has(name)),
    }
}

fn in_order(mut problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let place = |problem: &Diagnostic| problem.span.map(|span| (span.line, span.column));
    problems.sort_by(|a, b| (&a.source, place(a)).cmp(&(&b.source, place(b))));
    problems
}
