//! Forms as bodies: `application/x-www-form-urlencoded`.

/// The content type of a form.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// A form's body.
///
/// ```
/// let fields = [("name", "Ann Lee"), ("q", "a&b=ü")];
/// assert_eq!(brunt_scenarios::form::form(fields), "name=Ann+Lee&q=a%26b%3D%C3%BC");
/// ```
pub fn form<N: AsRef<str>, V: AsRef<str>>(fields: impl IntoIterator<Item = (N, V)>) -> String {
    let mut text = String::new();
    for (name, value) in fields {
        if !text.is_empty() {
            text.push('&');
        }
        encode(name.as_ref(), &mut text);
        text.push('=');
        encode(value.as_ref(), &mut text);
    }
    text
}

fn encode(plain: &str, text: &mut String) {
    for byte in plain.bytes() {
        match byte {
            // The set of forms and not of RFC 3986: `*` stays as it is, and `~` does not.
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                text.push(char::from(byte));
            }
            b' ' => text.push('+'),
            other => text.push_str(&format!("%{other:02X}")),
        }
    }
}
