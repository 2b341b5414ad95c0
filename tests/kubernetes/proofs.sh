#!/usr/bin/env bash
# A system of its own namespace is brought up on the cluster at hand (KUBECONFIG) as a user would, scenarios are run on it with and without
# their guards, and it is taken down again with nothing of it left.
#   proofs.sh BRUNT IMAGE EVENT_LOG STORE OUT SCENARIO…
# The scenarios are of the bookstore. Needs kubectl, and a cluster whose service addresses answer from here.
set -euo pipefail
brunt=$1 image=$2 event_log=$3 store=$4 out=$5; shift 5
namespace=bookstore-$$
fail() { echo "FAILED: $*"; exit 1; }
down() {
  "$brunt" down bookstore --on kubernetes --namespace "$namespace" --volumes
}
trap 'down >/dev/null 2>&1 || true' EXIT

objects() { # everything that a run could leave changed: values of workloads and autoscalers, and what is there at all
  kubectl get deployments,horizontalpodautoscalers,configmaps,services,jobs -n "$namespace" -o json |
    jq -S '.items | map({kind, name: .metadata.name, data,
        notes: [.metadata.annotations // {} | keys[] | select(startswith("revert.brunt.dev"))], spec: (.spec | del(.clusterIP, .clusterIPs))}
      | if .kind == "Deployment" then del(.spec.replicas) else . end)'
}

engines=()
[[ -z $event_log ]] || engines+=(--event-log "$event_log")
[[ -z $store ]] || engines+=(--store "$store")
"$brunt" up bookstore --on kubernetes --namespace "$namespace" --image "$image" "${engines[@]}"
before=$(objects)
"$brunt" prove --quiet --on kubernetes --namespace "$namespace" --out "$out" "$@"
for _ in $(seq 30); do
  after=$(objects)
  [[ $before != "$after" ]] || break
  sleep 1
done
[[ $before == "$after" ]] || { diff <(echo "$before") <(echo "$after") || true; fail "something was left behind"; }
echo "all is as it was before"
down
trap - EXIT
kubectl wait --for=delete "namespace/$namespace" --timeout=90s >/dev/null || fail "the namespace is still there"
