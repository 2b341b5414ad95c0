# shellcheck shell=bash disable=SC2154 # run sets `scratch`
# Stages, the counts of their tests, and what is left out. Sourced by run.

started=$SECONDS
left_out=()
current='' begun=0 passed=0 failed=0

have() { command -v "$1" >/dev/null 2>&1; }

leave_out() { left_out+=("$1"); }

# Runs in this shell and not after `||`: bash ignores `set -e` inside such a command, so that a
# stage of several commands would pass although an early one had failed. `summary` reports a stage
# that did not end.
stage() { # NAME COMMAND...
  current=$1 begun=$SECONDS
  shift
  echo "== $current"
  "$@"
  echo "== $current: $((SECONDS - begun)) s"
  current=''
}

# cargo test, and how many tests ran.
tests() { # ARGUMENTS...
  local log=$scratch/tests.log status=0
  cargo test --no-fail-fast "$@" 2>&1 | tee "$log" || status=$?
  outcomes <"$log" >"$scratch/outcomes-of-stage"
  cat "$scratch/outcomes-of-stage" >>"$scratch/outcomes"
  local ok bad ignored
  read -r ok bad < <(awk '/^test result:/ {ok += $4; bad += $6} END {print ok + 0, bad + 0}' "$log")
  ignored=$(grep -c '^ignored' "$scratch/outcomes-of-stage" || true)
  echo "== tests that ran: $((ok + bad)), of them passed: $ok; not run: $ignored"
  passed=$((passed + ok)) failed=$((failed + bad))
  # After a renamed module, a filter that matches nothing would be green.
  if ((status == 0 && ok == 0)); then echo "no test matches: $*"; return 1; fi
  return "$status"
}

# The outcome of each test as a line: run or ignored, the test's binary and name, and why it is
# ignored. A program that tests start is written as an ignored test, and does not count.
outcomes() {
  awk '
    /^ +Running / {binary = $0; sub(/.*\/deps\//, "", binary); sub(/-[0-9a-f]+\)$/, "", binary)}
    /^ +Doc-tests / {binary = "doc-tests " $2}
    /^test .* \.\.\. (ok|FAILED)/ {name = $0; sub(/^test /, "", name); sub(/ \.\.\. .*/, "", name); print "run\t" binary " " name}
    /^test .* \.\.\. ignored/ {
      name = $0; sub(/^test /, "", name); sub(/ \.\.\. .*/, "", name)
      why = $0; sub(/.* \.\.\. ignored(, )?/, "", why)
      if (why ~ /^a program that other tests start/) next
      print "ignored\t" binary " " name "\t" (why == "" ? "no reason is given" : why)
    }'
}

# Tests that no stage ran, counted by reason: "12 tests: needs a cluster".
not_run() {
  awk -F'\t' '
    $1 == "run" {ran[$2] = 1}
    $1 == "ignored" {why[$2] = $3}
    END {
      for (test in why) if (!(test in ran)) count[why[test]]++
      for (reason in count) printf "%d %s: %s\n", count[reason], count[reason] == 1 ? "test" : "tests", reason
    }' "$scratch/outcomes" | sort -k3
}

# The last line is one that tools read: how many tests passed, failed, and ran in no stage.
summary() { # EXIT-STATUS
  touch "$scratch/outcomes"
  local skipped
  skipped=$(not_run | awk '{sum += $1} END {print sum + 0}')
  if [[ -n $current ]]; then echo "== $current FAILED after $((SECONDS - begun)) s"; fi
  echo "== left out:"
  not_run | sed 's/^/   /'
  if ((${#left_out[@]})); then printf '   %s\n' "${left_out[@]}"; fi
  echo "== all stages: $((SECONDS - started)) s, exit status $1"
  echo "$passed passed, $failed failed, $skipped skipped"
}
