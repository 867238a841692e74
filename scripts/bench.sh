#!/usr/bin/env bash
# Runs the benchmarks in release mode, one after the other. Each prints its input, its figures and versions; none fails
# on a time. `bench.sh NAME…` runs only those.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=scripts/env.sh
. "$here/env.sh"
cd "$root"

wanted=("$@")
[ ${#wanted[@]} -gt 0 ] || wanted=(rule_engine ingest record)
for name in "${wanted[@]}"; do
  case $name in
    rule_engine) cargo bench --quiet --locked -p yagura-detect --bench rule_engine ;;
    ingest) cargo bench --quiet --locked -p yagura-lake --bench ingest ;;
    record) cargo bench --quiet --locked -p yagura-state --bench record ;;
    *) die "no benchmark is called $name (rule_engine, ingest, record)" ;;
  esac
done
