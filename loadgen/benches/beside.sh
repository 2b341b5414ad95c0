#!/usr/bin/env bash
# The load generator and other tools against the same nginx: the CPU time per request of each, and
# what each reports about a server that was frozen for 5 s. Takes about ROUNDS × SECONDS for each
# tool and protocol, and 25 seconds for `truth`.
#   beside.sh                       everything
#   beside.sh speed [WIRE...]       protocols: plain, tls (HTTP/1.1), http2 (with TLS), h2c; default: all
#   beside.sh truth
#   beside.sh pacing                how late one thread that sleeps, or spins, sends requests at RATE (20000/s)
#   beside.sh memory [N...]         peak memory for N requests; default: a million, then ten million
# Settings, from the environment: LOAD (the generator's program), SECONDS_EACH, ROUNDS, CONNECTIONS
# (requests at once), STREAMS (requests at once on a connection with HTTP/2), and the processors
# SERVER_CPU and CLIENT_CPU. Needs siege, wrk, nginx, openssl, curl, taskset and GNU time; oha and
# h2load are included if they are installed.
set -euo pipefail

load=${LOAD:-target/release/examples/loadgen}
seconds=${SECONDS_EACH:-5}; rounds=${ROUNDS:-3}; connections=${CONNECTIONS:-64}; streams=${STREAMS:-8}
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
  for tool in siege wrk nginx openssl curl taskset timeout /usr/bin/time; do
    command -v "$tool" >/dev/null || die "$tool is not installed"
  done
  [[ -x $load ]] || die "there is no $load: cargo build --release -p brunt-loadgen-cli --example loadgen, or set LOAD"
  for tool in oha h2load; do
    command -v "$tool" >/dev/null || echo "note: $tool is not installed, so it is missing from the tables" >&2
  done
  [[ $(nproc) -ge 2 ]] || die "two processors are needed: one for the server, one for its client"
}

# One process, so that there is one pid to freeze and to end.
configure() { # PORT, and the two after it for TLS and h2c
  cat >"$dir/nginx.conf" <<CONF
daemon off; master_process off; pid $dir/nginx.pid; error_log $dir/error.log;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 3600s;
  client_body_temp_path $dir/body; proxy_temp_path $dir/proxy; fastcgi_temp_path $dir/fastcgi;
  uwsgi_temp_path $dir/uwsgi; scgi_temp_path $dir/scgi;
  ssl_certificate $dir/cert.pem; ssl_certificate_key $dir/key.pem; http2_max_concurrent_streams 256;
  server {
    listen 127.0.0.1:$1 backlog=4096;
    listen 127.0.0.1:$(($1 + 1)) ssl http2 backlog=4096;
    listen 127.0.0.1:$(($1 + 2)) http2 backlog=4096;
    location = /served { stub_status; }
    location / { default_type application/json; return 200 '{"orderId":1,"productName":"Americano","status":"Requested"}'; }
  }
}
CONF
  printf '%s\n' 'connection = keep-alive' 'limit = 1024' 'parser = false' 'logging = false' >"$dir/siegerc"
}

# An authority of its own, so that tools that can check certificates do so.
certify() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE \
    -keyout "$dir/key.pem" -out "$dir/cert.pem" 2>"$dir/openssl" || { cat "$dir/openssl" >&2; die "no certificate"; }
}

# nginx cannot choose a free port itself, so ports are tried until one works.
serve() {
  local port _
  for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 12000)); url=http://127.0.0.1:$port/
    tls=https://127.0.0.1:$((port + 1))/; h2c=http://127.0.0.1:$((port + 2))/
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

# The tools of a protocol; the one to compare with is the first of the others.
tools() { # WIRE
  local tool
  case $1 in
    plain) set -- brunt wrk siege oha h2load ;;
    tls) set -- brunt oha wrk h2load ;;
    *) set -- brunt oha h2load ;;
  esac
  for tool in "$@"; do [[ $tool == brunt ]] || command -v "$tool" >/dev/null || continue; echo "$tool"; done
}

closed() { # WIRE TOOL -> its command line in $command
  local many=$((connections / streams)) of=$url
  case $1 in tls | http2) of=$tls ;; h2c) of=$h2c ;; esac
  case $1:$2 in
    plain:brunt) command=("$load" -b -c "$connections" -t "${seconds}S" "$of") ;;
    tls:brunt) command=("$load" -b -c "$connections" -t "${seconds}S" --cacert "$dir/cert.pem" "$of") ;;
    *:brunt) command=("$load" -b -c "$connections" -t "${seconds}S" --http2 --streams "$streams" --cacert "$dir/cert.pem" "$of") ;;
    *:wrk) command=(wrk -t1 -c"$connections" -d"${seconds}s" "$of") ;;
    *:siege) command=(siege -R "$dir/siegerc" -b -q -c"$connections" -t"${seconds}S" "$of") ;;
    plain:oha | tls:oha) command=(oha --no-tui -c "$connections" -z "${seconds}s" --cacert "$dir/cert.pem" "$of") ;;
    *:oha) command=(oha --no-tui --http2 -c "$many" -p "$streams" -z "${seconds}s" --cacert "$dir/cert.pem" "$of") ;;
    plain:h2load | tls:h2load) command=(h2load --h1 -t1 -c"$connections" -D "$seconds" "$of") ;;
    *:h2load) command=(h2load -t1 -c"$many" -m"$streams" -D "$seconds" "$of") ;;
  esac
}

