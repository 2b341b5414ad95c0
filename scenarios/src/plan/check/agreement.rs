//! Checks of documents that must agree with one another.

use super::Checker;
use super::expectation::Known;
use crate::plan::{CalledOff, Claim, Compensation, Fold, Rows, System, ViewField, ViewSource};
use crate::scenario::{self, FoldOver};
use crate::source::{Located, Place};

impl Checker<'_> {
    pub(super) fn saga(&mut self, written: &scenario::Saga, known: &Known<'_>) -> Option<Claim> {
        let called_off = match (&written.of, &written.called_off) {
            (Some(of), None) => CalledOff::By(self.keyed_load(of, known)?),
            (None, Some(rows)) => CalledOff::Found(self.rows_of(&rows.value, known.system)?),
            (Some(of), Some(_)) => {
                self.wrong(of.place, "a saga has `of` or `calledOff`, not both");
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
            self.wrong(name.place, format!("load `{}` has no `key`", load.name)).help = Some(
                "say where a reply holds the id of what was accepted, such as `key: $.id`"
                    .to_owned(),
            );
        }
        Some(load.name.clone())
    }

    fn compensation(
        &mut self,
        written: &scenario::Compensation,
        system: &System,
    ) -> Option<Compensation> {
        if written.absent && !written.json.is_empty() {
            self.wrong(written.get.place, "what must be absent cannot have `json` as well");
        }
        let rows = self.rows_at(&written.get, &written.items, &written.key, system)?;
        let json = self.conditions(&written.json, "a compensation");
        Some(Compensation { rows, json: (!written.absent).then_some(json) })
    }

    pub(super) fn view(&mut self, written: &scenario::View, system: &System) -> Option<Claim> {
        if written.sources.is_empty() {
            self.wrong(written.of.get.place, "a view needs sources").help = Some(
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
        written: &scenario::ViewSource,
        system: &System,
    ) -> Option<ViewSource> {
        let rows = self.rows_at(&written.get, &written.items, &written.key, system);
        let place = written.get.place;
        let each = written.fields.iter().map(|(shown, fold)| self.view_field(shown, fold, place));
        let fields = each.collect::<Option<Vec<_>>>();
        Some(ViewSource { rows: rows?, fields: fields? })
    }

    fn view_field(
        &mut self,
        shown: &str,
        fold: &scenario::Fold,
        place: Place,
    ) -> Option<ViewField> {
        let (fold, held) = match fold {
            scenario::Fold::Last(path) => (Fold::Last, path),
            scenario::Fold::Over(FoldOver::Sum(path)) => (Fold::Sum, path),
            scenario::Fold::Over(FoldOver::Count(path)) => (Fold::Count, path),
        };
        let (shown, held) = (self.json_path(shown, place), self.json_path(held, place));
        Some(ViewField { shown: shown?, fold, held: held? })
    }

    fn rows_of(&mut self, written: &scenario::Rows, system: &System) -> Option<Rows> {
        self.rows_at(&written.get, &written.items, &written.key, system)
    }

    pub(super) fn rows_at(
        &mut self,
        get: &Located<String>,
        items: &Located<String>,
        key: &Located<String>,
        system: &System,
    ) -> Option<Rows> {
        let target = self.target(get, &system.services);
        let (items, key) = (self.json_path(items, items.place), self.json_path(key, key.place));
        Some(Rows { target: target?, items: items?, key: key? })
    }
}
