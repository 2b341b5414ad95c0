#!/usr/bin/env bash
# A service of a thousand pods: how long the choice among them takes, how much memory the controller
# needs, and that its requests to the API server are at most one per object that it changes, plus a
# constant.
#   thousand.sh BRUNT [PODS]
# Needs kubectl, python3, and a cluster (KUBECONFIG) with simulated nodes (KWOK) that have the label
# and the taint type=kwok.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
brunt=$(readlink -f "$1") pods=${2:-1000}
namespace=thousand-$$
scratch=$(mktemp -d)
fail() { echo "FAILED: $*" >&2; exit 1; }
started=()
finish() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  kubectl delete namespace "$namespace" --ignore-not-found --wait=false >/dev/null || true
  rm -rf "$scratch"
}
trap finish EXIT
[[ $(kubectl get nodes -l type=kwok -o name) ]] || fail "there are no simulated nodes"

first_line() { # FILE: its first line, within 10 s
  for _ in $(seq 100); do
    [[ ! -s $1 ]] || { head -n 1 "$1"; return; }
    sleep 0.1
  done
  fail "$1 is empty"
}

kubectl create namespace "$namespace" >/dev/null
kubectl apply -n "$namespace" -f - >/dev/null <<YAML
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas: $pods
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      nodeSelector: {type: kwok}
      tolerations: [{key: type, value: kwok, effect: NoSchedule}]
      containers: [{name: service, image: pretended, ports: [{containerPort: 8080}]}]
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop}, ports: [{port: 8080}]}
YAML
kubectl wait -n "$namespace" deployment/shop --for=jsonpath='{.status.readyReplicas}'="$pods" --timeout=300s >/dev/null
echo "$pods pods are ready"

# Requests pass through a counter in plain HTTP.
kubectl proxy --port 0 --disable-filter=true >"$scratch/proxy" 2>/dev/null & started+=($!)
direct=$(first_line "$scratch/proxy" | sed 's/.*://')
python3 "$here/count.py" "$direct" "$scratch/requests" >"$scratch/counter" & started+=($!)
port=$(first_line "$scratch/counter")
cat >"$scratch/kubeconfig" <<YAML
apiVersion: v1
kind: Config
clusters: [{name: counted, cluster: {server: "http://127.0.0.1:$port"}}]
contexts: [{name: counted, context: {cluster: counted}}]
current-context: counted
YAML
# Simulated pods answer no request, so the load goes elsewhere.
cat >"$scratch/shop.yaml" <<YAML
version: 1
name: shop
services:
  shop: {command: [pretended], port: 8080, startsWithin: 60s}
  elsewhere: {url: "http://127.0.0.1:$direct"}
YAML

killed() { # COUNT: a run that kills COUNT pods; prints requests, watches, MiB, and seconds to choose and to kill
  local many=$1
  cat >"$scratch/killed-$many.yaml" <<YAML
version: 1
name: $many of $pods pods are killed
system: shop.yaml
load: [{name: beside, closed: {users: 1, think: 100ms..200ms}, for: 5s, get: elsewhere/healthz}]
faults: [{at: 1s, kill: {service: shop, pick: $many}}]
expect: [{availability: {of: beside, atLeast: 10%}}]
YAML
  local from; from=$(wc -l <"$scratch/requests")
  KUBECONFIG=$scratch/kubeconfig "$brunt" run "$scratch/killed-$many.yaml" --on kubernetes --namespace "$namespace" --no-watchdog --from here \
    --retries 0 --out "$scratch/runs" >"$scratch/said" 2>&1 & local run=$!
  started+=("$run")
  local memory=0 now
  while now=$(awk '/^VmHWM/ {print $2}' "/proc/$run/status" 2>/dev/null) && [[ $now ]]; do memory=$now; sleep 0.05; done
  wait "$run" || { cat "$scratch/said"; fail "the run with $many ended with $?"; }
  tail -n "+$((from + 1))" "$scratch/requests" >"$scratch/these"
  grep -c ' DELETE .*/pods/' "$scratch/these" | grep -qx "$many" || fail "not $many pods were deleted"
  # The choice starts with the last read of the Deployment before the first deletion.
  awk -v many="$many" -v memory="$memory" '
    / DELETE / {last = $1} / DELETE / && !first {first = $1; asked = before}
    / GET .*\/deployments\/shop/ {before = $1}
    {all++} /[?&]watch=true/ {watches++}
    END {printf "%d %d %.1f %.3f %.2f\n", all, watches, memory / 1024, first - asked, last - first}' "$scratch/these"
}

few=10 many=$((pods / 5))
killed $few >"$scratch/few"
kubectl wait -n "$namespace" deployment/shop --for=jsonpath='{.status.readyReplicas}'="$pods" --timeout=300s >/dev/null
killed $many >"$scratch/many"
read -r requests_few watches_few memory_few chosen_few killed_few <"$scratch/few"
read -r requests_many watches_many memory_many chosen_many killed_many <"$scratch/many"
echo "killed  requests  of them watches  memory, MiB  to choose, s  to kill, s"
printf '%6d  %8d  %15d  %11s  %12s  %10s\n' "$few" "$requests_few" "$watches_few" "$memory_few" "$chosen_few" "$killed_few"
printf '%6d  %8d  %15d  %11s  %12s  %10s\n' "$many" "$requests_many" "$watches_many" "$memory_many" "$chosen_many" "$killed_many"

constant=$((requests_few - few))
((constant <= 60)) || fail "$constant requests besides one for each pod"
# A watch that is opened again is a request as well.
((requests_many - many <= constant + 10)) || fail "with more pods to kill, there are more other requests"
for memory in "$memory_few" "$memory_many"; do
  awk -v memory="$memory" 'BEGIN {exit !(memory > 0 && memory < 100)}' || fail "$memory MiB of memory"
done
for seconds in "$chosen_few" "$chosen_many"; do
  awk -v seconds="$seconds" 'BEGIN {exit !(seconds > 0 && seconds < 1)}' || fail "$seconds s to choose"
done
echo "choice, memory and requests are within their limits"
