#!/usr/bin/env bash
# served.sh COMMAND…: runs the command beside the real server on an empty data directory. It finds in its environment
# YAGURA_URL, YAGURA_SETUP_URL (the one-time address), YAGURA_DATA and YAGURA_BINARY.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=scripts/env.sh
. "$here/env.sh"
cd "$root"

"$here/console.sh"
build_all
data=$(mktemp -d)
port=${YAGURA_TEST_PORT:-$((20000 + RANDOM % 20000))}
log="$data/up.log"
binary="$CARGO_TARGET_DIR/debug/yagura"
# Started without a function around it: the number of a function's shell is not the server's.
as=()
[ "$(id -u)" = 0 ] || as=(sudo -E)
"${as[@]}" "$binary" up --data "$data/data" --listen "127.0.0.1:$port" >"$log" 2>&1 &
server=$!
stop() { as_root kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; as_root rm -rf "$data"; }
trap stop EXIT
for _ in $(seq 300); do
  grep -q '/setup?token=' "$log" && curl -fs "http://127.0.0.1:$port/healthz" >/dev/null && break
  kill -0 "$server" 2>/dev/null || { cat "$log"; die "the server ended"; }
  sleep 0.1
done
YAGURA_SETUP_URL=$(grep -oE 'http://[^ ]*/setup\?token=[^ ]*' "$log" | head -n 1)
export YAGURA_SETUP_URL YAGURA_URL="http://127.0.0.1:$port" YAGURA_DATA="$data/data" YAGURA_BINARY="$binary"
status=0
"$@" || status=$?
[ $status = 0 ] || { echo "--- server log"; tail -n 50 "$log"; }
exit $status
