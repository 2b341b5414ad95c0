//! What can be wrong with a cluster, and what the program says and leaves then.

use std::ffi::OsString;
use std::time::Duration;

use serde_json::json;

use crate::accounts::account;
use crate::controller::Controller;
use crate::forwarder::{self, Forwarder};
use crate::shop::{Shop, until};

const ENDS_WITHIN: Duration = Duration::from_secs(240);

const SCALED: &str = "load: [{name: looks, open: {rate: 5/s}, for: 8s, get: shop/isHealthy}]\n\
    faults: [{at: 1s, for: 3s, setEnv: {service: shop, env: {TIMEOUT: 'off'}}}]\n\
    expect: [{availability: {of: looks, atLeast: 1%}}]\nlimits: {maxDuration: 20s}\n";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn a_run_without_rights_says_which_right_is_missing() {
    let shop = Shop::open("rights").await;
    shop.all_ready().await;
    let looks = json!([
        {"apiGroups": ["", "apps", "autoscaling", "discovery.k8s.io"], "resources": ["*"], "verbs": ["get", "list", "watch"]}]);
    let (_folder, nobody) = account(&shop, json!([])).await;
    let run =
        |who: &OsString, args: &[&str]| Controller::start_as(who, &shop.namespace, SCALED, args);
    let ended = run(&nobody, &[]).finish(ENDS_WITHIN).await;
    assert_eq!(ended.code, Some(2), "{}", ended.said);
    assert!(ended.said.contains("not allowed to list"), "{}", ended.said);
    assert!(ended.said.contains("see manifests/components/controller"), "{}", ended.said);
    shop.give("weak", looks).await;
    let before = shop.snapshot_with_pods().await;
    let ended = run(&nobody, &[]).finish(ENDS_WITHIN).await;
    assert_eq!(ended.code, Some(2), "{}", ended.said);
    assert!(ended.said.contains("not allowed to create the watchdog Job"), "{}", ended.said);
    let ended = run(&nobody, &["--no-watchdog"]).finish(ENDS_WITHIN).await;
    assert_eq!(ended.code, Some(3), "a fault that could not be is no pass: {}", ended.said);
    assert!(ended.said.contains("Not allowed to change Deployment shop"), "{}", ended.said);
    assert_eq!(shop.snapshot_with_pods().await, before);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn a_cluster_that_is_away_for_a_while_makes_the_run_inconclusive() {
    let shop = Shop::open("away").await;
    shop.all_ready().await;
    let before = shop.snapshot_with_pods().await;
    let mut way = Forwarder::open().await;
    let mut controller = Controller::start_as(
        &way.kubeconfig().into(),
        &shop.namespace,
        SCALED,
        &["--from", "here"],
    );
    assert!(controller.says("begins", ENDS_WITHIN).await, "{:?}", controller.said());
    until("it is changed", || async {
        shop.deployment().await["spec"].to_string().contains("TIMEOUT")
    })
    .await;
    way.close().await;
    assert!(controller.says("ends", ENDS_WITHIN).await, "{:?}", controller.said());
    way.reopen().await;
    let ended = controller.finish(ENDS_WITHIN).await;
    assert_eq!(ended.code, Some(3), "{}", ended.said);
    assert!(ended.said.contains("not undone at its time"), "{}", ended.said);
    assert!(ended.said.contains("the cluster does not answer"), "{}", ended.said);
    until("it restored everything", || async { shop.snapshot_with_pods().await == before }).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn the_watchdog_restores_what_a_run_cannot() {
    let shop = Shop::open("gone").await;
    shop.all_ready().await;
    let before = shop.snapshot_with_pods().await;
    let mut way = Forwarder::open().await;
    let mut controller = Controller::start_as(
        &way.kubeconfig().into(),
        &shop.namespace,
        SCALED,
        &["--from", "here"],
    );
    assert!(controller.says("begins", ENDS_WITHIN).await, "{:?}", controller.said());
    until("it is changed", || async {
        shop.deployment().await["spec"].to_string().contains("TIMEOUT")
    })
    .await;
    way.close().await;
    let ended = controller.finish(ENDS_WITHIN).await;
    assert_eq!(ended.code, Some(5), "{}", ended.said);
    assert!(ended.said.contains("the cluster does not answer"), "{}", ended.said);
    assert!(ended.said.contains("restores it at"), "{}", ended.said);
    let by_hand = format!("`brunt revert --namespace {} --run", shop.namespace);
    assert!(ended.said.contains(&by_hand), "{}", ended.said);
    until("the watchdog restored everything", || async {
        shop.snapshot_with_pods().await == before
    })
    .await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn a_silent_cluster_and_a_missing_namespace_are_different_errors() {
    let shop = Shop::open("nowhere").await;
    let mut way = Forwarder::open().await;
    let nowhere = format!("{}-x", shop.namespace);
    let run =
        |namespace: &str| Controller::start_as(&way.kubeconfig().into(), namespace, SCALED, &[]);
    let ended = run(&nowhere).finish(ENDS_WITHIN).await;
    assert_eq!(ended.code, Some(2), "{}", ended.said);
    assert!(ended.said.contains(&format!("there is no namespace `{nowhere}`")), "{}", ended.said);
    assert!(ended.said.contains("or name another by --namespace"), "{}", ended.said);
    let silent = run(&shop.namespace);
    way.close().await;
    drop(silent);
    let silent = Controller::start_as(&way.kubeconfig().into(), &shop.namespace, SCALED, &[]);
    let ended = silent.finish(ENDS_WITHIN).await;
    assert_eq!(ended.code, Some(2), "{}", ended.said);
    assert!(
        ended.said.contains("the cluster does not answer (Connection refused"),
        "{}",
        ended.said
    );
    assert!(ended.said.contains("is it up, and is this machine's way to it?"), "{}", ended.said);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn a_check_of_an_autoscaler_without_metrics_is_inconclusive() {
    let shop = Shop::open("metrics").await;
    shop.no_requests().await;
    let undecided = || async {
        let conditions =
            shop.object("HorizontalPodAutoscaler").await["status"]["conditions"].clone();
        let conditions = conditions.as_array().cloned().unwrap_or_default();
        conditions.iter().any(|one| {
            let says = one["message"].as_str().unwrap_or_default();
            one["type"] == "ScalingActive"
                && one["status"] == "False"
                && says.contains("missing request for cpu")
        })
    };
    until("the autoscaler misses its metrics", undecided).await;
    let scenario = "load: [{name: looks, open: {rate: 20/s}, for: 8s, get: shop/isHealthy}]\n\
        expect: [{hpa: {service: shop, reaches: 3, within: 5s}}]\n";
    let ended = Controller::start(&shop, scenario, &[]).finish(ENDS_WITHIN).await;
    assert_eq!(ended.code, Some(3), "{}", ended.said);
    assert!(ended.said.contains("the autoscaler could not decide"), "{}", ended.said);
    assert!(ended.said.contains("missing request for cpu"), "{}", ended.said);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn a_wrong_context_an_expired_token_and_a_missing_plugin_are_named_as_such() {
    let shop = Shop::open("login").await;
    let before = shop.snapshot().await;
    let folder = tempfile::tempdir().unwrap();
    let with_account = |name: &str, account: serde_json::Value| -> OsString {
        let mut config = forwarder::read();
        config.auth_infos[0].auth_info = Some(serde_json::from_value(account).unwrap());
        let path = folder.path().join(name);
        std::fs::write(&path, serde_json::to_string(&config).unwrap()).unwrap();
        path.into()
    };
    let version = "client.authentication.k8s.io/v1";
    let plugin = json!({"exec": {"apiVersion": version, "command": "no-such-login-plugin",
        "interactiveMode": "Never"}});
    let expired = with_account("expired", json!({"token": "expired"}));
    let plugin = with_account("plugin", plugin);
    let administrator = std::env::var_os("BRUNT_TEST_KUBECONFIG").unwrap();
    let no_args: &[&str] = &[];
    let all = [
        (&expired, no_args, "has expired, or is another cluster's"),
        (&plugin, no_args, "`no-such-login-plugin`, which cannot be run"),
        (&administrator, &["--context", "elsewhere"], "has no context `elsewhere` (it has: "),
    ];
    for (kubeconfig, args, expected) in all {
        let run = Controller::start_as(kubeconfig, &shop.namespace, SCALED, args);
        let ended = run.finish(ENDS_WITHIN).await;
        assert_eq!(ended.code, Some(2), "{}", ended.said);
        assert!(ended.said.contains(expected), "{}", ended.said);
    }
    assert_eq!(shop.snapshot().await, before);
    shop.close().await;
}
