#!/usr/bin/env bash
# Checks that a real API server accepts every base, component and example, that manifests/rendered
# is up to date, and that rules, alerts and the dashboard are valid. Needs kubectl and a cluster
# (KUBECONFIG); promtool, or its path in PROMTOOL; and go, to download Istio's resource definitions.
# Checks whose tools are missing are left out and listed at the end.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
systems=(baemin bookstore cleaning coffee fooddelivery)
scratch=$(mktemp -d) namespace=brunt-check-$$ left_out=() own_crd=
cleanup() {
  kubectl delete namespace "$namespace" --ignore-not-found --wait=false >/dev/null || true
  [[ -z $own_crd ]] || kubectl delete crd "$own_crd" >/dev/null || true
  rm -rf "$scratch"
}
trap cleanup EXIT
fail() { echo "FAILED: $*"; exit 1; }

# Renders SYSTEM with COMPONENTS in the scratch namespace, and has the API server check it.
check() { # SYSTEM COMPONENT...
  local system=$1 folder=$scratch/overlay; shift
  local up; up=$(realpath --relative-to="$folder" manifests)
  mkdir -p "$folder"
  {
    echo "namespace: $namespace"
    echo "resources: [$up/$system]"
    echo "components:"
    for component; do echo "  - $up/components/$component"; done
    echo "images: [{name: brunt, newName: localhost/brunt, newTag: dev}]"
  } >"$folder/kustomization.yaml"
  kubectl kustomize "$folder" >"$scratch/all.yaml" || fail "$system with $* cannot be rendered"
  accepted "$system ${*:+with }$*"
}

accepted() { # WHAT
  kubectl apply --server-side --dry-run=server --force-conflicts --field-manager=check -f "$scratch/all.yaml" >"$scratch/said" 2>&1 ||
    { cat "$scratch/said"; fail "$1 is refused"; }
  ! grep -i warning "$scratch/said" || fail "$1 is accepted with a warning"
  local objects; objects=$(grep -c '^kind:' "$scratch/all.yaml")
  [[ $(grep -c 'server dry run' "$scratch/said") == "$objects" ]] || fail "$1: not all of $objects objects were checked"
  echo "$1: $objects objects accepted"
}

echo "== rendered files"
mkdir "$scratch/rendered"
manifests/render.sh "$scratch/rendered"
diff -r manifests/rendered "$scratch/rendered" || fail "manifests/rendered is out of date: run manifests/render.sh"

echo "== the API server"
kubectl create namespace "$namespace" >/dev/null
kubectl label namespace "$namespace" pod-security.kubernetes.io/enforce=baseline pod-security.kubernetes.io/warn=restricted >/dev/null
for system in "${systems[@]}"; do
  check "$system"
  check "$system" kafka postgres prometheus controller nodes
done
check baemin hostpath
kubectl kustomize manifests/examples/nightly | sed "s/^\(  *\)namespace: coffee$/\1namespace: $namespace/" >"$scratch/all.yaml"
accepted "examples/nightly"
# The check can fail: a field that does not exist is refused.
sed 's/readOnlyRootFilesystem/readOnlyRoot/' "$scratch/all.yaml" >"$scratch/wrong.yaml"
! kubectl apply --server-side --dry-run=server --force-conflicts --field-manager=check -f "$scratch/wrong.yaml" >/dev/null 2>&1 || fail "a wrong field was accepted"

echo "== Istio"
if istio=$(cd "$scratch" && command -v go >/dev/null && GOFLAGS=-mod=mod go mod download -json istio.io/api@v1.31.4 2>/dev/null | sed -n 's/.*"Dir": "\(.*\)".*/\1/p') && [[ -n $istio ]]; then
  crd=destinationrules.networking.istio.io
  if ! kubectl get crd "$crd" >/dev/null 2>&1; then
    awk -v RS='---\n' -v want="name: $crd\n" 'index($0, want)' "$istio/kubernetes/customresourcedefinitions.gen.yaml" |
      kubectl apply --server-side -f - >/dev/null
    own_crd=$crd
    for _ in $(seq 30); do
      kubectl wait --for=condition=Established crd "$crd" --timeout=1s >/dev/null 2>&1 && break
    done
  fi
  check cleaning istio
  sed 's/consecutive5xxErrors: 5/consecutive5xxErrors: many/' "$scratch/all.yaml" >"$scratch/wrong.yaml"
  ! kubectl apply --server-side --dry-run=server --force-conflicts --field-manager=check -f "$scratch/wrong.yaml" >/dev/null 2>&1 || fail "a wrong DestinationRule was accepted"
else
  left_out+=("the DestinationRule: go is not installed, or reaches no module proxy")
fi

echo "== Prometheus and Grafana"
prometheus=manifests/components/prometheus
if promtool=$(command -v "${PROMTOOL:-promtool}"); then
  "$promtool" check rules $prometheus/rules.yaml
  "$promtool" test rules $prometheus/rules_test.yaml
  # Some builds of promtool lack Kubernetes discovery; they still check the rest of the file.
  cp $prometheus/rules.yaml "$scratch"
  "$promtool" check config $prometheus/prometheus.yml >"$scratch/said" 2>&1 || {
    grep -q 'kubernetes_sd_configs not found' "$scratch/said" || { cat "$scratch/said"; fail "prometheus.yml is refused"; }
    sed 's/kubernetes_sd_configs:.*/static_configs: []/' $prometheus/prometheus.yml >"$scratch/prometheus.yml"
    "$promtool" check config "$scratch/prometheus.yml"
    left_out+=("Kubernetes discovery in prometheus.yml: this promtool does not support it")
  }
  # Every alert has a test, and the tests can fail.
  for alert in $(sed -n 's/.*- alert: //p' $prometheus/rules.yaml); do
    grep -q "alertname: $alert\b" $prometheus/rules_test.yaml || fail "no test of the alert $alert"
  done
  sed 's/vector(0.99999)/vector(0.99)/' $prometheus/rules.yaml >"$scratch/rules.yaml"
  cp $prometheus/rules_test.yaml "$scratch"
  ! "$promtool" test rules "$scratch/rules_test.yaml" >/dev/null 2>&1 || fail "a weaker objective was not noticed"
else
  left_out+=("alert rules: promtool is not installed")
fi
# promtool parses every query of the dashboard.
python3 - $prometheus/dashboard.json >"$scratch/queries.yaml" <<'PY'
import json, sys
panels = json.load(open(sys.argv[1], encoding="utf-8"))["panels"]
queries = [target["expr"] for panel in panels for target in panel["targets"]]
assert len(panels) >= 6 and len({panel["id"] for panel in panels}) == len(panels)
rules = [{"record": f"query:{n}", "expr": query.replace("$system", "coffee")} for n, query in enumerate(queries)]
print(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
PY
[[ -z ${promtool:-} ]] || "$promtool" check rules "$scratch/queries.yaml"

for what in "${left_out[@]}"; do echo "left out: $what"; done
echo "the manifests are valid"
