//! All that was canceled is compensated, everywhere.

use std::fmt;
use std::time::Duration;

use super::{Canceled, Claim, Claimed, Compensation, CrossCheck, Needs, Reading};
use crate::plan::System;
use crate::plan::check::{Checkable, Checker, ExpectationContext, one};
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

impl Claimed for Saga {
    fn needs(&self) -> Needs<'_> {
        let Self { canceled, compensated, within } = self;
        let cross_check = CrossCheck::Saga { canceled, compensated, within: *within };
        Needs { reading: Some(Reading::CrossCheck(cross_check)), ..Needs::default() }
    }
}

impl fmt::Display for Saga {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = self.compensated.iter().map(|one| one.rows.target.document());
        let (places, within) = (places.collect::<Vec<_>>().join(", "), Period(self.within));
        write!(out, "{}: each compensated in {places} within {within}", self.canceled)
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
            let place = self.place_of_key("saga");
            self.wrong(place, "a saga does not say what compensates for what is canceled").help =
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
        if let (Some(_), Some(old)) = (&written.canceled, &written.called_off) {
            self.wrong(old.span, "a saga has `canceled` and its old name `calledOff`").help =
                Some("leave `calledOff` out".to_owned());
        }
        match (&written.of, written.canceled.as_ref().or(written.called_off.as_ref())) {
            (Some(of), None) => self.keyed_load(of, context).map(Canceled::By),
            (None, Some(rows)) => {
                let rows = self.keyed_collection(rows.rows(), context.system);
                rows.map(Canceled::Found)
            }
            (Some(of), Some(_)) => {
                self.wrong(of.span, "a saga has `of` or `canceled`, not both");
                None
            }
            (None, None) => {
                let place = written.compensated.first().map(|one| one.get.span);
                let place = place.or_else(|| self.place_of_key("saga"));
                self.wrong(place, "a saga does not say what is canceled").help =
                    Some("add `of:` with a load, or `canceled: {get, items, key}`".to_owned());
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
        let rows = self.keyed_collection(written.rows(), system)?;
        let json = self.conditions(&written.json, "a compensation");
        Some(Compensation { rows, json: (!written.absent).then_some(json) })
    }
}
