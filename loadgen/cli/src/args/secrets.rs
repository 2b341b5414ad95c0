//! What of a command line must not be shown: exports are handed on.

use brunt_reports::Secrets;

use super::flags::Flags;
use super::table::Flag;
use super::values;

/// The credentials among the options and in URLs.
pub(crate) fn secrets_of(flags: &Flags) -> Secrets {
    let headers: Vec<_> =
        flags.values(Flag::Header).filter_map(|header| values::header(header).ok()).collect();
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let users = flags.values(Flag::User).filter_map(|user| user.split_once(':'));
    let passwords = users.map(|(_, password)| password.to_owned());
    let tokens = flags.values(Flag::Bearer).map(str::to_owned);
    let urls = flags.operands.iter().map(String::as_str);
    let urls = urls
        .chain([Flag::Proxy, Flag::OpenApi, Flag::Out].iter().flat_map(|flag| flags.values(*flag)));
    let in_urls = urls.filter_map(password).map(str::to_owned);
    Secrets::of_values(passwords.chain(tokens).chain(in_urls)).and(&Secrets::of_headers(headers))
}

/// The password of a URL with a user's name: `http://name:password@host/`.
fn password(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#', ' ']).next()?;
    let (user, _) = authority.rsplit_once('@')?;
    user.split_once(':').map(|(_, password)| password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_of_options_and_urls_are_secrets_and_the_rest_is_none() {
        let line = [
            "-u",
            "ann:passw0rd-1",
            "--bearer=token-number-2",
            "-HX-Api-Key: key-number-3",
            "-H",
            "Cookie: theme=dark; sid=session-4",
            "-x",
            "http://p:proxy-pass-5@127.0.0.1:1",
            "-H",
            "Accept: text/plain",
            "http://ann:url-pass-6@h/a?b=c",
        ];
        let arguments: Vec<String> = line.iter().map(|text| (*text).to_owned()).collect();
        let secrets = secrets_of(&Flags::parse(&arguments).unwrap());
        let masked = secrets.mask(&line.join(" "));
        for secret in ["rd-1", "number-2", "number-3", "session-4", "pass-5", "pass-6"] {
            assert!(!masked.contains(secret), "{masked}");
        }
        for plain in ["-u ann:", "X-Api-Key:", "Accept: text/plain", "@h/a?b=c", "http://p:"] {
            assert!(masked.contains(plain), "{masked}");
        }
    }
}
