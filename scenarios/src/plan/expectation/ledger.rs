//! Every accepted command has its effect, exactly once.

use std::fmt;
use std::time::Duration;

use super::{Claim, Claimed, Effects, Needs, Reading};
use crate::plan::check::{Checkable, Checker, ExpectationContext, one};
use crate::plan::{Load, System};
use crate::scenario::{EffectsSpec, LedgerSpec};
use crate::units::Period;

/// Every accepted command has its effect, exactly once.
#[derive(Debug, Clone)]
pub struct Ledger {
    /// The load that makes the commands.
    pub of: String,
    /// Where their effects are.
    pub effects: Effects,
    /// How many accepted commands may be without effect.
    pub lost: u64,
    /// How many effects may be there more than once, or without a command.
    pub duplicated: u64,
    /// How long after load and faults the effects may take.
    pub within: Duration,
}

// When a command was sent makes no difference to whether it has its effect, so a missed schedule
// does not weaken this claim.
impl Claimed for Ledger {
    fn needs(&self) -> Needs<'_> {
        let Self { of, effects, within, .. } = self;
        let reading = Reading::Ledger { of, effects, within: *within };
        Needs { reading: Some(reading), ..Needs::default() }
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (target, within) = (&self.effects.rows.target, Period(self.within));
        write!(out, "{}: each accepted one exactly once in {target} within {within}", self.of)
    }
}

impl Checkable for LedgerSpec {
    fn check(&self, checker: &mut Checker<'_>, context: &ExpectationContext<'_>) -> Vec<Claim> {
        one(checker.ledger(self, context))
    }
}

impl Checker<'_> {
    fn ledger(&mut self, written: &LedgerSpec, context: &ExpectationContext<'_>) -> Option<Ledger> {
        let of = self.keyed_load(&written.of, context);
        let effects = self.effects(&written.effects, context.system);
        let load = context.loads.iter().find(|load| load.name == written.of.value);
        if let Some(lost) = &written.lost
            && let Some(most) = load.and_then(Load::most_commands)
            && lost.value as f64 >= most
        {
            let what = format!("every run holds this: `{}` makes {most} commands", written.of);
            self.wrong(lost.span, what).help =
                Some("leave `lost` out, and each accepted one must have its effect".to_owned());
        }
        Some(Ledger {
            of: of?,
            effects: effects?,
            lost: written.lost.as_ref().map_or(0, |lost| lost.value),
            duplicated: written.duplicated,
            within: written.within.0,
        })
    }

    pub(super) fn effects(&mut self, written: &EffectsSpec, system: &System) -> Option<Effects> {
        let rows = self.keyed_collection(written.rows(), system);
        let json = self.conditions(&written.json, "the effects");
        Some(Effects { rows: rows?, json })
    }
}
