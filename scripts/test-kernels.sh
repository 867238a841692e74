#!/usr/bin/env bash
# Boots other kernels of Debian in a virtual machine (software emulation; YAGURA_QEMU_ACCEL=kvm where KVM works) and runs
# the kernel tests of the sensor and of prevention in each. Kernels: the packages named as arguments, else Debian's own.
# Needs qemu-system-x86, cpio and busybox. Says what each kernel refuses; fails where a test fails.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=scripts/env.sh
. "$here/env.sh"
cd "$root"

for tool in qemu-system-x86_64 cpio busybox; do
  command -v "$tool" >/dev/null || { echo "SKIPPED: $tool is missing (apt-get install qemu-system-x86 cpio busybox)"; exit 0; }
done
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
kernels=("$@")
if [ ${#kernels[@]} = 0 ]; then
  mapfile -t kernels < <(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9]\S*\)/\1/p')
fi

# The test programs, and what they need, as the first and only file system.
tests() {
  cargo test --no-run --message-format json -p "$1" --test "$2" 2>/dev/null |
    sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -1
}
rootfs=$work/rootfs
mkdir -p "$rootfs"/{bin,proc,sys,dev,tmp,etc,lib64,usr/bin,tests,run}
cp "$(tests yagura-protect prevent)" "$rootfs/tests/prevent"
cp "$(tests yagura-sensor kernel)" "$rootfs/tests/sensor"
for program in bash false true tee cat; do cp "$(type -P "$program")" "$rootfs/bin/"; done
cp "$(command -v busybox)" "$rootfs/bin/busybox"
ln -s ../bin/bash "$rootfs/usr/bin/bash"
for tool in sh mount poweroff uname ip sleep kill; do ln -sf busybox "$rootfs/bin/$tool"; done
for program in "$rootfs"/bin/* "$rootfs"/tests/*; do
  [ -L "$program" ] || ldd "$program" 2>/dev/null | grep -o '/[^ ]*' || true
done | sort -u | while read -r library; do
  mkdir -p "$rootfs$(dirname "$library")"
  cp -n "$library" "$rootfs$library"
done
printf 'root:x:0:0:root:/root:/bin/sh\n' >"$rootfs/etc/passwd"
printf 'root:x:0:\n' >"$rootfs/etc/group"
echo yagura-kernel-test >"$rootfs/etc/hostname"
cat >"$rootfs/init" <<'INIT'
#!/bin/sh
export PATH=/bin:/usr/bin RUST_BACKTRACE=0 YAGURA_ATTEMPTS=40
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mount -t tmpfs none /tmp
mount -t cgroup2 none /sys/fs/cgroup
mount -t tracefs none /sys/kernel/tracing
ip link set lo up
echo "KERNEL $(uname -r)"
/tests/prevent --test-threads=1 --nocapture 2>&1
echo "ENDED prevent $?"
/tests/sensor --test-threads=1 an_opened_file a_program_has a_failed_exec connections_have raw_tracepoints changes_to_files questions_to 2>&1
echo "ENDED sensor $?"
poweroff -f
INIT
chmod +x "$rootfs/init"
(cd "$rootfs" && find . | cpio -o -H newc --quiet | gzip -1) >"$work/initrd"

failed=0
for kernel in "${kernels[@]}"; do
  (cd "$work" && apt-get download "$kernel" >/dev/null 2>&1 && dpkg -x "$kernel"_*.deb "$work/$kernel") ||
    { echo "$kernel: no such package here"; failed=1; continue; }
  # A virtual machine inside a virtual machine may offer KVM that does not work: it is taken only where asked for.
  timeout 1500 qemu-system-x86_64 -accel "${YAGURA_QEMU_ACCEL:-tcg}" -cpu max -m 1536 -smp 2 -nographic -no-reboot \
    -kernel "$work/$kernel"/boot/vmlinuz-* -initrd "$work/initrd" \
    -append "console=ttyS0 quiet panic=-1 lsm=bpf" </dev/null >"$work/$kernel.log" 2>&1 || true
  grep -aoE '(KERNEL [0-9].*|offers: .*|^(ENDED|SKIPPED|test |[a-z ]+: [0-9]+ of [0-9]+ succeeded).*)|.*panicked.*|.*FAILED.*' "$work/$kernel.log" || true
  if [ "$(grep -acE '^ENDED (prevent|sensor) 0' "$work/$kernel.log")" != 2 ]; then
    echo "$kernel: failed; the end of what it said:"
    tail -n 25 "$work/$kernel.log"
    failed=1
  fi
done
exit "$failed"
