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
    let named = Secrets::of_values(passwords.chain(tokens)).and(&Secrets::of_headers(headers));
    let options = [Flag::Proxy, Flag::OpenApi, Flag::Out].iter().flat_map(|one| flags.values(*one));
    let urls = flags.operands.iter().map(String::as_str).chain(options);
    let in_urls = urls.fold(named, |all, url| all.and(&in_line(url)));
    flags.values(Flag::Data).fold(in_urls, |all, data| all.and(&Secrets::of_body(data)))
}

/// The secrets of a URL, behind which siege has a method and a body: `URL POST a=b`.
fn in_line(text: &str) -> Secrets {
    let (url, rest) = text.split_once(' ').unwrap_or((text, ""));
    let body = rest.trim().split_once(' ').map_or("", |(_, body)| body);
    Secrets::of_url(url).and(&Secrets::of_body(body))
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
            "http://ann:url-pass-6@h/a?b=c&access_token=query-token-7",
            "http://h/login POST user=ann&password=form-pass-8",
            "--data",
            r#"{"user": "ann", "clientSecret": "json-pass-9"}"#,
        ];
        let arguments: Vec<String> = line.iter().map(|text| (*text).to_owned()).collect();
        let secrets = secrets_of(&Flags::parse(&arguments).unwrap());
        let masked = secrets.mask(&line.join(" "));
        for secret in [
            "rd-1",
            "number-2",
            "number-3",
            "session-4",
            "pass-5",
            "pass-6",
            "token-7",
            "pass-8",
            "pass-9",
        ] {
            assert!(!masked.contains(secret), "{masked}");
        }
        for plain in
            ["-u ann:", "X-Api-Key:", "Accept: text/plain", "@h/a?b=c", "http://p:", "user=ann"]
        {
            assert!(masked.contains(plain), "{masked}");
        }
    }
}
