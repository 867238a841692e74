#!/usr/bin/env bash
# Packs binary, licence, README and systemd unit into $YAGURA_CACHE/dist and prints the archive's path and digest.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=scripts/env.sh
. "$here/env.sh"

"$here/build.sh"
version=$(cargo metadata --manifest-path "$root/Cargo.toml" --no-deps --format-version 1 | jq -r '.packages[] | select(.name == "yagura") | .version')
name="yagura-$version-$(uname -m)-linux"
out="$YAGURA_CACHE/dist"
rm -rf "${out:?}/$name"
mkdir -p "$out/$name"
install -m 755 "$("$here/where.sh")" "$out/$name/yagura"
strip --strip-debug "$out/$name/yagura"
install -m 644 "$root/LICENSE" "$root/README.md" "$root/README.ja.md" "$root/scripts/yagura.service" "$out/$name/"
tar -C "$out" --sort=name --owner=0 --group=0 --numeric-owner -czf "$out/$name.tar.gz" "$name"
(cd "$out" && sha256sum "$name.tar.gz" | tee "$name.tar.gz.sha256")
echo "$out/$name.tar.gz"
