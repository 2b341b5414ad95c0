//! Checks of documents that must agree with one another.

use super::Checker;
use super::expectation::Known;
use crate::plan::{
    Canceled, Claim, Compensation, Fold, KeyedCollection, System, ViewField, ViewSource,
};
use crate::scenario::{self, FoldOverSpec};
use crate::source::{Located, Span};

impl Checker<'_> {
    pub(super) fn saga(
        &mut self,
        written: &scenario::SagaSpec,
        known: &Known<'_>,
    ) -> Option<Claim> {
        let called_off = match (&written.of, &written.called_off) {
            (Some(of), None) => Canceled::By(self.keyed_load(of, known)?),
            (None, Some(rows)) => Canceled::Found(self.rows_of(&rows.value, known.system)?),
            (Some(of), Some(_)) => {
                self.wrong(of.span, "a saga has `of` or `calledOff`, not both");
                return None;
            }
            (None, None) => {
                self.wrong(None, "a saga does not say what is called off").help =
                    Some("add `of:` with a load, or `calledOff: {get, items, key}`".to_owned());
                return None;
            }
        };
        if written.compensated.is_empty() {
            self.wrong(None, "a saga does not say what makes good for what is called off").help =
                Some("add `compensated: [{get, items, key, json}]`".to_owned());
        }
        let each = written.compensated.iter().map(|one| self.compensation(one, known.system));
        let compensated = each.collect::<Option<Vec<_>>>()?;
        Some(Claim::Saga { called_off, compensated, within: written.within.0 })
    }

    /// A load by whose keys what it did is found again.
    pub(super) fn keyed_load(
        &mut self,
        name: &Located<String>,
        known: &Known<'_>,
    ) -> Option<String> {
        let load = self.known_load(name, known)?;
        if !load.has_key() {
            self.wrong(name.span, format!("load `{}` has no `key`", load.name)).help = Some(
                "say where a reply holds the id of what was accepted, such as `key: $.id`"
                    .to_owned(),
            );
        }
        Some(load.name.clone())
    }

    fn compensation(
        &mut self,
        written: &scenario::CompensationSpec,
        system: &System,
    ) -> Option<Compensation> {
        if written.absent && !written.json.is_empty() {
            self.wrong(written.get.span, "what must be absent cannot have `json` as well");
        }
        let rows = self.rows_at(&written.get, &written.items, &written.key, system)?;
        let json = self.conditions(&written.json, "a compensation");
        Some(Compensation { rows, json: (!written.absent).then_some(json) })
    }

    pub(super) fn view(&mut self, written: &scenario::ViewSpec, system: &System) -> Option<Claim> {
        if written.sources.is_empty() {
            self.wrong(written.of.get.span, "a view needs sources").help = Some(
                "such as `sources: [{get, items, key, fields: {$.status: $.status}}]`".to_owned(),
            );
        }
        let of = self.rows_of(&written.of, system);
        let each = written.sources.iter().map(|one| self.view_source(&one.value, system));
        let sources = each.collect::<Option<Vec<_>>>();
        Some(Claim::View { of: of?, sources: sources?, within: written.within.0 })
    }

    fn view_source(
        &mut self,
        written: &scenario::ViewSourceSpec,
        system: &System,
    ) -> Option<ViewSource> {
        let rows = self.rows_at(&written.get, &written.items, &written.key, system);
        let span = written.get.span;
        let each = written.fields.iter().map(|(shown, fold)| self.view_field(shown, fold, span));
        let fields = each.collect::<Option<Vec<_>>>();
        Some(ViewSource { rows: rows?, fields: fields? })
    }

    fn view_field(
        &mut self,
        shown: &str,
        fold: &scenario::FoldSpec,
        span: Span,
    ) -> Option<ViewField> {
        let (fold, held) = match fold {
            scenario::FoldSpec::Last(path) => (Fold::Last, path),
            scenario::FoldSpec::Over(FoldOverSpec::Sum(path)) => (Fold::Sum, path),
            scenario::FoldSpec::Over(FoldOverSpec::Count(path)) => (Fold::Count, path),
        };
        let (shown, held) = (self.json_path(shown, span), self.json_path(held, span));
        Some(ViewField { shown: shown?, fold, held: held? })
    }

    fn rows_of(
        &mut self,
        written: &scenario::KeyedCollectionSpec,
        system: &System,
    ) -> Option<KeyedCollection> {
        self.rows_at(&written.get, &written.items, &written.key, system)
    }

    pub(super) fn rows_at(
        &mut self,
        get: &Located<String>,
        items: &Located<String>,
        key: &Located<String>,
        system: &System,
    ) -> Option<KeyedCollection> {
        let target = self.target(get, &system.services);
        let (items, key) = (self.json_path(items, items.span), self.json_path(key, key.span));
        Some(KeyedCollection { target: target?, items: items?, key: key? })
    }
}
