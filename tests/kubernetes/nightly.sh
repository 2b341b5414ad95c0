#!/usr/bin/env bash
# Tests the controller as a CronJob (manifests/examples/nightly): brings a system up, runs a Job of
# the CronJob, fetches the report as docs/kubernetes.md describes, and checks that nothing else is
# left of the run.
#   nightly.sh BRUNT IMAGE EVENT_LOG STORE
# CONTROLLER_IMAGE is another image, for the controller only.
# Needs kubectl, jq, and a cluster (KUBECONFIG) that has the image and reaches both addresses.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
brunt=$(readlink -f "$1") image=$2 event_log=$3 store=$4
controller=${CONTROLLER_IMAGE:-$image}
namespace=nightly-$$
scratch=$(mktemp -d -p manifests/examples) # kustomize reads nothing above its own tree by an absolute path
fail() { echo "FAILED: $*"; exit 1; }
down() { "$brunt" down coffee --on kubernetes --namespace "$namespace" --volumes; }
trap 'rm -rf "$scratch"; down >/dev/null 2>&1 || true' EXIT

objects() { # everything that a run could leave behind, except its report and the Job that this script created
  kubectl get deployments,horizontalpodautoscalers,configmaps,services,jobs,serviceaccounts,roles,rolebindings -n "$namespace" -o json |
    jq -S '.items | map(select(.metadata.name | startswith("brunt-report-") or . == "tonight" | not)
      | {kind, name: .metadata.name, data, rules, subjects, spec: (.spec | if type == "object" then del(.replicas) else . end),
        notes: [.metadata.annotations // {} | keys[] | select(startswith("revert.brunt.dev"))]})'
  kubectl get clusterroles,clusterrolebindings -l "brunt.dev/namespace=$namespace" -o name
}

"$brunt" up coffee --on kubernetes --namespace "$namespace" --image "$image" --event-log "$event_log" --store "$store"

# The example with the settings of this test, beside a system that is up.
cat >"$scratch/kustomization.yaml" <<YAML
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
components: [../../components/controller]
images: [{name: brunt, newName: ${controller%:*}, newTag: ${controller##*:}}]
namespace: $namespace
generatorOptions: {disableNameSuffixHash: true}
configMapGenerator: [{name: brunt-scenarios, files: [pod-killed.yaml]}]
YAML
cp manifests/examples/nightly/pod-killed.yaml "$scratch"
kubectl apply -k "$scratch"
before=$(objects)

kubectl create job tonight --from=cronjob/brunt -n "$namespace"
ended() { kubectl get job tonight -n "$namespace" -o json | jq -er '.status.conditions[]? | select((.type == "Complete" or .type == "Failed") and .status == "True") | .type'; }
# A run whose load generator was late is repeated, at most twice.
for _ in $(seq 600); do ! how=$(ended) || break; sleep 1; done
kubectl logs job/tonight -n "$namespace" | tail -n 40
[[ ${how:-} ]] || { kubectl describe job tonight -n "$namespace"; fail "the Job does not finish"; }

# As docs/kubernetes.md describes.
kubectl get configmaps -n "$namespace" -l app.kubernetes.io/name=brunt-report
report="brunt-report-pod-killed"
kubectl get configmap $report -n "$namespace" -o json >"$scratch/report"
jq -r '.data["report.md"]' "$scratch/report" >"$scratch/report.md"
for file in report.html report.json; do
  jq -r ".binaryData[\"$file.gz\"]" "$scratch/report" | base64 -d | gunzip >"$scratch/$file"
done
outcome=$(jq -er .verdict.outcome "$scratch/report.json")
# On an overloaded machine the verdict may be inconclusive; then the Job must have failed.
case $outcome:$how in
  pass:Complete | inconclusive:Failed) ;;
  *) fail "the verdict is $outcome, and the Job ended as $how" ;;
esac
grep -qiE 'pass|inconclusive' "$scratch/report.md" || fail "report.md has no verdict"
grep -q '</html>' "$scratch/report.html" || fail "report.html is incomplete"
jq -e '.verdict.findings | length >= 3' "$scratch/report.json" >/dev/null || fail "there are too few findings"

for _ in $(seq 60); do
  after=$(objects)
  [[ $before != "$after" ]] || break
  sleep 1
done
[[ $before == "$after" ]] || { diff <(echo "$before") <(echo "$after") || true; fail "something was left behind"; }
kubectl delete -k "$scratch" >/dev/null
down
trap 'rm -rf "$scratch"' EXIT
echo "the nightly run has ended ($outcome), its report is there, and nothing else is left"
