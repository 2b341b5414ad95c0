//! Why a fault is refused that nobody could take back.

use thiserror::Error;

/// What a fault would destroy for good, or who would decide about the object in its place.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IrreversibleError {
    /// Volume claims would be deleted, and their data with them.
    #[error(
        "{object} deletes its volume claims when it is {when} \
         (persistentVolumeClaimRetentionPolicy, {field}: Delete), and their data is lost; set it \
         to Retain, or leave the fault out"
    )]
    Claims {
        /// Kind and name.
        object: String,
        /// What would be done to it.
        when: &'static str,
        /// The field of the policy.
        field: &'static str,
    },
    /// Volume claims would be made, and stay when the fault is over.
    #[error(
        "{object} makes a volume claim for each replica, and those of further ones stay when it is \
         scaled back; leave the fault out, or scale to {replicas} replicas at most"
    )]
    ClaimsStay {
        /// Kind and name.
        object: String,
        /// How many replicas it has.
        replicas: u64,
    },
    /// Somebody else decides when the object goes.
    #[error(
        "{object} has the finalizer {finalizer}: it would be gone when somebody else removes that, \
         and could not be made again before; leave the fault out, or use `stop`"
    )]
    Finalizer {
        /// Kind and name.
        object: String,
        /// The first of its finalizers.
        finalizer: String,
    },
    /// Somebody else has made the object and may do so again, or change it back.
    #[error("{object} belongs to {owner}, which decides about it; leave the fault out")]
    Owned {
        /// Kind and name.
        object: String,
        /// Kind and name of the owner.
        owner: String,
    },
    /// The object is on its way out already.
    #[error("{object} is being deleted already, by somebody else")]
    Going {
        /// Kind and name.
        object: String,
    },
    /// Other objects would be deleted with it, and nobody would make them again.
    #[error(
        "{object} owns {dependents}, which would be deleted with it and not made again; leave the \
         fault out, or use `stop`"
    )]
    Dependents {
        /// Kind and name.
        object: String,
        /// Kinds and names of what it owns, separated by commas.
        dependents: String,
    },
}
