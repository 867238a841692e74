#!/usr/bin/env bash
# Drives the real server in headless Chromium: `browser.sh` tests it, `browser.sh pictures` follows the README's tour
# and takes its pictures.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=scripts/env.sh
. "$here/env.sh"

if [ "${1:-}" = pictures ] && ! fc-list :lang=ja | grep -q .; then
  say "installing a Japanese font for the pictures (apt: fonts-noto-cjk)"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends fonts-noto-cjk >/dev/null
fi
exec "$here/served.sh" npm --prefix tests/browser run --silent "${1:-test}"
