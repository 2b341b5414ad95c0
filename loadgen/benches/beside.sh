#!/usr/bin/env bash
# The load generator beside wrk and siege on one nginx: how much processor time a request costs each of them, and what
# each tells of a server that was frozen for 5 s. Takes about ROUNDS × 3 × SECONDS + 25 seconds.
#   beside.sh            both; or `beside.sh speed`, `beside.sh truth`
# Settings, from the environment: LOAD (the generator's program), SECONDS_EACH, ROUNDS, CONNECTIONS, and the processors
# SERVER_CPU and CLIENT_CPU. Needs siege, wrk, nginx, curl, taskset and GNU time.
set -euo pipefail

load=${LOAD:-target/release/examples/loadgen}
seconds=${SECONDS_EACH:-5}; rounds=${ROUNDS:-3}; connections=${CONNECTIONS:-64}
server_cpu=${SERVER_CPU:-0}; client_cpu=${CLIENT_CPU:-1}
PATH=$PATH:/usr/sbin
dir=$(mktemp -d); server=; running=

die() { echo "error: $*" >&2; exit 2; }

cleanup() {
  local pid
  [[ -z $server ]] || kill -CONT "$server" 2>/dev/null || true
  for pid in $running $server; do kill "$pid" 2>/dev/null || true; done
  for pid in $running $server; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

check() {
  local tool
  for tool in siege wrk nginx curl taskset timeout /usr/bin/time; do
    command -v "$tool" >/dev/null || die "$tool is not installed"
  done
  [[ -x $load ]] || die "there is no $load: cargo build --release -p brunt-loadgen --example loadgen, or set LOAD"
  [[ $(nproc) -ge 2 ]] || die "two processors are needed: one for the server, one for its client"
}

# One process, so that one pid is what to freeze and what to end.
configure() { # PORT
  cat >"$dir/nginx.conf" <<CONF
daemon off; master_process off; pid $dir/nginx.pid; error_log $dir/error.log;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 3600s;
  client_body_temp_path $dir/body; proxy_temp_path $dir/proxy; fastcgi_temp_path $dir/fastcgi;
  uwsgi_temp_path $dir/uwsgi; scgi_temp_path $dir/scgi;
  server {
    listen 127.0.0.1:$1 backlog=4096;
    location = /served { stub_status; }
    location / { default_type application/json; return 200 '{"orderId":1,"productName":"Americano","status":"Requested"}'; }
  }
}
CONF
  printf '%s\n' 'connection = keep-alive' 'limit = 1024' 'parser = false' 'logging = false' >"$dir/siegerc"
}

# A free port cannot be asked for, so ports are tried until nginx has one.
serve() {
  local port _
  for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 12000)); url=http://127.0.0.1:$port/
    configure "$port"
    taskset -c "$server_cpu" nginx -e "$dir/error.log" -c "$dir/nginx.conf" & server=$!
    for _ in $(seq 50); do
      kill -0 "$server" 2>/dev/null || break
      curl -sf --max-time 1 -o "$dir/page" "${url}served" && grep -q '^Active' "$dir/page" && kill -0 "$server" && return
      sleep 0.1
    done
    kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; server=
  done
  cat "$dir/error.log" >&2; die "nginx did not start"
}

served() { curl -sf --max-time 5 "${url}served" | awk 'NR == 3 { print $3 }'; }

closed() { # TOOL -> its command line in $command
  case $1 in
    brunt) command=("$load" -b -c "$connections" -t "${seconds}S" "$url") ;;
    wrk) command=(wrk -t1 -c"$connections" -d"${seconds}s" "$url") ;;
    siege) command=(siege -R "$dir/siegerc" -b -q -c"$connections" -t"${seconds}S" "$url") ;;
  esac
}

