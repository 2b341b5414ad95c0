//! Errors that say that this machine, and not a server, let no connection be opened.

use std::fs::File;
use std::io;

use rustix::io::Errno;

const DESCRIPTORS: &str = "no file descriptors were left for connections (see `ulimit -n`)";

/// What the generator's machine lacked, if that is why a connection could not be opened.
pub(super) fn own_limit(error: &io::Error) -> Option<&'static str> {
    match Errno::from_io_error(error)? {
        Errno::MFILE | Errno::NFILE => Some(DESCRIPTORS),
        // Linux says the first for `connect` when all local ports are taken.
        Errno::ADDRNOTAVAIL | Errno::ADDRINUSE => Some("no local ports were left for connections"),
        Errno::NOBUFS | Errno::NOMEM => Some("no memory was left for connections"),
        _ => None,
    }
}

/// The same for the lookup of a name, whose errors have their own codes: a resolver without a
/// descriptor for its socket reports that it does not know the name.
pub(super) fn own_limit_of_lookup(error: &io::Error) -> Option<&'static str> {
    own_limit(error).or_else(|| own_limit(&File::open("/dev/null").err()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_machines_own_limits_are_the_generators() {
        let limit = |errno: Errno| own_limit(&errno.into());
        for errno in [Errno::MFILE, Errno::NFILE, Errno::ADDRNOTAVAIL, Errno::NOBUFS] {
            assert!(limit(errno).is_some(), "{errno}");
        }
        for errno in [Errno::CONNREFUSED, Errno::CONNRESET, Errno::TIMEDOUT, Errno::HOSTUNREACH] {
            assert_eq!(limit(errno), None, "{errno}");
        }
        let lookup = io::Error::other("failed to lookup address information");
        assert_eq!(own_limit_of_lookup(&lookup), None, "there are descriptors left");
    }
}
