#!/usr/bin/env bash
# shellcheck disable=SC2317 # some functions are called by the names in variables
# Runs faults and proofs on two public apps, which know nothing of brunt: podinfo (HTTP) and
# Jaeger's HotROD (HTTP and gRPC). Fetches and builds both by Go's module proxy, packs each into an
# image of its own, and deploys plain manifests. All objects are compared before and after each run.
#   apps.sh BRUNT IMAGE [HERE|INSIDE…]
# IMAGE is an image of brunt; BUILDER is the build command (default: `docker build`), as for
# manifests/image/build.sh. Needs go, kubectl, jq, metrics-server, and a cluster (KUBECONFIG) of two
# nodes, as one of them is drained, whose service addresses answer from here. APPS is a folder with `podinfo` and `hotrod`, built already.
set -euo pipefail
brunt=$(readlink -f "$1") image=$2
shift 2
from=("${@:-here}")
scratch=$(mktemp -d)
manifests=$(dirname "$(readlink -f "$0")")/../../manifests
overlay=$(mktemp -d -p "$manifests/examples") # kustomize reads nothing above its own tree by an absolute path
namespaces=(podinfo-$$ hotrod-$$)
failed=0
finish() {
  kubectl delete namespace "${namespaces[@]}" --ignore-not-found --wait=false >/dev/null
  chmod -R u+w "$scratch" && rm -rf "$scratch" "$overlay"
}
trap finish EXIT

build() { # PROGRAM MODULE VERSION PACKAGE: into $scratch/PROGRAM
  if [[ ${APPS:-} ]]; then cp "$APPS/$1" "$scratch/$1"; return; fi
  mkdir -p "$scratch/$1-module"
  # A module of its own: `go install` refuses modules that replace others.
  printf 'module fetched\n\ngo 1.24\n\nrequire %s %s\n' "$2" "$3" >"$scratch/$1-module/go.mod"
  (cd "$scratch/$1-module" && GOPATH=$scratch/go GOFLAGS=-mod=mod CGO_ENABLED=0 go build -o "$scratch/$1" "$4")
}

pack() { # PROGRAM: an image of it
  mkdir "$scratch/$1-image" && cp "$scratch/$1" "$scratch/$1-image/$1"
  printf 'FROM scratch\nCOPY %s /%s\nUSER 10001:10001\nENTRYPOINT ["/%s"]\n' "$1" "$1" "$1" >"$scratch/$1-image/Dockerfile"
  # shellcheck disable=SC2086 # a command and its words
  ${BUILDER:-docker build} "$scratch/$1-image" -t "localhost/$1:fetched" >/dev/null
}

service() { # NAME REPLICAS PORT PROGRAM ARGUMENTS PROBE: a Deployment, its Service, and its budget
  local name=$1 replicas=$2 port=$3 program=$4 arguments=$5 probe=$6
  cat <<YAML
apiVersion: apps/v1
kind: Deployment
metadata: {name: $name}
spec:
  replicas: $replicas
  selector: {matchLabels: {app: $name}}
  template:
    metadata: {labels: {app: $name}}
    spec:
      containers:
        - name: $name
          image: localhost/$program:fetched
          imagePullPolicy: IfNotPresent
          args: [$arguments]
          ports: [{name: http, containerPort: $port}]
          readinessProbe: {$probe, periodSeconds: 1}
          lifecycle: {preStop: {sleep: {seconds: 3}}}
          resources: {requests: {cpu: 20m, memory: 32Mi}}
---
apiVersion: v1
kind: Service
metadata: {name: $name}
spec: {selector: {app: $name}, ports: [{name: http, port: $port, targetPort: http}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: $name}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: $name}}}
---
YAML
}

podinfo() {
  local ready="httpGet: {path: /readyz, port: http}"
  service frontend 2 9898 podinfo '--port=9898, --level=error, --backend-url=http://backend:9898/echo' "$ready"
  service backend 2 9898 podinfo '--port=9898, --level=error' "$ready"
  cat <<YAML
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: backend}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: backend}
  minReplicas: 2
  maxReplicas: 4
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
  behavior: {scaleDown: {stabilizationWindowSeconds: 15}}
YAML
}

hotrod() {
  local all="--otel-exporter=stdout, --fix-disable-db-conn-mutex, --fix-db-query-delay=20ms, --fix-route-worker-pool-size=100"
  local names="--customer-service-hostname=customer, --driver-service-hostname=driver, --route-service-hostname=route"
  service frontend 2 8080 hotrod "frontend, $all, $names" "httpGet: {path: /, port: http}"
  service customer 2 8081 hotrod "customer, $all" "tcpSocket: {port: http}"
  service driver 2 8082 hotrod "driver, $all" "tcpSocket: {port: http}"
  service route 2 8083 hotrod "route, $all" "tcpSocket: {port: http}"
}

