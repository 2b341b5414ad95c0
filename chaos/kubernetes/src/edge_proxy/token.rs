//! The token by which an edge proxy knows its controller.

use ring::rand::{SecureRandom, SystemRandom};

use crate::client::error::KubeError;

/// How many random bytes a token has.
const LENGTH: usize = 32;

/// A token from the system's randomness, in hexadecimal digits.
pub(super) fn new() -> Result<String, KubeError> {
    let mut bytes = [0; LENGTH];
    SystemRandom::new().fill(&mut bytes).map_err(|_| KubeError::NoRandomness)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_all_different() {
        let tokens: std::collections::BTreeSet<String> = (0..100).map(|_| new().unwrap()).collect();
        assert_eq!(tokens.len(), 100);
        let is_token =
            |token: &String| token.len() == 64 && token.chars().all(|one| one.is_ascii_hexdigit());
        assert!(tokens.iter().all(is_token));
    }
}
