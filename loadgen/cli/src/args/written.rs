//! The options and the settings file together, before anything has a meaning.

use super::flags::Flags;
use super::siegerc::Siegerc;
use super::table::Flag;

/// What was written: options come before the settings file.
pub(crate) struct WrittenOptions {
    pub flags: Flags,
    pub rc: Siegerc,
}

impl WrittenOptions {
    pub(crate) fn value(&self, flag: Flag, key: &str) -> Option<&str> {
        self.flags.value(flag).or_else(|| self.rc.value(key))
    }

    pub(crate) fn is_on(&self, flag: Flag, key: &str) -> bool {
        self.flags.has(flag) || self.rc.is_on(key)
    }
}