objects() { # NAMESPACE: what a run could change or leave
  kubectl get deployments,statefulsets,daemonsets,jobs,services,configmaps,secrets,serviceaccounts,roles,rolebindings,horizontalpodautoscalers,poddisruptionbudgets -n "$1" -o json |
    jq -S '.items | map({kind, name: .metadata.name, uid: .metadata.uid, annotations: (.metadata.annotations // {} | del(.["deployment.kubernetes.io/revision"])), data,
      spec: (.spec | if type == "object" and .template and .strategy then del(.replicas) else . end)})'
  kubectl get nodes -o json | jq -S '.items | map({name: .metadata.name, closed: .spec.unschedulable})'
  kubectl get clusterroles,clusterrolebindings -l "brunt.dev/namespace=$1" -o name
}

settled() { # BEFORE COMMAND…: waits until it prints the same as before, or shows the difference
  local before=$1 after
  shift
  for _ in $(seq 100); do
    after=$("$@")
    if [[ $before == "$after" ]]; then return; fi
    sleep 0.3
  done
  diff <(echo "$before") <(echo "$after") || true
  return 1
}

check() { # NAMESPACE COMMAND NAME WHERE EXIT-CODE: a scenario from standard input
  local namespace=$1 command=$2 name=$3 where=$4 expected=$5 status=0 before
  { printf 'version: 1\nname: %s\nsystem: system.yaml\n' "$name"; cat; } >"$scratch/${namespace%-*}-files/$name.yaml"
  before=$(objects "$namespace")
  "$brunt" "$command" "$scratch/${namespace%-*}-files/$name.yaml" --on kubernetes --namespace "$namespace" --image "$image" \
    --from "$where" --out "$scratch/runs" >"$scratch/output" 2>&1 || status=$?
  if ! settled "$before" objects "$namespace"; then
    echo "FAILED: $namespace $name from $where: something is not as before"; failed=1
  elif ((status != expected)); then
    cat "$scratch/output"
    echo "FAILED: $namespace $name from $where: exit code $status, not $expected"; failed=1
  else
    echo "ok: $namespace $command $name from $where: exit code $status"
    grep -E '✓|✗|\?' "$scratch/output" | sed 's/^/    /' || true
  fi
}

faults() { # NAMESPACE WHERE CALLEE LOAD AT-LEAST: what holds for any app whose frontend calls another service
  local namespace=$1 where=$2 callee=$3 load=$4 at_least=$5 most=$5
  # Fewer than some hundred requests cannot show more, and faults may cost some.
  if [[ $most == 100% ]]; then most=95%; fi
  check "$namespace" run kill "$where" 0 <<YAML
load: [{name: visits, open: {rate: 10/s}, for: 25s, $load}]
faults: [{at: 5s, kill: {service: frontend, grace: 30s}}]
expect: [{availability: {of: visits, atLeast: $at_least}}, {recovers: {service: frontend}}]
YAML
  check "$namespace" run rollout "$where" 0 <<YAML
load: [{name: visits, open: {rate: 10/s}, for: 35s, $load}]
faults: [{at: 5s, rollout: {service: frontend}}]
expect: [{availability: {of: visits, atLeast: $most}}]
YAML
  check "$namespace" run latency "$where" 0 <<YAML
load: [{name: visits, open: {rate: 10/s}, for: 25s, $load}]
faults: [{at: 5s, for: 12s, latency: {from: frontend, to: $callee, delay: 300ms}}]
expect: [{availability: {of: visits, atLeast: $most}}, {latency: {of: visits, p50: 3s, during: faults}}]
YAML
  check "$namespace" run cut "$where" 0 <<YAML
load: [{name: visits, open: {rate: 10/s}, for: 30s, $load}]
faults: [{at: 10s, for: 5s, cut: {from: frontend, to: $callee}}]
expect: [{availability: {of: visits, atLeast: $most, during: before}}, {availability: {of: visits, atLeast: 40%}}]
YAML
  check "$namespace" run drain "$where" 0 <<YAML
load: [{name: visits, open: {rate: 10/s}, for: 40s, $load}]
faults: [{at: 5s, for: 20s, drain: {of: $callee}}]
expect: [{availability: {of: visits, atLeast: $most}}]
YAML
  check "$namespace" prove prove "$where" 0 <<YAML
load: [{name: visits, open: {rate: 20/s}, for: 30s, $load}]
faults: [{at: 5s, kill: {service: frontend, grace: 30s}}]
expect: [{availability: {of: visits, atLeast: $most}}]
proof: [{planted: [{at: 6s, for: 8s, stop: {service: frontend}}], fails: [availability]}]
YAML
}

