//! Options that say how servers are reached.

use std::path::PathBuf;

use super::Given;
use crate::job::{Identity, Request, Transport};
use crate::siege::SiegeError;
use crate::siege::table::Flag;

impl Given {
    pub(super) fn transport(&self) -> Result<Transport, SiegeError> {
        let file = |flag| self.flags.value(flag).map(PathBuf::from);
        let key = file(Flag::Key);
        let identity = match file(Flag::Cert) {
            Some(certificate) => {
                Some(Identity { key: key.unwrap_or_else(|| certificate.clone()), certificate })
            }
            None if key.is_some() => return Err(SiegeError::KeyWithoutCert),
            None => None,
        };
        Ok(Transport {
            ca: file(Flag::CaCert),
            identity,
            insecure: self.flags.has(Flag::Insecure),
            server_name: self.flags.value(Flag::ServerName).map(str::to_owned),
            ..Transport::default()
        })
    }

    /// Sends all requests to the socket that was asked for, if any.
    pub(super) fn place(&self, requests: &mut [Request]) {
        let socket = self.flags.value(Flag::UnixSocket).map(PathBuf::from);
        for request in requests {
            request.address.unix.clone_from(&socket);
        }
    }
}
