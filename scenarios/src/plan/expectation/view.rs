//! A view shows what its sources hold.

use std::fmt;
use std::time::Duration;

use super::{Claim, Claimed, CrossCheck, Fold, Needs, Reading, ViewField, ViewSource};
use crate::plan::check::{Checkable, Checker, ExpectationContext, one};
use crate::plan::{KeyedCollection, System};
use crate::scenario::{FoldOverSpec, FoldSpec, ViewSourceSpec, ViewSpec};
use crate::source::Span;
use crate::units::Period;

/// A view shows what its sources hold: one row for each of their keys, and no other.
#[derive(Debug, Clone)]
pub struct View {
    /// The view's rows.
    pub of: KeyedCollection,
    /// What it is made from; at least one.
    pub sources: Vec<ViewSource>,
    /// How long after load and faults it may take to show it.
    pub within: Duration,
}

impl Claimed for View {
    fn needs(&self) -> Needs<'_> {
        let Self { of, sources, within } = self;
        let cross_check = CrossCheck::View { of, sources, within: *within };
        Needs { reading: Some(Reading::CrossCheck(cross_check)), ..Needs::default() }
    }
}

impl fmt::Display for View {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = self.sources.iter().map(|one| one.rows.target.document());
        let places = places.collect::<Vec<_>>().join(", ");
        let (view, within) = (self.of.target.document(), Period(self.within));
        write!(out, "{view} shows what {places} hold within {within}")
    }
}

impl Checkable for ViewSpec {
    fn check(&self, checker: &mut Checker<'_>, context: &ExpectationContext<'_>) -> Vec<Claim> {
        one(checker.view(self, context.system))
    }
}

impl Checker<'_> {
    fn view(&mut self, written: &ViewSpec, system: &System) -> Option<View> {
        if written.sources.is_empty() {
            self.wrong(written.of.get.span, "a view needs sources").help = Some(
                "such as `sources: [{get, items, key, fields: {$.status: $.status}}]`".to_owned(),
            );
        }
        let rows = &written.of;
        let of = self.keyed_collection(rows.rows(), system);
        let each = written.sources.iter().map(|one| self.view_source(&one.value, system));
        let sources = each.collect::<Option<Vec<_>>>();
        Some(View { of: of?, sources: sources?, within: written.within.0 })
    }

    fn view_source(&mut self, written: &ViewSourceSpec, system: &System) -> Option<ViewSource> {
        let rows = self.keyed_collection(written.rows(), system);
        let span = written.get.span;
        let each = written.fields.iter().map(|(shown, fold)| self.view_field(shown, fold, span));
        let fields = each.collect::<Option<Vec<_>>>();
        Some(ViewSource { rows: rows?, fields: fields? })
    }

    fn view_field(&mut self, shown: &str, fold: &FoldSpec, span: Span) -> Option<ViewField> {
        let (fold, held) = match fold {
            FoldSpec::Last(path) => (Fold::Last, path),
            FoldSpec::Over(FoldOverSpec::Sum(path)) => (Fold::Sum, path),
            FoldSpec::Over(FoldOverSpec::Count(path)) => (Fold::Count, path),
        };
        let (shown, held) = (self.json_path(shown, span), self.json_path(held, span));
        Some(ViewField { shown: shown?, fold, held: held? })
    }
}
