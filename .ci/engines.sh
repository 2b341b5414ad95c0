# shellcheck shell=bash disable=SC2034,SC2154 # run uses what is set here, and the reverse
# Where Kafka, PostgreSQL and Kubernetes come from: something that runs already, or a program that
# starts it and stops it again. Sourced by run.
#   KAFKA_BOOTSTRAP        a running broker, HOST:PORT
#   POSTGRES_URL           a running server; tests make databases on it
#   BRUNT_TEST_KUBECONFIG  a running cluster, whose nodes are drained by tests. KUBECONFIG alone
#                          does not count: many people have it set to a cluster that others use
#   BRUNT_TEST_IMAGE       an image of brunt that the nodes have; else BUILDER (docker build)
#                          makes one
#   BRUNT_CI_KAFKA         a program: up (its last line is HOST:PORT), stop, down, and Kafka's own
#                          topics, consumer-groups and console-consumer
#   BRUNT_CI_POSTGRES      a program: up (its last line is the URL), stop, down
#   BRUNT_CI_CLUSTER       a program: up NODES (its last line is evaluated and sets KUBECONFIG),
#                          status, down, and build FOLDER -t NAME (an image, then onto every node)
#   BRUNT_CI_EVENT_LOG,    how pods reach Kafka and PostgreSQL; without them, brunt brings one of
#   BRUNT_CI_STORE         each along
# Programs that are not named are looked for in the folder `shared` beside this one.

shared=$(cd .. && pwd)/shared

# The program that a variable names, else the one of the shared folder, else nothing.
program() { # NAMED SHARED-PATH
  if [[ -n $1 ]]; then readlink -f "$1"; elif [[ -x $shared/$2 ]]; then echo "$shared/$2"; fi
}

kafka=${KAFKA_BOOTSTRAP:-} postgres=${POSTGRES_URL:-}
engines_given=$kafka$postgres
# One stage hands them on. In the others, tests that use PostgreSQL where there is one run on files.
unset KAFKA_BOOTSTRAP POSTGRES_URL
kafka_program=$(program "${BRUNT_CI_KAFKA:-}" engines/kafka)
postgres_program=$(program "${BRUNT_CI_POSTGRES:-}" engines/postgres)
cluster_program=$(program "${BRUNT_CI_CLUSTER:-}" cluster/cluster)
event_log=${BRUNT_CI_EVENT_LOG:-} store=${BRUNT_CI_STORE:-}
engines_are_known() { [[ -n $kafka$kafka_program && -n $postgres$postgres_program ]]; }
engines_can_be_stopped() { [[ -z $engines_given && -n $kafka_program && -n $postgres_program ]]; }

# Pods reach the programs of the shared folder at these addresses.
if engines_can_be_stopped && [[ $cluster_program$kafka_program$postgres_program == "$shared/"*"$shared/"*"$shared/"* ]]; then
  event_log=${event_log:-kafka://198.18.0.1:19092}
  store=${store:-postgres://postgres@198.18.0.1:5433/postgres}
fi
image=${BRUNT_TEST_IMAGE:-localhost/brunt:ci}
started_kafka='' started_postgres='' started_cluster=''

# Without colours: what a program installs on its way may switch them off there.
last_line() { tail -n 1 | sed 's/\x1b\[[0-9;]*m//g'; }

start_engines() {
  if [[ -z $kafka ]]; then
    started_kafka=yes
    # A busy machine may need a second attempt.
    kafka=$("$kafka_program" up | last_line) || kafka=$("$kafka_program" up | last_line)
  fi
  if [[ -z $postgres ]]; then
    started_postgres=yes
    postgres=$(cd / && "$postgres_program" up | last_line)
  fi
}

stop_engines() {
  if [[ -n $started_kafka ]]; then "$kafka_program" down || true; fi
  if [[ -n $started_postgres ]]; then (cd / && "$postgres_program" down) || true; fi
}

cluster_is_known() { [[ -n ${BRUNT_TEST_KUBECONFIG:-} || -n $cluster_program ]]; }

# A cluster that runs already is used, and stays. Without a cluster that was asked for the run
# fails; one of the shared folder may not start everywhere, and is then left out.
start_cluster() {
  if [[ -n ${BRUNT_TEST_KUBECONFIG:-} ]]; then
    export KUBECONFIG=$BRUNT_TEST_KUBECONFIG
    return
  fi
  if ! "$cluster_program" status >/dev/null 2>&1; then started_cluster=yes; fi
  local settings
  if settings=$("$cluster_program" up 3 | tail -n 1); then
    eval "$settings"
  else
    stop_cluster
    cluster_program=
    [[ -z ${BRUNT_CI_CLUSTER:-} ]]
  fi
}

stop_cluster() {
  if [[ -n $started_cluster ]]; then "$cluster_program" down || true; fi
  started_cluster=
}

build_image() {
  if [[ -n ${BRUNT_TEST_IMAGE:-} ]]; then return; fi
  local builder=${BUILDER:-docker build}
  if [[ -z ${BRUNT_TEST_KUBECONFIG:-} ]]; then builder="$cluster_program build"; fi
  BUILDER=$builder manifests/image/build.sh -t "$image"
}
