//! Accounts with fewer rights than an administrator has.

use std::ffi::OsString;

use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::api::{Api, PostParams};
use serde_json::json;
use tempfile::TempDir;

use crate::forwarder;
use crate::shop::Shop;

/// A kubeconfig of an account that may do this and no more.
pub async fn account(shop: &Shop, rules: serde_json::Value) -> (TempDir, OsString) {
    shop.give("weak", rules).await;
    let accounts: Api<ServiceAccount> = Api::namespaced(shop.client.clone(), &shop.namespace);
    let wanted = TokenRequest { spec: TokenRequestSpec::default(), ..TokenRequest::default() };
    let token =
        accounts.create_token_request("weak", &PostParams::default(), &wanted).await.unwrap();
    let mut config = forwarder::read();
    // Where it works, as in a pod.
    if let Some(context) = &mut config.contexts[0].context {
        context.namespace = Some(shop.namespace.clone());
    }
    let token = token.status.unwrap().token;
    config.auth_infos[0].auth_info = Some(serde_json::from_value(json!({"token": token})).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    std::fs::write(&path, serde_json::to_string(&config).unwrap()).unwrap();
    (folder, path.into())
}
