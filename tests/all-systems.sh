#!/usr/bin/env bash
# All systems at once, each on its own ports: the time until they are ready, their memory, and the
# latency of an order of the coffee chain. This measures, and is no test: it fails only when
# something does not work at all.
#   all-systems.sh BRUNT [ROUNDS]      BRUNT should be a release build; each round measures the order again
set -euo pipefail
brunt=$(readlink -f "$1")
rounds=${2:-3}
here=$(dirname "$(readlink -f "$0")")
systems=(coffee bookstore baemin fooddelivery cleaning)
scratch=$(mktemp -d)
cd "$scratch"
export MAKING_TIME=0ms
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait || true
  rm -rf "$scratch"
}
trap cleanup EXIT

began=$(date +%s%N)
offset=10000
for system in "${systems[@]}"; do
  "$brunt" up "$system" --port-offset $offset >"$system.log" 2>&1 & pids+=($!)
  offset=$((offset + 1000))
done
for system in "${systems[@]}"; do
  until grep -q "Ctrl-C stops it" "$system.log"; do
    (($(date +%s%N) - began < 60000000000)) || { echo "FAILED: $system is not up"; cat "$system.log"; exit 1; }
    sleep 0.01
  done
done
echo "ready: all ${#systems[@]} after $((($(date +%s%N) - began) / 1000000)) ms"
grep -h "is up after" ./*.log

# Every process of a system: brunt itself, its reaper and the services.
family() { local child; for child in $(pgrep -P "$1"); do echo "$child"; family "$child"; done; }
memory() { # Rss counts pages that several processes share in each of them, Pss divides them
  local all=("${pids[@]}") pid
  mapfile -t -O "${#all[@]}" all < <(for pid in "${pids[@]}"; do family "$pid"; done)
  for pid in "${all[@]}"; do cat "/proc/$pid/smaps_rollup"; done |
    awk -v what="$1" -v n="${#all[@]}" '/^Rss|^Pss:/ {sum[$1] += $2}
      END {printf "memory %s: %d processes, %.0f MiB resident, %.0f MiB with shared pages counted once\n", what, n, sum["Rss:"] / 1024, sum["Pss:"] / 1024}'
}
memory "when ready"
for round in $(seq "$rounds"); do
  echo "round $round:"
  python3 "$here/order-latency.py" 127.0.0.1:18080 200 10
done
memory "after the load"
for pid in "${pids[@]}"; do kill -TERM "$pid"; done
for pid in "${pids[@]}"; do wait "$pid" || { echo "FAILED: a system did not stop cleanly"; exit 1; }; done
pids=()
echo "all stopped cleanly"
