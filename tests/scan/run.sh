#!/usr/bin/env bash
# The same bytes in every form a scan takes, made by the real tools: a root file system, archives, OCI layouts in each
# compression, a registry with password and certificate, the stores of Podman and containerd, a running process. Every form
# must give the same packages, vulnerabilities, secrets and malware; every report must be valid by its format's own schema.
# Needs root; installs what is missing; no network beyond the package registries and loopback.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/env.sh
. "$here/../../scripts/env.sh"

missing=()
for tool in mmdebstrap umoci skopeo docker-registry podman containerd openssl htpasswd; do
  command -v "$tool" >/dev/null || missing+=("${tool/htpasswd/apache2-utils}")
done
if [ ${#missing[@]} -gt 0 ]; then
  say "installing ${missing[*]} (apt)"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
checkers="$YAGURA_CACHE/checkers"
if [ ! -f "$checkers/done" ]; then
  say "installing the formats' checkers into $checkers"
  rm -rf "$checkers" && mkdir -p "$checkers"
  python3 -m venv "$checkers/venv"
  "$checkers/venv/bin/pip" install --quiet 'cyclonedx-python-lib[validation]==11.12.0' spdx-tools==0.8.5 junitparser==5.0.3
  (cd "$checkers" && npm init -y >/dev/null && npm install --silent --no-audit --no-fund @microsoft/sarif-multitool@5.7.0 >/dev/null)
  touch "$checkers/done"
fi
if [ -z "${YAGURA:-}" ]; then
  "$here/../../scripts/console.sh"
  build_all
  YAGURA="$CARGO_TARGET_DIR/debug/yagura"
fi
export YAGURA
as=()
[ "$(id -u)" = 0 ] || as=(sudo -E)
exec "${as[@]}" "$checkers/venv/bin/python" "$here/targets.py" --checkers "$checkers" --cache "$YAGURA_CACHE/scan-targets" ${YAGURA_CORPORA:+--corpora "$YAGURA_CORPORA"}
