#!/usr/bin/env bash
# The rights of manifests/components/controller and nodes beside what brunt needs, by the API
# server's audit log: every fault, on a workload of every kind, as the controller's account.
#   rights.sh BRUNT IMAGE AUDIT_LOG
# Needs kubectl, python3, a cluster (KUBECONFIG) that has the image, and whose API server writes its
# audit log (level Metadata, JSON lines) to AUDIT_LOG. The nodes of the cluster are drained.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
brunt=$(readlink -f "$1") image=$2 log=$(readlink -f "$3")
namespace=rights-$$
scratch=$(mktemp -d)
fail() { echo "FAILED: $*"; exit 1; }
finish() {
  kubectl delete clusterrolebinding,clusterrole brunt-nodes --ignore-not-found >/dev/null
  kubectl delete namespace "$namespace" --wait=false >/dev/null
  rm -rf "$scratch"
}
trap finish EXIT

kubectl create namespace "$namespace" >/dev/null
cat >"$scratch/kustomization.yaml" <<YAML
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: $namespace
resources: [controller.yaml, nodes.yaml]
YAML
cp "$here/../../manifests/components/controller/rbac.yaml" "$scratch/controller.yaml"
cp "$here/../../manifests/components/nodes/rbac.yaml" "$scratch/nodes.yaml"
kubectl apply -k "$scratch" >/dev/null
python3 "$here/rights/objects.py" "$image" | kubectl apply -n "$namespace" -f - >/dev/null
# A previous version, to which `rollBack` returns.
kubectl set env -n "$namespace" deployment/shop VERSION=2 >/dev/null
for workload in deployment/shop deployment/gateway statefulset/keeper daemonset/agent; do
  kubectl rollout status -n "$namespace" "$workload" --timeout=120s >/dev/null
done

# The cluster as the controller's account sees it.
kubectl config view --raw --minify --flatten >"$scratch/kubeconfig"
token=$(kubectl create token brunt -n "$namespace" --duration=1h)
as_controller() { KUBECONFIG="$scratch/kubeconfig" "$@"; }
as_controller kubectl config set-credentials brunt --token "$token" >/dev/null
as_controller kubectl config set-context --current --user brunt >/dev/null

run() { # COMMAND SCENARIO OPTIONS...
  local command=$1 scenario=$2; shift 2
  as_controller "$brunt" "$command" "$here/rights/$scenario" --on kubernetes --namespace "$namespace" \
    --image "$image" --out "$scratch/runs" "$@"
}
run run faults.yaml --from here --leave-report || fail "the faults: exit code $?"
# Whether its proofs hold does not matter here.
run prove edge.yaml --from inside || (($? == 1)) || fail "the edge: exit code $?"

kubectl get role brunt -n "$namespace" -o json >"$scratch/role"
kubectl get clusterrole brunt-nodes -o json >"$scratch/clusterrole"
python3 -c 'import json, sys; json.dump({"items": [json.load(open(file)) for file in sys.argv[1:]]}, sys.stdout)' \
  "$scratch/role" "$scratch/clusterrole" >"$scratch/rules"
python3 "$here/rights/compare.py" "$log" "system:serviceaccount:$namespace:brunt" "$scratch/rules"