# Siege writes its settings to the home directory, so that is a temporary one.
begin() { # COMMAND... -> its pid in $running
  HOME=$dir timeout -k 2 $((seconds + 20)) \
    /usr/bin/time -q -f '%U %S %M' -o "$dir/time" taskset -c "$client_cpu" "$@" >"$dir/out" 2>"$dir/err" & running=$!
}
finish() {
  wait "$running" || echo "note: a tool exited with $?: $(tail -n 1 "$dir/err")" >&2
  running=
}

speed() {
  local tool before after user system peak
  for _ in $(seq "$rounds"); do
    for tool in brunt wrk siege; do
      closed "$tool"
      before=$(served); begin "${command[@]}"; finish; after=$(served)
      read -r user system peak < <(tail -n 1 "$dir/time")
      # Asking for the count was counted.
      awk -v n=$((after - before - 1)) -v u="$user" -v s="$system" -v m="$peak" \
        'BEGIN { if (n < 1 || u + s == 0) exit 1; printf "%.0f %d %s %s %.0f\n", n / (u + s), n, u, s, m / 1024 }' \
        >>"$dir/speed.$tool" || { cat "$dir/err" >&2; die "$tool sent nothing"; }
    done
  done
  speed_table
}

speed_table() {
  local tool base
  median() { sort -n "$dir/speed.$1" | sed -n "$(((rounds + 1) / 2))p"; }
  read -r base _ < <(median wrk)
  echo "Closed model, $connections connections, ${seconds} s, the median of $rounds rounds:"
  echo
  echo "| tool | requests per CPU second | to wrk | requests | user s | system s | peak MiB |"
  echo "|---|--:|--:|--:|--:|--:|--:|"
  for tool in brunt wrk siege; do
    median "$tool" | awk -v tool="$tool" -v base="$base" \
      '{ printf "| %s | %d | %.2f | %d | %s | %s | %d |\n", tool, $1, $1 / base, $2, $3, $4, $5 }'
  done
}

# Frozen from 2.5 s to 7.5 s of 10.
frozen() { # COMMAND...
  seconds=10 begin "$@"
  sleep 2.5; kill -STOP "$server"; sleep 5; kill -CONT "$server"
  finish
}

truth() {
  local quantile truth ours theirs
  frozen "$load" -j --rate 1000/s -c 512 -t 10S "$url"; mv "$dir/out" "$dir/ours"
  frozen wrk -t1 -c100 -d10s --latency "$url"; mv "$dir/out" "$dir/theirs"
  echo "A server frozen for 5 s of 10. The truth is that of 1,000 requests/s; wrk has no rate, and sends none meanwhile:"
  echo
  echo "| quantile | truth | brunt | wrk |"
  echo "|---|--:|--:|--:|"
  while read -r quantile truth; do
    ours=$(sed -n 's/.*"p'"$quantile"'":\([0-9.e-]*\).*/\1/p' "$dir/ours")
    theirs=$(awk -v q="$quantile%" '$1 == q { print $2 }' "$dir/theirs")
    [[ -n $ours && -n $theirs ]] || { cat "$dir/err" >&2; die "a quantile is missing"; }
    awk -v q="$quantile" -v t="$truth" -v o="$ours" -v w="$theirs" \
      'BEGIN { printf "| p%s | %s | %.3f s | %s |\n", q, t, o, w }'
  done <<<$'50 below 0.1 s\n75 2.5 s\n90 4.0 s\n99 4.9 s'
}

about() {
  local wrk
  wrk=$(wrk -v 2>&1 || true)
  echo "$(date -u +%F), $(nproc) processors, $(nginx -v 2>&1 | sed 's/.*: //'), $(cut -d' ' -f1,2 <<<"${wrk%%$'\n'*}")," \
    "$(HOME=$dir siege -V 2>&1 | grep -o -m 1 'SIEGE.*'); server and client on one machine."
  echo
}

check
serve
about
case ${1:-both} in
  speed) speed ;;
  truth) truth ;;
  both) speed; echo; truth ;;
  *) die "speed, truth or nothing" ;;
esac
