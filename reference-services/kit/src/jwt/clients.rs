//! The clients that may get tokens.

use ring::digest::{SHA256, digest};

/// The clients that may get tokens, with their secrets and scopes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clients(Vec<Client>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Client {
    id: String,
    secret: String,
    pub(super) scopes: Vec<String>,
}

impl Clients {
    pub(crate) const ACCEPTS: &'static str = "clients such as app:secret:orders:read \
         orders:write, separated by commas: an id, a secret, scopes";

    /// Reads `id:secret:scope scope`, separated by commas.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let client = |text: &str| {
            // Three parts at most: scopes such as `orders:read` contain colons themselves.
            let mut parts = text.trim().splitn(3, ':');
            let (id, secret) = (parts.next()?.to_owned(), parts.next()?.to_owned());
            let scopes =
                parts.next().unwrap_or_default().split_whitespace().map(str::to_owned).collect();
            (!id.is_empty() && !secret.is_empty()).then_some(Client { id, secret, scopes })
        };
        text.split(',').map(client).collect::<Option<Vec<_>>>().map(Self)
    }

    pub(super) fn authenticate(&self, id: &str, secret: &str) -> Option<&Client> {
        // Compares digests, so that the time it takes reveals nothing about the secret.
        let same = |client: &&Client| {
            digest(&SHA256, client.secret.as_bytes()).as_ref()
                == digest(&SHA256, secret.as_bytes()).as_ref()
        };
        self.0.iter().find(|client| client.id == id).filter(same)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_needs_its_own_secret() {
        let clients = Clients::parse("app:s3cret:orders:read orders:write, other:x").unwrap();
        assert_eq!(
            clients.authenticate("app", "s3cret").unwrap().scopes,
            ["orders:read", "orders:write"]
        );
        assert!(clients.authenticate("other", "x").unwrap().scopes.is_empty());
        for (id, secret) in [("app", "x"), ("other", "s3cret"), ("nobody", ""), ("app", "")] {
            assert!(clients.authenticate(id, secret).is_none());
        }
        for bad in ["", "app", "app:", ":x", "app:x,"] {
            assert_eq!(Clients::parse(bad), None, "{bad:?}");
        }
    }
}
