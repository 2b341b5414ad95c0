//! Methods by their names.

use prost_reflect::{DescriptorPool, MethodDescriptor};

/// Why there is no method to call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MethodError {
    /// A service that is not there.
    #[error("there is no service `{name}`; there are: {}", listed(there))]
    Service {
        /// As it was written.
        name: String,
        /// Those that are there.
        there: Vec<String>,
    },
    /// A method that is not there.
    #[error("{service} has no method `{name}`; it has: {}", listed(there))]
    Method {
        /// The full name of the service, with its package.
        service: String,
        /// As it was written.
        name: String,
        /// Those that are there.
        there: Vec<String>,
    },
    /// A method that is not unary.
    #[error("{0} streams; load is put on unary methods only")]
    Streams(String),
}

/// Splits `package.Service/Method`, or the same with a dot between them; `None` when it is neither.
pub fn split(written: &str) -> Option<(&str, &str)> {
    // The slash first: the name of a service has dots of its own.
    let parts =
        written.trim_start_matches('/').rsplit_once('/').or_else(|| written.rsplit_once('.'));
    parts.filter(|(service, method)| is_name(service) && is_name(method))
}

fn is_name(text: &str) -> bool {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '.';
    !text.is_empty() && text.chars().all(letter)
}

/// The unary method of this name.
///
/// # Errors
/// [`MethodError`] when there is none.
pub fn find(
    pool: &DescriptorPool,
    service: &str,
    name: &str,
) -> Result<MethodDescriptor, MethodError> {
    let Some(found) = pool.get_service_by_name(service) else {
        let there = pool.services().map(|service| service.full_name().to_owned()).collect();
        return Err(MethodError::Service { name: service.to_owned(), there });
    };
    let Some(method) = found.methods().find(|method| method.name() == name) else {
        let there = found.methods().map(|method| method.name().to_owned()).collect();
        return Err(MethodError::Method {
            service: service.to_owned(),
            name: name.to_owned(),
            there,
        });
    };
    match method.is_client_streaming() || method.is_server_streaming() {
        true => Err(MethodError::Streams(method.full_name().to_owned())),
        false => Ok(method),
    }
}

/// Names with commas, or that there are none.
fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
