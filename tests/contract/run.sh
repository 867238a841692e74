#!/usr/bin/env bash
# Holds the real server to its OpenAPI document: requests made from the schema by schemathesis, valid and not, and each
# answer compared with what the document promises. Started by scripts/served.sh.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=scripts/env.sh
. "$here/../../scripts/env.sh"

venv="$YAGURA_CACHE/contract-venv"
wanted=$(sha256sum "$here/requirements.txt")
if [ "$(cat "$venv/installed" 2>/dev/null)" != "$wanted" ]; then
  say "installing schemathesis (pip) into $venv"
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
  printf '%s\n' "$wanted" >"$venv/installed"
fi

answer=$(as_root curl -fsS --unix-socket "$YAGURA_DATA/yagura.sock" -H 'x-yagura-csrf: 1' -H 'content-type: application/json' \
  -d '{"name":"contract","role":"admin"}' http://localhost/v1/tokens)
token=$(grep -oE 'ygr_[0-9a-f]+' <<<"$answer" | head -n 1)
[ -n "$token" ] || die "the server gave no token: $answer"

# Left out: what ends the token itself, streams that do not end, sign-in, which locks out whoever guesses, and what would
# reach beyond the server: scans of made-up places, webhooks to made-up addresses.
# One worker and a fixed seed: the same requests every time.
"$venv/bin/schemathesis" run "$root/docs/openapi.json" --url "$YAGURA_URL" -H "Authorization: Bearer $token" \
  --exclude-path '/v1/tokens/{id}' --exclude-path-regex 'stream|session' \
  --exclude-operation-id scan_create --exclude-operation-id scan_schedule_create --exclude-operation-id image_admit \
  --exclude-operation-id webhook_create --exclude-operation-id webhook_update \
  --phases fuzzing --max-examples "${YAGURA_CONTRACT_EXAMPLES:-25}" --seed 20260101 --workers 1 --request-timeout 20 --no-color \
  --checks not_a_server_error,response_schema_conformance,content_type_conformance,status_code_conformance |
  tee "$YAGURA_CACHE/contract.log"
# In the words of the other suites, for the summary: one test an operation.
sed -nE 's/^ *Tested: ([0-9]+)$/test result: ok. \1 passed; 0 failed/p' "$YAGURA_CACHE/contract.log"
