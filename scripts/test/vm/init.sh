#!/bin/busybox sh
# The first program of a virtual machine: puts a memory file system over this machine's root, which is read-only
# here, and goes on in it with the command that waits in the folder of results.
set -e
PATH=/bin
/bin/busybox --install -s /bin
mkdir -p /proc /lower /upper /whole
for module in /modules/*; do insmod "$module"; done
# Nobody changes these files from below while the machine runs that would matter to it.
mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=512000 root /lower
mount -t tmpfs memory /upper
mkdir /upper/files /upper/work
mount -t overlay -o lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work overlay /whole
cd /whole
mkdir -p proc sys dev tmp run results
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t devtmpfs devices dev
mkdir -p dev/pts dev/shm
mount -t devpts devpts dev/pts
mount -t tmpfs memory dev/shm
mount -t tmpfs memory run
mount -t tracefs tracefs sys/kernel/tracing
mount -t debugfs debugfs sys/kernel/debug
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000 results results
ifconfig lo up
exec switch_root /whole /bin/sh /results/command
