#!/usr/bin/env bash
# Builds everything and starts `yagura up`, as root where that is possible. Arguments go to `yagura up`.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=scripts/env.sh
. "$here/env.sh"

"$here/setup.sh" build
"$here/build.sh"
rules=()
if [ -n "${RULES:-}" ]; then rules=(--rules "$RULES")
elif [ -n "${YAGURA_CORPORA:-}" ] && [ -d "$YAGURA_CORPORA/falco-rules" ]; then rules=(--rules "$YAGURA_CORPORA/falco-rules")
fi
binary=$("$here/where.sh")
if [ "$(id -u)" = 0 ]; then exec "$binary" up "${rules[@]}" "$@"
elif command -v sudo >/dev/null 2>&1; then exec sudo "$binary" up "${rules[@]}" "$@"
else
  say "no root and no sudo: starting without privileges (processes and sockets are polled)"
  exec "$binary" up "${rules[@]}" "$@"
fi
