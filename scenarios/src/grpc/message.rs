//! Messages as JSON, and as the bytes that are sent.

use prost::Message as _;
use prost_reflect::{DynamicMessage, MessageDescriptor, SerializeOptions};
use serde_json::Value;

/// Why JSON is no message.
#[derive(Debug, thiserror::Error)]
#[error("the message is no {name}: {source}")]
pub struct InvalidMessage {
    /// The message's type.
    pub name: String,
    /// What is wrong with the JSON.
    pub source: serde_json::Error,
}

/// The bytes of a message that is written as JSON, in protobuf's own mapping.
///
/// # Errors
/// [`InvalidMessage`] when the JSON has another form than the message.
pub fn packed(kind: &MessageDescriptor, message: &Value) -> Result<Vec<u8>, InvalidMessage> {
    let wrong = |source| InvalidMessage { name: kind.full_name().to_owned(), source };
    Ok(DynamicMessage::deserialize(kind.clone(), message).map_err(wrong)?.encode_to_vec())
}

/// A message as JSON: all fields are there, by their names of JSON, and numbers are numbers even
/// where protobuf's mapping makes texts of them. `None` when the bytes are no such message.
pub fn unpacked(kind: &MessageDescriptor, bytes: &[u8]) -> Option<Value> {
    let options =
        SerializeOptions::new().stringify_64_bit_integers(false).skip_default_fields(false);
    let message = DynamicMessage::decode(kind.clone(), bytes).ok()?;
    message.serialize_with_options(serde_json::value::Serializer, &options).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::grpc::compile;

    fn order() -> MessageDescriptor {
        let text = "syntax = \"proto3\"; message Order { int64 id = 1; string product_name = 2; \
            int32 qty = 3; }";
        let texts = [("a.proto".to_owned(), text.to_owned())].into();
        compile("a.proto", texts).unwrap().get_message_by_name("Order").unwrap()
    }

    #[test]
    fn what_is_packed_is_unpacked_with_all_its_fields() {
        let bytes = packed(&order(), &json!({"id": 7, "product_name": "Tea"})).unwrap();
        let wanted = json!({"id": 7, "productName": "Tea", "qty": 0});
        assert_eq!(unpacked(&order(), &bytes), Some(wanted));
        assert_eq!(unpacked(&order(), &bytes[..3]), None);
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let wrong = |message| packed(&order(), &message).unwrap_err().to_string();
        assert!(
            wrong(json!({"qty": "many"})).starts_with("the message is no Order: "),
            "{}",
            wrong(json!({"qty": "many"}))
        );
        assert!(wrong(json!({"prduct": 1})).contains("prduct"));
        assert!(wrong(json!([])).contains("no Order"));
    }
}
