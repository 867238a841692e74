#!/usr/bin/env bash
# The same acts told by auditd and by Yagura, compared field by field. Needs root and the Debian package auditd; uses the
# kernel's audit for some seconds, with rules for one user id only, and leaves none behind. YAGURA names the binary.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/env.sh
. "$here/../../scripts/env.sh"
stop() { printf 'SKIPPED audit: %s\n' "$*" >&2; exit 0; }

[ "$(id -u)" = 0 ] || stop "needs root"
yagura=${YAGURA:-$("$root/scripts/where.sh")}
[ -x "$yagura" ] || stop "there is no $yagura; build it first, or name it in YAGURA"
command -v auditd >/dev/null && command -v auditctl >/dev/null || stop "auditd is not installed"
[ "$(auditctl -s | sed -n 's/^pid //p')" = 0 ] || stop "an audit daemon is running"
[ "$(auditctl -l)" = "No rules" ] || stop "there are audit rules already"

user=61234
work=$(mktemp -d /var/tmp/audit-test.XXXXXX)
daemon="" recorder=""
cleanup() {
  auditctl -D >/dev/null 2>&1 || true
  auditctl -e 0 >/dev/null 2>&1 || true
  [ -z "$daemon" ] || kill "$daemon" 2>/dev/null || true
  [ -z "$recorder" ] || kill "$recorder" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
chmod 755 "$work"
mkdir -m 700 "$work/etc"
mkdir -m 777 "$work/audit-test"
printf '%s\n' "log_file = $work/etc/audit.log" 'log_format = ENRICHED' 'flush = NONE' 'num_logs = 0' \
  'max_log_file = 8' 'max_log_file_action = ignore' 'space_left = 75' 'space_left_action = ignore' \
  'admin_space_left = 50' 'admin_space_left_action = ignore' 'disk_full_action = ignore' \
  'disk_error_action = ignore' >"$work/etc/auditd.conf"
chmod 640 "$work/etc/auditd.conf"
auditd -n -c "$work/etc" >/dev/null 2>&1 &
daemon=$!
"$yagura" --data "$work/data" sensor record --out "$work/events.ndjson" >/dev/null 2>&1 &
recorder=$!
sleep 4
auditctl -e 1 >/dev/null
auditctl -a always,exit -F arch=b64 -S openat,execve,connect,chmod,unlink,rename,kill,mkdir,rmdir,symlink \
  -F "uid=$user" -k yagura
python3 "$here/act.py" "$user" "$work/audit-test" >/dev/null
sleep 1
kill -INT "$recorder"
wait "$recorder" || true
recorder=""
kill "$daemon"
wait "$daemon" || true
daemon=""
"$yagura" replay "$work/events.ndjson" --format auditd --audit-key yagura >"$work/ours.log"
[ -z "${KEEP:-}" ] || cp "$work/etc/audit.log" "$work/ours.log" "$KEEP/"
python3 "$here/compare.py" "$work/etc/audit.log" "$work/ours.log"
