#!/usr/bin/env bash
# Brings the bookstore up in a namespace of its own, as a user would, runs scenarios on it with and
# without their guards, takes it down, and checks that nothing is left. Needs kubectl, jq, and a
# cluster (KUBECONFIG) whose service addresses answer from here.
#   proofs.sh BRUNT IMAGE EVENT_LOG STORE OUT SCENARIO…
# With '' as EVENT_LOG or STORE, brunt brings its own.
set -euo pipefail
brunt=$1 image=$2 event_log=$3 store=$4 out=$5; shift 5
namespace=bookstore-$$
fail() { echo "FAILED: $*"; exit 1; }
down() {
  "$brunt" down bookstore --on kubernetes --namespace "$namespace" --volumes
}
trap 'down >/dev/null 2>&1 || true' EXIT

objects() { # everything that a run could change: values of workloads and autoscalers, and which objects exist
  kubectl get deployments,horizontalpodautoscalers,configmaps,services,jobs -n "$namespace" -o json |
    jq -S '.items | map({kind, name: .metadata.name, data,
        notes: [.metadata.annotations // {} | keys[] | select(startswith("revert.brunt.dev"))], spec: (.spec | del(.clusterIP, .clusterIPs))}
      | if .kind == "Deployment" then del(.spec.replicas) else . end)'
}

engines=()
[[ -z $event_log ]] || engines+=(--event-log "$event_log")
[[ -z $store ]] || engines+=(--store "$store")
"$brunt" up bookstore --on kubernetes --namespace "$namespace" --image "$image" --within 5m "${engines[@]}"
before=$(objects)
"$brunt" prove --quiet --on kubernetes --namespace "$namespace" --out "$out" "$@"
for _ in $(seq 30); do
  after=$(objects)
  [[ $before != "$after" ]] || break
  sleep 1
done
[[ $before == "$after" ]] || { diff <(echo "$before") <(echo "$after") || true; fail "something was left behind"; }
echo "all objects are as before"
down
trap - EXIT
kubectl wait --for=delete "namespace/$namespace" --timeout=90s >/dev/null || fail "the namespace still exists"
