#!/usr/bin/env bash
# Builds the console and the release binary.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=scripts/env.sh
. "$here/env.sh"

"$here/setup.sh" build
"$here/console.sh"
say "building the release binary (the first time takes a quarter of an hour on 2 cores, later seconds)"
cd "$root"
cargo build --quiet --release --locked -p yagura
