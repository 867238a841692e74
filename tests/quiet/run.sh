#!/usr/bin/env bash
# How quiet our rules are: a day's honest work is recorded once, then judged by our rules and by the stock Falco set.
#
# The work (corpus.sh) is done in a throw-away view of this machine: an overlay in memory over its files, with a process
# namespace of its own. Paths are the real ones, nothing on the disk is changed, and everything ends with the script.
# Needs root, the Debian mirror, and Falco's rules in YAGURA_CORPORA. See README.md.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/env.sh
. "$here/../../scripts/env.sh"

say() { printf '==> %s\n' "$*" >&2; }
stop() { printf 'SKIPPED quiet: %s\n' "$*" >&2; exit 0; }

[ "$(id -u)" = 0 ] || stop "needs root"
yagura=${YAGURA:-$("$root/scripts/where.sh")}
[ -x "$yagura" ] || stop "there is no $yagura; build it first, or name it in YAGURA"
falco=${YAGURA_CORPORA:-$root/../shared/corpora}/falco-rules
[ -d "$falco" ] || stop "there are no Falco rules in $falco; YAGURA_CORPORA names their folder"
for tool in unshare pivot_root apt-get python3; do
  command -v "$tool" >/dev/null || stop "\`$tool\` is not installed"
done

work=$(mktemp -d /var/tmp/yagura-quiet.XXXXXX)
recording=${RECORDING:-$work/recording.ndjson}
recorder="" view=""
cleanup() {
  [ -z "$view" ] || kill -KILL "$view" 2>/dev/null || true
  [ -z "$recorder" ] || kill -TERM "$recorder" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
mkdir "$work/sync" "$work/layer"

# The view dies with its first process, and with it everything that was started in it.
unshare --mount --propagation private --pid --fork --kill-child -- "$here/view.sh" "$work" "$here/corpus.sh" &
view=$!
wait_for() {
  for _ in $(seq 600); do
    [ ! -e "$1" ] || return 0
    kill -0 "$view" 2>/dev/null || return 1
    sleep 0.5
  done
  return 1
}
wait_for "$work/sync/prepared" || { say "the view could not be made"; exit 3; }
# The first process of the view, by its number out here.
first=$(cat "/proc/$view/task/$view/children")
first=${first%% *}

say "recording"
# Room for the bursts of unpacking: what is lost cannot be judged.
printf '[sensor]\nring_bytes = %d\n' $((256 << 20)) >"$work/yagura.toml"
"$yagura" --config "$work/yagura.toml" --data "$work/data" sensor record --out "$recording" --events 50000000 &
recorder=$!
sleep 3
kill -0 "$recorder" || { say "the sensor did not start"; exit 3; }
touch "$work/sync/go"
status=0
wait "$view" || status=$?
view=""
sleep 1
kill -INT "$recorder"
wait "$recorder" || true
recorder=""
cat "$work/sync/phases"
[ "$status" = 0 ] || { say "the corpus ended with $status"; exit 3; }

say "judging"
"$yagura" replay "$recording" --under "$first" --against "$falco" --format json >"$work/report.json"
[ -z "${REPORT:-}" ] || cp "$work/report.json" "$REPORT"
python3 "$here/verdict.py" "$work/report.json"