nightly() { # NAMESPACE SCENARIO: the CronJob of components/controller as it stands, with this scenario
  local namespace=$1 files=$scratch/${1%-*}-files before
  cp "$files/system.yaml" "$files/$2.yaml" "$overlay"
  cat >"$overlay/kustomization.yaml" <<YAML
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
components: [../../components/controller]
images: [{name: brunt, newName: ${image%:*}, newTag: ${image##*:}}]
namespace: $namespace
generatorOptions: {disableNameSuffixHash: true}
configMapGenerator: [{name: brunt-scenarios, files: [system.yaml, $2.yaml]}]
YAML
  kubectl apply -k "$overlay" >/dev/null
  others() { objects "$namespace" | jq -S 'if type == "array" then map(select(.name != "tonight" and (.name | startswith("brunt-report-") | not))) else . end'; }
  before=$(others)
  kubectl create job tonight --from=cronjob/brunt -n "$namespace" >/dev/null
  for _ in $(seq 300); do
    [[ $(kubectl get job tonight -n "$namespace" -o jsonpath='{.status.succeeded}{.status.failed}') == "" ]] || break
    sleep 1
  done
  if ! settled "$before" others; then
    echo "FAILED: $namespace nightly: something is not as before"; failed=1
  elif [[ $(kubectl get job tonight -n "$namespace" -o jsonpath='{.status.succeeded}') != 1 ]]; then
    kubectl logs job/tonight -n "$namespace" || true
    echo "FAILED: $namespace nightly: the Job did not succeed"; failed=1
  else
    kubectl get configmap "brunt-report-$2" -n "$namespace" -o jsonpath='{.data.report\.md}' | sed -n 's/^/    /p' | head -8
    echo "ok: $namespace nightly"
  fi
  kubectl delete -k "$overlay" >/dev/null
}

build podinfo github.com/stefanprodan/podinfo v1.8.1-0.20250910200901-e86405a8674e github.com/stefanprodan/podinfo/cmd/podinfo
build hotrod github.com/jaegertracing/jaeger v1.76.0 github.com/jaegertracing/jaeger/examples/hotrod
for program in podinfo hotrod; do
  pack $program
  namespace=$program-$$
  kubectl create namespace "$namespace" >/dev/null
  $program | kubectl apply -n "$namespace" -f - >/dev/null
  kubectl wait --for=condition=Available deployment --all -n "$namespace" --timeout=120s >/dev/null
  mkdir "$scratch/$program-files"
done
cat >"$scratch/podinfo-files/system.yaml" <<'YAML'
version: 1
name: podinfo
services:
  frontend: {startsWithin: 8s, calls: {backend: {}}}
  backend: {startsWithin: 8s}
YAML
cat >"$scratch/hotrod-files/system.yaml" <<'YAML'
version: 1
name: hotrod
services:
  frontend: {startsWithin: 8s, calls: {customer: {}, driver: {}, route: {}}}
  customer: {startsWithin: 8s}
  driver: {startsWithin: 8s}
  route: {startsWithin: 8s}
YAML

for where in "${from[@]}"; do
  faults "podinfo-$$" "$where" backend 'post: frontend/echo, body: hello, expect: 200' 100%
  check "podinfo-$$" run hpa "$where" 0 <<'YAML'
load:
  - {name: work, closed: {users: 8}, for: 90s, get: backend/, expect: 200}
  - {name: visits, open: {rate: 2/s}, for: 150s, get: frontend/, expect: 200}
expect: [{hpa: {service: backend, reaches: 3, returnsAfter: work}}, {availability: {of: visits, atLeast: 95%}}]
YAML
  faults "hotrod-$$" "$where" customer 'get: frontend/dispatch?customer=123, expect: 200' 85% # its own calls fail now and then
  # The one connection of a client of gRPC is older than the proxy, and the run says so.
  check "hotrod-$$" run grpc "$where" 3 <<'YAML'
load: [{name: visits, open: {rate: 10/s}, for: 30s, get: "frontend/dispatch?customer=123", expect: 200}]
faults:
  - {at: 10s, for: 4s, cut: {from: frontend, to: driver}}
  - {at: 20s, for: 4s, abort: {from: frontend, to: driver, status: UNAVAILABLE}}
expect: [{availability: {of: visits, atLeast: 80%, during: before}}, {availability: {of: visits, atLeast: 40%}}]
YAML
done
nightly "podinfo-$$" kill
exit $failed
