# shellcheck shell=bash disable=SC2034 # the scripts that source this read HEAD
# Functions of the READMEs' scripts, which source this with the path of the program.
#   source common.sh SYSTEM BRUNT
set -euo pipefail
system=$1
brunt=$(readlink -f "$2")
scratch=$(mktemp -d)
cd "$scratch"
declare -A pids
STATUS='' HEAD='' BODY=''

# Each service runs in the foreground of its own shell, as the READMEs start them; stop sends
# Ctrl-C.
start() { "$brunt" serve "$system" "$1" >>"$1.log" 2>&1 & pids[$1]=$!; }
stop() { kill -INT "${pids[$1]}"; wait "${pids[$1]}" || fail "$1 did not stop cleanly"; unset "pids[$1]"; }
start_all() { # SERVICE=PORT...
  local pair
  for pair in "$@"; do start "${pair%=*}"; done
  for pair in "$@"; do until_true "${pair%=*} is ready" is_ready "${pair#*=}"; done
}
stop_all() {
  local name
  for name in "${!pids[@]}"; do stop "$name"; done
  echo "ok: every process exits with 0"
}
# The whole system, supervised by brunt, as in a cluster.
up() {
  "$brunt" up "$system" >up.log 2>&1 & pids[up]=$!
  until_true "the system is up" grep -q "Ctrl-C stops it" up.log
}
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait || true
  rm -rf "$scratch"
}
trap cleanup EXIT

fail() { echo "FAILED: $*"; tail -n 5 ./*.log; exit 1; }
until_true() { # WHAT COMMAND...: waits at most 20 s
  local what=$1; shift
  for _ in $(seq 200); do "$@" && return; sleep 0.1; done
  fail "$what: $STATUS $BODY"
}
call() { # httpie's arguments; sets STATUS, HEAD and BODY
  local reply
  reply=$(http --ignore-stdin --print=hb "$@" 2>&1 | tr -d '\r') || true
  STATUS=$(head -n 1 <<<"$reply" | cut -d' ' -f2)
  HEAD=$(sed '/^$/q' <<<"$reply")
  BODY=$(sed '1,/^$/d' <<<"$reply")
}
wants() { # STATUS JQ-TEST WHAT
  [[ $STATUS == "$1" ]] || fail "$3: status $STATUS, not $1: $BODY"
  [[ -z $2 ]] || jq -e "$2" <<<"$BODY" >/dev/null || fail "$3: $BODY"
  echo "ok: $3"
}
# Runs a command of the README. Its hosts are names in a cluster; `hosts` maps each to a port of
# this machine.
declare -A hosts
readme() { # COMMAND STATUS [JQ-TEST]
  local line=${1#http } host
  for host in "${!hosts[@]}"; do line=${line//"//$host"/"//localhost:${hosts[$host]}"}; done
  eval "call $line" # eval, for the quotes of the command
  wants "$2" "${3:-}" "$1"
}
shows() { call GET "$1"; [[ $STATUS == 200 ]] && jq -e "$2" <<<"$BODY" >/dev/null; }
is_ready() { call "http://localhost:$1/actuator/health/readiness"; [[ $STATUS == 200 ]]; }
