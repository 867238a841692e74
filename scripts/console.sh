#!/usr/bin/env bash
# Builds the console into $YAGURA_CONSOLE_DIST, only when its sources changed. `console.sh modules` stops after the
# npm packages.
set -euo pipefail
# shellcheck source=scripts/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

modules="$YAGURA_CACHE/console"
mkdir -p "$modules"
if ! cmp -s "$root/console/package-lock.json" "$modules/package-lock.json" || [ ! -d "$modules/node_modules" ]; then
  say "installing the console's npm packages"
  cp "$root/console/package.json" "$root/console/package-lock.json" "$modules/"
  [ -f "$root/console/.npmrc" ] && cp "$root/console/.npmrc" "$modules/"
  # The lock file is the mark of a finished install: it goes while the install runs.
  mv "$modules/package-lock.json" "$modules/package-lock.next" && cp "$modules/package-lock.next" "$modules/package-lock.json"
  (cd "$modules" && npm ci --no-audit --no-fund --loglevel=error) || { rm -f "$modules/package-lock.json"; exit 1; }
fi
[ "$(readlink "$root/console/node_modules" 2>/dev/null)" = "$modules/node_modules" ] || {
  rm -rf "$root/console/node_modules"
  ln -s "$modules/node_modules" "$root/console/node_modules"
}
[ "${1:-}" = modules ] && exit 0

stamp="$YAGURA_CACHE/console/built"
sum=$(cd "$root" && find console docs/openapi.json -type f -not -path '*/node_modules/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum)
if [ ! -f "$YAGURA_CONSOLE_DIST/index.html" ] || [ "$(cat "$stamp" 2>/dev/null)" != "$sum" ]; then
  say "building the console"
  (cd "$root/console" && npm run --silent build)
  echo "$sum" >"$stamp"
fi
