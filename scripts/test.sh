#!/usr/bin/env bash
# Every test, cheapest first; ends with a summary. What needs root runs as root (sudo elsewhere); what cannot run here
# says so and is counted as skipped.
set -uo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=scripts/env.sh
. "$here/env.sh"
cd "$root" || exit 1

"$here/setup.sh" test || exit 1
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
passed=0 failed=0 skipped=0
failures=()
started=$SECONDS

# step NAME COMMAND…: runs it, shows its output, counts one check.
step() {
  local name=$1 begin=$SECONDS
  shift
  say "$name"
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); failures+=("$name"); fi
  printf '    %s: %d s\n' "$name" $((SECONDS - begin)) >&2
}

# suite NAME COMMAND…: runs it and counts the tests it reports (cargo test, vitest, Playwright).
suite() {
  local name=$1 begin=$SECONDS status out="$log/out"
  shift
  say "$name"
  "$@" 2>&1 | tee "$out"
  status=${PIPESTATUS[0]}
  local ok bad skip
  # Colour off, so that the counts can be read.
  sed -i 's/\x1b\[[0-9;]*m//g' "$out"
  ok=$(grep -oE '(test result: [a-zA-Z]+\. [0-9]+ passed|Tests +.*[0-9]+ passed|^ +[0-9]+ passed|^(ℹ|#) pass [0-9]+)' "$out" | sed -E 's/^(ℹ|#) pass ([0-9]+)/\2 passed/' | grep -oE '[0-9]+ passed' | awk '{s+=$1} END {print s+0}')
  bad=$(grep -oE '(passed; [0-9]+ failed|Tests +[0-9]+ failed|^ +[0-9]+ failed|^(ℹ|#) fail [0-9]+)' "$out" | sed -E 's/^(ℹ|#) fail ([0-9]+)/\2 failed/' | grep -oE '[0-9]+ failed' | awk '{s+=$1} END {print s+0}')
  skip=$(grep -cE '^(SKIPPED|skipped:|skipping)' "$out")
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
  if [ "$status" != 0 ]; then
    [ "$bad" = 0 ] && failed=$((failed + 1))
    failures+=("$name")
    while IFS= read -r test; do failures+=("  $test"); done < <(
      sed -nE 's/^test (.+) \.\.\. FAILED$/\1/p; s/^ *not ok [0-9]+ - //p; s/^ *(FAIL|×) +//p' "$out" | head -n 30
    )
  elif [ "$ok" = 0 ]; then
    failed=$((failed + 1)); failures+=("$name: no test ran")
  fi
  printf '    %s: %d passed, %d failed, %d s\n' "$name" "$ok" "$bad" $((SECONDS - begin)) >&2
}

# Tests that load eBPF need root; cargo itself stays with the user.
if [ "$(id -u)" != 0 ] && command -v sudo >/dev/null 2>&1; then
  export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER="sudo -E" CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="sudo -E"
fi

step "format" cargo fmt --all --check
step "console: packages" "$here/console.sh" modules
step "console: types and lint" npm --prefix console run --silent check
suite "console: unit" npm --prefix console test --silent
step "console: build" "$here/console.sh"
step "clippy" cargo clippy --quiet --workspace --all-targets --locked -- -D warnings
step "build" build_all
suite "rust: unit, integration, kernel" cargo test --workspace --locked --no-fail-fast -- --show-output
step "repository rules" "$CARGO_TARGET_DIR/debug/xtask" tidy
step "generated files are fresh" "$here/codegen.sh" --check
suite "API contract" "$here/served.sh" tests/contract/run.sh
suite "browser" "$here/browser.sh"

echo
if [ ${#failures[@]} -gt 0 ]; then printf 'FAILED: %s\n' "${failures[@]}"; fi
printf 'took %d s\n' $((SECONDS - started))
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
