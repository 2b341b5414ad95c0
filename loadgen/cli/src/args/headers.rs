//! Options that become headers of every request.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::table::Flag;
use super::values;
use super::written::WrittenOptions;
use crate::error::LoadCliError;

impl WrittenOptions {
    pub(crate) fn headers(&self) -> Result<Vec<(String, String)>, LoadCliError> {
        let written =
            self.rc.headers.iter().map(String::as_str).chain(self.flags.values(Flag::Header));
        let mut headers = written.map(values::header).collect::<Result<Vec<_>, _>>()?;
        if let Some(agent) = self.value(Flag::UserAgent, "user-agent") {
            headers.push(("User-Agent".to_owned(), agent.to_owned()));
        }
        // Sent with each request, not only after a 401 as siege does: a second request for each
        // would be load that nobody asked for.
        let basic = self.flags.value(Flag::User).or(self.login());
        let basic = basic.map(|user| format!("Basic {}", BASE64_STANDARD.encode(user)));
        let bearer = self.flags.value(Flag::Bearer).map(|token| format!("Bearer {token}"));
        headers.extend(basic.or(bearer).map(|value| ("Authorization".to_owned(), value)));
        // Siege's file has this key; a header of the command line is more exact.
        let coded = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept-encoding"));
        if let Some(coding) = self.rc.value("accept-encoding").filter(|_| !coded) {
            headers.push(("Accept-Encoding".to_owned(), coding.to_owned()));
        }
        Ok(headers)
    }

    /// `login = name:password:realm` of the settings file; the realm is left out, as nobody is
    /// asked for it.
    fn login(&self) -> Option<&str> {
        let login = self.rc.value("login")?;
        let password = login.find(':')? + 1;
        Some(login[password..].find(':').map_or(login, |realm| &login[..password + realm]))
    }
}
