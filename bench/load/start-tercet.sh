#!/bin/bash
# start-tercet.sh DIR PORT
#
# Runs Tercet with all its state under DIR: plain/STARTTLS on PORT, direct TLS on
# PORT+1.  Prints the pid when it answers; stop it with: kill PID.
# With FOREGROUND=1 it replaces this shell instead.
#
#   CPUS=0           taskset list
#   STORAGE=memory   keeps nothing beyond the end (default: sqlite, every commit synced)
#   ARCHIVE=never    the archive preference of accounts that have set none (default: always)
#   DOMAIN=localhost
#
# The configuration lifts what the files of the peers lift, so that nothing throttles:
# the byte rate, connections of one address and their pace, and login without TLS
# on loopback.  Registration never waits on loopback anyway.  Everything else (sizes,
# depth, validation, queues, durability) has its default.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -eq 2 ] || { sed -n '2,17p' "$0"; exit 1; }
for p in $2 $(($2 + 1)); do
  if (exec 3<>"/dev/tcp/127.0.0.1/$p") 2>/dev/null; then echo "port $p is in use" >&2; exit 1; fi
done
mkdir -p "$1"
dir=$(cd "$1" && pwd); port=$2
cat > "$dir/tercet.yml" <<YAML
hosts: [${DOMAIN:-localhost}]
data: data
storage: ${STORAGE:-sqlite}
listen: {addresses: [127.0.0.1], client: $port, client_tls: $((port + 1)), http: false}
log: {level: warn}
allow_unencrypted_loopback: true
limits:
  connections_per_address: 20000
  new_connections_per_second: 20000
  new_connections_at_once: 20000
  waiting_connections: 20000
  before_login: {rate: 100 MiB, burst: 100 MiB, connections_per_address: 20000}
  client: {rate: 1000 MiB, burst: 1000 MiB}
extensions: {archive: {default: ${ARCHIVE:-always}}}
YAML
pin=()
[ -n "${CPUS:-}" ] && pin=(taskset -c "$CPUS")
cmd=("${pin[@]}" "$here/../../bin/tercet" start --config "$dir/tercet.yml")
ulimit -n "$(ulimit -Hn)"
cd "$dir"
if [ -n "${FOREGROUND:-}" ]; then exec "${cmd[@]}"; fi
setsid "${cmd[@]}" > "$dir/stdout.log" 2>&1 < /dev/null &
pid=$!
echo $pid > "$dir/pid"
for _ in $(seq 100); do
  sleep 0.2
  kill -0 $pid 2>/dev/null || { echo "tercet died; see $dir/stdout.log" >&2; tail -20 "$dir/stdout.log" >&2; exit 1; }
  if (exec 3<>"/dev/tcp/127.0.0.1/$((port + 1))") 2>/dev/null; then sleep 0.5; echo $pid; exit 0; fi
done
echo "tercet does not listen after 20 s" >&2
kill $pid
exit 1
