//! Credentials whose values are still to be filled in.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use brunt_scenarios::plan::Auth;
use brunt_scenarios::template::Template;

use crate::template::{Scope, fill, template};

#[derive(Debug, Clone)]
pub(super) enum CredentialsTemplate {
    Basic(Template, Template),
    Bearer(Template),
}

impl CredentialsTemplate {
    pub fn new(planned: &Auth) -> Self {
        match planned {
            Auth::Basic(user, password) => Self::Basic(template(user), template(password)),
            Auth::Bearer(token) => Self::Bearer(template(token)),
        }
    }

    pub fn header(&self, scope: &impl Scope) -> String {
        match self {
            Self::Basic(user, password) => {
                let both = format!("{}:{}", fill(user, scope), fill(password, scope));
                format!("Basic {}", BASE64_STANDARD.encode(both))
            }
            Self::Bearer(token) => format!("Bearer {}", fill(token, scope)),
        }
    }
}
