#!/usr/bin/env bash
# A day's honest work on a server, inside the view that view.sh makes. Writes what was done to /run/quiet/phases.
set -uo pipefail
export HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
cd /root || exit 1

phase() {
  local name=$1 begin=$SECONDS
  shift
  if ( set -e; "$@" ) >"/run/quiet/$name.log" 2>&1; then
    printf '%-12s done in %d s\n' "$name" $((SECONDS - begin)) >>/run/quiet/phases
  else
    printf '%-12s FAILED\n' "$name" >>/run/quiet/phases
    tail -5 "/run/quiet/$name.log" | sed 's/^/    /' >>/run/quiet/phases
    failed=1
  fi
}

packages=(
  nginx-light redis-server openssh-server cron logrotate rsyslog sysstat tree jq htop tmux screen zip unzip bc dc file lsof
  ncdu moreutils pv parallel sqlite3 memcached haproxy busybox-static rsync whois dos2unix tidy gawk m4 bison flex autoconf
  automake pkg-config patch ed nano vim-tiny iputils-tracepath bind9-dnsutils net-tools netcat-openbsd ca-certificates lua5.4
  php-cli ruby python3-venv unattended-upgrades fail2ban mailutils apache2-utils cowsay figlet
)

install() {
  apt-get update
  apt-get install -y --no-install-recommends "${packages[@]}"
  apt-get install -y --reinstall tree
  apt-get remove -y cowsay
  dpkg --configure -a
}

build_c() {
  mkdir -p /root/c && cd /root/c
  for i in $(seq 40); do printf 'int f%d(int x) { return x + %d; }\n' "$i" "$i" >"f$i.c"; done
  printf '#include <stdio.h>\nint f1(int);\nint main(void) { printf("%%d\\n", f1(1)); return 0; }\n' >main.c
  printf 'OBJ := $(patsubst %%.c,%%.o,$(wildcard *.c))\nprog: $(OBJ)\n\t$(CC) -o $@ $^\n%%.o: %%.c\n\t$(CC) -O2 -c -o $@ $<\n' >Makefile
  make -j2
  ./prog
  make -n clean || true
}

build_rust() {
  command -v cargo || export PATH="$PATH:/root/.cargo/bin"
  cargo new --bin /root/hello
  cd /root/hello
  cargo build --offline
  cargo test --offline
  cargo run --offline
}

build_node() {
  mkdir -p /root/js && cd /root/js
  npm init -y
  npm install --no-audit --no-fund ms semver
  printf 'console.log(require("ms")("2 days"))\n' >index.js
  node index.js
  npm pkg set scripts.build='node index.js'
  npm run build
}

build_python() {
  python3 -m venv /root/venv
  /root/venv/bin/python -c 'import json; print(json.dumps([1]))'
}

serve_web() {
  nginx
  sleep 1
  for _ in $(seq 20); do curl -s -o /dev/null http://127.0.0.1/; done
  nginx -s reload
  sleep 1
  nginx -s quit
  sleep 1
}

serve_redis() {
  redis-server --port 6390 --daemonize yes --dir /var/lib/redis
  sleep 1
  for i in $(seq 20); do redis-cli -p 6390 set "k$i" "$i"; done
  redis-cli -p 6390 bgsave
  sleep 1
  redis-cli -p 6390 shutdown
}

serve_postgres() {
  local bin data=/var/lib/postgresql/quiet
  bin=$(dirname "$(find /usr/lib/postgresql -name initdb | head -1)")
  install -d -o postgres /var/lib/postgresql
  su postgres -c "$bin/initdb -D $data"
  su postgres -c "$bin/pg_ctl -D $data -o '-p 5439 -k /tmp' -w start"
  su postgres -c "psql -h /tmp -p 5439 -c 'create table t as select generate_series(1, 1000) as n' postgres"
  su postgres -c "pg_dump -h /tmp -p 5439 postgres" >/var/backups/postgres.sql
  su postgres -c "$bin/pg_ctl -D $data -w -m fast stop"
}

