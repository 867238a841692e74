#!/usr/bin/env bash
# Runs in mount and process namespaces of its own: lays memory over the machine's files, makes that the root, and does
# the corpus in it. view.sh WORK CORPUS
set -euo pipefail
work=$1 corpus=$2
mount -t tmpfs -o size=12g,mode=0755 tmpfs "$work/layer"
cd "$work/layer"
mkdir upper work root
mount -t overlay overlay -o "lowerdir=/,upperdir=$PWD/upper,workdir=$PWD/work" root
cd root
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
mount -t tmpfs -o mode=0755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mkdir -p run/quiet run/lock run/old
mount --bind "$work/sync" run/quiet
cp "$corpus" run/corpus.sh
pivot_root . run/old
cd /
umount -l /run/old
exec bash /run/corpus.sh
