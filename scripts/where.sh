#!/usr/bin/env bash
# Prints the path of the release binary.
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
echo "$CARGO_TARGET_DIR/release/yagura"