run_cron() {
  echo '* * * * * /usr/bin/true' >/root/lines
  VISUAL='cp /root/lines' crontab -e
  crontab -l
  cron
  sleep 65
  kill "$(cat /run/crond.pid)"
  # Not apt-compat: it sleeps for up to half an hour first.
  run-parts --regex "^(dpkg|logrotate|man-db|sysstat)$" /etc/cron.daily
}

rotate_logs() {
  rsyslogd
  for i in $(seq 50); do logger "line $i"; done
  sleep 1
  logrotate -f /etc/logrotate.d/rsyslog
  logger after
  sleep 1
  kill "$(cat /run/rsyslogd.pid)"
}

sign_in() {
  mkdir -p /run/sshd
  /usr/sbin/sshd -p 22
  sleep 1
  ssh -o StrictHostKeyChecking=accept-new root@127.0.0.1 'uptime; df -h /; ls /var/log; ps aux | head -5'
  scp -q root@127.0.0.1:/etc/hostname /root/copied
  echo 'ls /' | sftp -q root@127.0.0.1
  rsync -a root@127.0.0.1:/etc/apt/ /root/apt-copy/
  kill "$(cat /run/sshd.pid)"
}

run_containers() {
  local bundle=/root/bundle i
  mkdir -p "$bundle/rootfs/bin" "$bundle/rootfs/etc" "$bundle/rootfs/tmp" "$bundle/rootfs/www"
  cp /bin/busybox "$bundle/rootfs/bin/"
  for i in sh ls cat sleep echo ps httpd wget id; do ln -sf busybox "$bundle/rootfs/bin/$i"; done
  echo root:x:0:0:root:/root:/bin/sh >"$bundle/rootfs/etc/passwd"
  cd "$bundle"
  for i in $(seq 20); do
    rm -f config.json
    runc spec
    python3 - <<'PY'
import json
config = json.load(open("config.json"))
config["process"]["terminal"] = False
config["root"]["readonly"] = False
config["process"]["args"] = ["/bin/sh", "-c", "echo started > /tmp/state; ls /; cat /etc/passwd; sleep 1"]
json.dump(config, open("config.json", "w"))
PY
    runc --root /run/runc-quiet run "quiet-$i" &
    if [ $((i % 5)) = 0 ]; then
      sleep 0.5
      runc --root /run/runc-quiet exec "quiet-$i" /bin/id || true
      wait
    fi
  done
  wait
}

look_after() {
  useradd -m ann
  git config --global user.email ann@example.org && git config --global user.name ann
  git init -q /root/repo && cd /root/repo
  echo text >file && git add file && git commit -qm first && git clone -q /root/repo /root/clone
  printf 'Hi\n' | tee -a /etc/motd
  tar czf /var/backups/home.tgz /home
  find /etc -name '*.conf' -newer /etc/hostname | head
  ps aux; df; free; ss -ltn; ip a; du -sh /var/log; last || true; who || true
  apt-get -s upgrade
  sed -i 's/^#Port 22/Port 22/' /etc/ssh/sshd_config
  userdel -r ann
}

# Before anything is recorded: who signs in later.
mkdir -p -m 700 /root/.ssh
[ -e /root/.ssh/id_ed25519 ] || ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
cat /root/.ssh/id_ed25519.pub >>/root/.ssh/authorized_keys
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod +x /usr/sbin/policy-rc.d
: >/run/quiet/phases
touch /run/quiet/prepared
while [ ! -e /run/quiet/go ]; do sleep 0.2; done

failed=0
before=$(dpkg-query -f '.\n' -W | wc -l)
phase packages install
printf '%-12s %d new\n' "" $(($(dpkg-query -f '.\n' -W | wc -l) - before)) >>/run/quiet/phases
phase c build_c
phase rust build_rust
phase node build_node
phase python build_python
phase web serve_web
phase redis serve_redis
phase postgres serve_postgres
phase logs rotate_logs
phase ssh sign_in
phase containers run_containers
phase upkeep look_after
phase cron run_cron
exit "$failed"
