//! Methods by their names.

use prost_reflect::{DescriptorPool, MethodDescriptor};

use super::GrpcError;

/// `package.Service/Method`, or with a dot between them.
pub(super) fn split(written: &str) -> Result<(&str, &str), GrpcError> {
    let parts = written.trim_start_matches('/').rsplit_once('/').or_else(|| written.rsplit_once('.'));
    let named = parts.filter(|(service, method)| !service.is_empty() && !method.is_empty());
    named.ok_or_else(|| GrpcError::Name(written.to_owned()))
}

/// The unary method of this name.
pub(super) fn find(pool: &DescriptorPool, service: &str, name: &str) -> Result<MethodDescriptor, GrpcError> {
    let Some(found) = pool.get_service_by_name(service) else {
        let there: Vec<String> = pool.services().map(|service| service.full_name().to_owned()).collect();
        return Err(GrpcError::Service { name: service.to_owned(), there: listed(&there) });
    };
    let Some(method) = found.methods().find(|method| method.name() == name) else {
        let there: Vec<String> = found.methods().map(|method| method.name().to_owned()).collect();
        return Err(GrpcError::Method {
            service: service.to_owned(),
            name: name.to_owned(),
            there: listed(&there),
        });
    };
    match method.is_client_streaming() || method.is_server_streaming() {
        true => Err(GrpcError::Streams(method.full_name().to_owned())),
        false => Ok(method),
    }
}

/// Names with commas, or that there are none.
pub(super) fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
