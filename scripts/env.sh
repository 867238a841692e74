# Sourced by the other scripts: where build outputs go, and which tools are used. Changes nothing.
#
# YAGURA_CACHE moves every build output (Cargo's target folder, node_modules, the built console) elsewhere.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export YAGURA_CACHE="${YAGURA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/yagura}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$YAGURA_CACHE/target}"
export YAGURA_CONSOLE_DIST="${YAGURA_CONSOLE_DIST:-$YAGURA_CACHE/console/dist}"
node_wheel="$YAGURA_CACHE/node"
# Ahead even while it does not exist: setup.sh may install it after this was read.
PATH="$node_wheel/bin:$PATH"
# A fresh rustup puts cargo here and tells only new shells.
[ -d "$HOME/.cargo/bin" ] && PATH="$HOME/.cargo/bin:$PATH"
export PATH
# The compiler of the probes; where there is none yet, the one that setup.sh is about to install.
if [ -z "${CLANG:-}" ]; then
  for candidate in clang-16 clang-19 clang-15 clang-14 clang; do
    if command -v "$candidate" >/dev/null 2>&1; then CLANG=$candidate; break; fi
  done
fi
export CLANG="${CLANG:-clang-16}"

# Data of others that some tests and benchmarks use; they say so and skip where it is missing.
if [ -z "${YAGURA_CORPORA:-}" ] && [ -d "$root/../shared/corpora" ]; then
  YAGURA_CORPORA=$(cd "$root/../shared/corpora" && pwd)
fi
[ -n "${YAGURA_CORPORA:-}" ] && export YAGURA_CORPORA

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Runs as root: directly, or through sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null 2>&1; then sudo -E env "PATH=$PATH" "$@"
  else die "this needs root and there is no sudo: $*"
  fi
}

# Builds everything for development. One command for all, because Cargo picks the features of dependencies by what is
# built together: the tests, the generators and the browser tests then share one build of the heavy ones.
build_all() { (cd "$root" && cargo build --quiet --workspace --all-targets --locked); }
