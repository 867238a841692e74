#!/usr/bin/env bash
# Starts the real server on an empty data directory and drives it in headless Chromium: `browser.sh` tests it,
# `browser.sh pictures` follows the README's tour and takes its pictures.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=scripts/env.sh
. "$here/env.sh"
cd "$root"

if [ "${1:-}" = pictures ] && ! fc-list :lang=ja | grep -q .; then
  say "installing a Japanese font for the pictures (apt: fonts-noto-cjk)"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends fonts-noto-cjk >/dev/null
fi
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
npm --prefix tests/browser run --silent "${1:-test}" || status=$?
[ $status = 0 ] || { echo "--- server log"; tail -n 50 "$log"; }
exit $status
