#!/usr/bin/env bash
# What watching costs and what it loses, beside auditd: benches/runtime/run.py on the release binary, with all rules.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=scripts/env.sh
. "$here/env.sh"
binary=${YAGURA:-$("$here/where.sh")}
[ -x "$binary" ] || die "there is no $binary; \`make build\` makes it, or name another in YAGURA"
rules=()
[ ! -d "${YAGURA_CORPORA:-}/falco-rules" ] || for file in falco_rules falco-incubating_rules falco-sandbox_rules; do
  rules+=(--rules "$YAGURA_CORPORA/falco-rules/$file.yaml")
done
exec python3 "$root/benches/runtime/run.py" --binary "$binary" "${rules[@]}" "$@"
