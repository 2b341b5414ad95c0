//! What must hold, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

macro_rules! specs {
    ($($doc:literal, $key:literal: $name:ident($spec:ident) => $($claim:ident),+;)*) => {
        /// One thing that must hold.
        #[derive(Debug, Clone, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase")]
        pub enum ExpectationSpec {
            $(#[doc = $doc] $name(super::$spec),)*
        }

        impl ExpectationSpec {
            /// The name that proofs use, which is also its key.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => $key,)*
                }
            }
        }
    };
}
crate::expectations!(specs);
