#!/usr/bin/env bash
# Writes the generated files: docs/openapi.json, console/src/api/schema.ts, docs/config.schema.json. With --check it
# only compares and names what is stale.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=scripts/env.sh
. "$here/env.sh"
cd "$root"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$here/console.sh" modules
build_all
"$CARGO_TARGET_DIR/debug/examples/openapi" >"$work/openapi.json"
"$CARGO_TARGET_DIR/debug/yagura" config schema >"$work/config.schema.json"
if [ "${1:-}" != --check ]; then
  cp "$work/openapi.json" docs/openapi.json
  cp "$work/config.schema.json" docs/config.schema.json
  npm --prefix console run --silent codegen
  exit 0
fi
stale=0
compare() { cmp -s "$1" "$2" || { echo "stale: $2 (run make codegen)" >&2; stale=1; }; }
compare "$work/openapi.json" docs/openapi.json
compare "$work/config.schema.json" docs/config.schema.json
cp console/src/api/schema.ts "$work/before.ts"
npm --prefix console run --silent codegen
compare "$work/before.ts" console/src/api/schema.ts
exit $stale
