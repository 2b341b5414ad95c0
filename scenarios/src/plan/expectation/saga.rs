//! All that was canceled is compensated, everywhere.

use std::fmt;
use std::time::Duration;

use super::{Claim, Claimed, CrossCheck, Needs, Reading};
use crate::plan::check::{Checkable, Checker, ExpectationContext, one};
use crate::plan::{JsonPath, KeyedCollection, System};
use crate::scenario::{CompensationSpec, SagaSpec};
use crate::units::Period;

/// All that was canceled is compensated, everywhere.
#[derive(Debug, Clone)]
pub struct Saga {
    /// What was canceled.
    pub canceled: Canceled,
    /// What must then be true, in each of these places; at least one.
    pub compensated: Vec<Compensation>,
    /// How long after load and faults it may take.
    pub within: Duration,
}

/// What was canceled.
#[derive(Debug, Clone)]
pub enum Canceled {
    /// What the accepted commands of the load with this name are about.
    By(String),
    /// What is found in a collection.
    Found(KeyedCollection),
}

/// What compensates for something that was canceled.
#[derive(Debug, Clone)]
pub struct Compensation {
    /// Where it is, by the key of what was canceled.
    pub rows: KeyedCollection,
    /// What must be true of it; `None` when there must be none.
    pub json: Option<Vec<(JsonPath, serde_json::Value)>>,
}

impl Claimed for Saga {
    fn needs(&self) -> Needs<'_> {
        let reading = Reading::CrossCheck(CrossCheck::Saga(self));
        Needs { reading: Some(reading), ..Needs::default() }
    }
}

impl fmt::Display for Saga {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = self.compensated.iter().map(|one| one.rows.target.document());
        let (places, within) = (places.collect::<Vec<_>>().join(", "), Period(self.within));
        write!(out, "{}: each compensated in {places} within {within}", self.canceled)
    }
}

impl fmt::Display for Canceled {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::By(load) => out.write_str(load),
            Self::Found(rows) => out.write_str(&rows.target.document()),
        }
    }
}

impl Checkable for SagaSpec {
    fn check(&self, checker: &mut Checker<'_>, context: &ExpectationContext<'_>) -> Vec<Claim> {
        one(checker.saga(self, context))
    }
}

impl Checker<'_> {
    fn saga(&mut self, written: &SagaSpec, context: &ExpectationContext<'_>) -> Option<Saga> {
        let canceled = self.canceled(written, context)?;
        if written.compensated.is_empty() {
            self.wrong(None, "a saga does not say what compensates for what is canceled").help =
                Some("add `compensated: [{get, items, key, json}]`".to_owned());
        }
        let each = written.compensated.iter().map(|one| self.compensation(one, context.system));
        let compensated = each.collect::<Option<Vec<_>>>()?;
        Some(Saga { canceled, compensated, within: written.within.0 })
    }

    fn canceled(
        &mut self,
        written: &SagaSpec,
        context: &ExpectationContext<'_>,
    ) -> Option<Canceled> {
        match (&written.of, &written.canceled) {
            (Some(of), None) => self.keyed_load(of, context).map(Canceled::By),
            (None, Some(rows)) => {
                let rows = self.keyed_collection(&rows.get, &rows.items, &rows.key, context.system);
                rows.map(Canceled::Found)
            }
            (Some(of), Some(_)) => {
                self.wrong(of.span, "a saga has `of` or `calledOff`, not both");
                None
            }
            (None, None) => {
                self.wrong(None, "a saga does not say what is canceled").help =
                    Some("add `of:` with a load, or `calledOff: {get, items, key}`".to_owned());
                None
            }
        }
    }

    fn compensation(
        &mut self,
        written: &CompensationSpec,
        system: &System,
    ) -> Option<Compensation> {
        if written.absent && !written.json.is_empty() {
            self.wrong(written.get.span, "what must be absent cannot have `json` as well");
        }
        let rows = self.keyed_collection(&written.get, &written.items, &written.key, system)?;
        let json = self.conditions(&written.json, "a compensation");
        Some(Compensation { rows, json: (!written.absent).then_some(json) })
    }
}