# siege writes its settings to the home folder, so it gets a temporary one.
begin() { # COMMAND... -> its pid in $running
  HOME=$dir timeout -k 2 $((seconds + 20)) \
    /usr/bin/time -q -f '%U %S %M' -o "$dir/time" taskset -c "$client_cpu" "$@" >"$dir/out" 2>"$dir/err" & running=$!
}
finish() {
  wait "$running" || echo "note: a tool exited with $?: $(tail -n 1 "$dir/err")" >&2
  running=
}

speed() { # WIRE...
  local wire
  [[ $# -gt 0 ]] || set -- plain tls http2 h2c
  for wire in "$@"; do rounds_of "$wire"; speed_table "$wire"; done
}

rounds_of() { # WIRE
  local tool before after user system peak
  rm -f "$dir"/speed.*
  for _ in $(seq "$rounds"); do
    for tool in $(tools "$1"); do
      closed "$1" "$tool"
      before=$(served); begin "${command[@]}"; finish; after=$(served)
      read -r user system peak < <(tail -n 1 "$dir/time")
      # Asking for the count was counted.
      awk -v n=$((after - before - 1)) -v u="$user" -v s="$system" -v m="$peak" \
        'BEGIN { if (n < 1 || u + s == 0) exit 1; printf "%.0f %d %s %s %.0f\n", n / (u + s), n, u, s, m / 1024 }' \
        >>"$dir/speed.$tool" || { cat "$dir/err" >&2; die "$tool sent nothing"; }
    done
  done
}

speed_table() { # WIRE
  local tool base first what
  median() { sort -n "$dir/speed.$1" | sed -n "$(((rounds + 1) / 2))p"; }
  first=$(tools "$1" | sed -n 2p)
  [[ -n $first ]] || first=brunt
  read -r base _ < <(median "$first")
  case $1 in
    plain) what="HTTP/1.1, $connections connections" ;;
    tls) what="HTTP/1.1 over TLS, $connections connections" ;;
    http2) what="HTTP/2 over TLS, $((connections / streams)) connections with $streams streams" ;;
    h2c) what="HTTP/2 without TLS, $((connections / streams)) connections with $streams streams" ;;
  esac
  echo "$what; closed model, ${seconds} s, the median of $rounds rounds:"
  echo
  echo "| tool | requests per CPU second | to $first | requests | user s | system s | peak MiB |"
  echo "|---|--:|--:|--:|--:|--:|--:|"
  for tool in $(tools "$1"); do
    median "$tool" | awk -v tool="$tool" -v base="$base" \
      '{ printf "| %s | %d | %.2f | %d | %s | %s | %d |\n", tool, $1, $1 / base, $2, $3, $4, $5 }'
  done
  echo
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

# Single rounds and not their median: other activity of the machine shows here first.
pacing() {
  local rate=${RATE:-20000/s} round how word lag
  echo "Sent − intended at $rate for $seconds s, one thread, $connections connections:"
  echo
  echo "| round | | p99.9 of the generator's own lag | schedule |"
  echo "|--:|---|--:|---|"
  for round in $(seq "$rounds"); do
    for how in "" --spin; do
      begin "$load" --no-view $how --rate "$rate" -c "$connections" -t "${seconds}S" "$url"; finish
      sed -n 's/^Schedule: \([a-zA-Z]*\).*own lag: p99.9 \(.*\)$/\1 \2/p' "$dir/err" >"$dir/lag"
      read -r word lag <"$dir/lag" || { cat "$dir/err" >&2; die "the summary tells no lag"; }
      echo "| $round | $how | $lag | $word |"
    done
  done
}

memory() { # REQUESTS...
  local count before after
  [[ $# -gt 0 ]] || set -- 1000000 10000000
  echo "The most memory resident at once, closed model, $connections connections:"
  echo
  echo "| requests | seen by the server | MiB |"
  echo "|--:|--:|--:|"
  for count in "$@"; do
    before=$(served)
    seconds=3600 begin "$load" -b -q -c "$connections" -r "$((count / connections))" "$url"; finish
    after=$(served)
    awk -v n="$count" -v seen=$((after - before - 1)) '{ m = $3 } END { printf "| %d | %d | %.1f |\n", n, seen, m / 1024 }' "$dir/time"
  done
}

about() {
  local wrk
  wrk=$(wrk -v 2>&1 || true)
  echo "$(date -u +%F), $(nproc) processors, $(nginx -v 2>&1 | sed 's/.*: //'), $(cut -d' ' -f1,2 <<<"${wrk%%$'\n'*}")," \
    "$(HOME=$dir siege -V 2>&1 | grep -o -m 1 'SIEGE.*'); server and client on one machine."
  echo
}

what=${1:-everything}; shift || true
for given in "$@"; do
  case $what:$given in
    speed:plain | speed:tls | speed:http2 | speed:h2c | memory:[1-9]*) ;;
    *) die "what is $given? See the top of $0" ;;
  esac
done
check
certify
serve
about
case $what in
  speed) speed "$@" ;;
  truth) truth ;;
  pacing) pacing ;;
  memory) memory "$@" ;;
  everything) speed; truth ;;
  *) die "speed, truth, pacing, memory or nothing" ;;
esac
