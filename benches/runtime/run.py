"""What watching costs and what it loses: off, Yagura and auditd in turn, on this machine, in one run.

Every round starts and stops each side in an order of its own, so that what else happens on the machine meets all alike.
Ratios are of medians over the rounds; a base line that varies more than --noise refuses the run (exit code 4). Needs root,
a C compiler and, for their parts, auditd and redis. See benches/README.md.
"""

import argparse
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# The calls that our rules and Falco's ask for, as audit rules; every one of them is logged, as every one is judged by us.
CALLS = (
    "execve,execveat,open,openat,openat2,creat,connect,accept,accept4,listen,bind,rename,renameat,renameat2,unlink,"
    "unlinkat,rmdir,mkdir,mkdirat,symlink,symlinkat,link,linkat,chmod,fchmod,fchmodat,setuid,setresuid,ptrace,mount,"
    "umount2,setns,unshare,init_module,finit_module,bpf,userfaultfd,memfd_create,kill,process_vm_writev,process_vm_readv"
)


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def rss_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def cpu_seconds(pid):
    fields = open(f"/proc/{pid}/stat", encoding="utf-8").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Off:
    name = "off"
    pid = None

    def start(self):
        time.sleep(0.2)

    def stop(self):
        pass


class Yagura:
    name = "yagura"

    def __init__(self, binary, rules, work):
        self.binary, self.rules, self.work = binary, rules, work
        self.process = self.pid = None

    def start(self):
        self.data = tempfile.mkdtemp(dir=self.work)
        begin = time.monotonic()
        command = [self.binary, "--data", self.data, "up", "--listen", "127.0.0.1:0"]
        for path in self.rules:
            command += ["--rules", path]
        log = open(os.path.join(self.work, "yagura.log"), "ab")
        self.process = subprocess.Popen(command, stdout=log, stderr=log)
        self.pid = self.process.pid
        while self.ask("/healthz") is None:
            if self.process.poll() is not None or time.monotonic() - begin > 60:
                sys.exit(f"error: {self.binary} did not start; see its words in {log.name}")
            time.sleep(0.02)
        self.started_in = time.monotonic() - begin
        time.sleep(1)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.data, ignore_errors=True)

    def ask(self, path):
        socket = os.path.join(self.data, "yagura.sock")
        answer = subprocess.run(
            ["curl", "-s", "-f", "--max-time", "5", "--unix-socket", socket, "http://localhost" + path],
            capture_output=True, check=False)
        return answer.stdout.decode() if answer.returncode == 0 else None

    def metrics(self):
        values = {}
        for line in (self.ask("/v1/metrics") or "").splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                values[name] = float(value)
        return values


class Auditd:
    name = "auditd"

    def __init__(self, work):
        self.work = work
        self.process = self.pid = None

    def start(self):
        folder = os.path.join(self.work, "auditd")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        actions = ["max_log_file_action", "space_left_action", "admin_space_left_action", "disk_full_action", "disk_error_action"]
        lines = [f"log_file = {folder}/audit.log", "log_format = RAW", "flush = INCREMENTAL_ASYNC", "freq = 50", "num_logs = 2",
                 "max_log_file = 64", "space_left = 75", "admin_space_left = 50"] + [f"{name} = ignore" for name in actions]
        path = os.path.join(folder, "auditd.conf")
        with open(path, "w", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")
        os.chmod(path, 0o640)
        self.process = subprocess.Popen(["auditd", "-n", "-c", folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.pid = self.process.pid
        time.sleep(1)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["auditctl", "-b", "65536"], check=True, **quiet)
        subprocess.run(["auditctl", "-e", "1"], check=True, **quiet)
        subprocess.run(["auditctl", "-a", "always,exit", "-F", "arch=b64", "-S", CALLS, "-k", "bench"], check=True, **quiet)

    def stop(self):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["auditctl", "-D"], check=False, **quiet)
        subprocess.run(["auditctl", "-e", "0"], check=False, **quiet)
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(os.path.join(self.work, "auditd"), ignore_errors=True)


class Work:
    """The loads; each gives one figure, smaller is better."""

    def __init__(self, folder, args):
        self.load = os.path.join(folder, "load")
        subprocess.run(["cc", "-O2", "-o", self.load, os.path.join(HERE, "load.c")], check=True)
        self.source = os.path.join(folder, "c")
        os.makedirs(self.source)
        for index in range(args.files):
            with open(os.path.join(self.source, f"f{index}.c"), "w", encoding="ascii") as file:
                file.write("#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n")
                file.write(f"int f{index}(int x) {{ return x + {index}; }}\n")
        with open(os.path.join(self.source, "Makefile"), "w", encoding="ascii") as file:
            file.write("all: $(patsubst %.c,%.o,$(wildcard *.c))\n%.o: %.c\n\t@$(CC) -O1 -c -o $@ $<\n")
        self.args = args
        self.redis = None
        if shutil.which("redis-server") and shutil.which("redis-benchmark"):
            self.redis = subprocess.Popen(["redis-server", "--port", "6391", "--save", "", "--appendonly", "no"],
                                          stdout=subprocess.DEVNULL)
            time.sleep(1)

    def close(self):
        if self.redis:
            self.redis.terminate()
            self.redis.wait()

    def names(self):
        return ["exec_ns", "getpid_ns", "c_build_s"] + (["redis_us"] if self.redis else [])

    def run(self, name, pin):
        before = ["taskset", "-c", "0"] if pin else []
        text = lambda command: subprocess.run(before + command, capture_output=True, check=True).stdout.decode()
        if name == "exec_ns":
            return float(text([self.load, "exec", str(self.args.execs)]))
        if name == "getpid_ns":
            return float(text([self.load, "getpid", "2000000"]))
        if name == "redis_us":
            answer = text(["redis-benchmark", "-p", "6391", "-t", "set", "-n", "100000", "-q", "--csv"])
            rate = float(answer.strip().splitlines()[-1].split(",")[1].strip('"'))
            return 1e6 / rate
        for file in os.listdir(self.source):
            if file.endswith(".o"):
                os.remove(os.path.join(self.source, file))
        begin = time.monotonic()
        text(["make", "-s", "-C", self.source] + ([] if pin else ["-j2"]))
        return time.monotonic() - begin


def compare(sides, work, args, report):
    figures = {}
    for round_ in range(args.rounds):
        order = sides[:]
        random.Random(round_).shuffle(order)
        for side in order:
            say(f"round {round_ + 1} of {args.rounds}: {side.name}")
            side.start()
            try:
                for pin in (True, False):
                    for name in work.names():
                        before = cpu_seconds(side.pid) if side.pid else 0
                        figure = work.run(name, pin)
                        figures.setdefault((name, pin, side.name), []).append(figure)
                        if side.pid:
                            cpu = cpu_seconds(side.pid) - before
                            figures.setdefault((name + " cpu_s", pin, side.name), []).append(cpu)
            finally:
                side.stop()
    rows, noisy = [], []
    for name in work.names():
        for pin in (True, False):
            base = figures[(name, pin, "off")]
            middle = statistics.median(base)
            spread = (max(base) - min(base)) / middle
            if spread > args.noise:
                noisy.append(f"{name} {'pinned' if pin else 'unpinned'}: {spread:.0%}")
            for side in sides:
                own = figures[(name, pin, side.name)]
                ratios = [value / middle for value in own]
                cpu = figures.get((name + " cpu_s", pin, side.name))
                rows.append({
                    "load": name, "pinned": pin, "side": side.name, "figures": own, "median": statistics.median(own),
                    "ratio": statistics.median(own) / middle, "ratio_min": min(ratios), "ratio_max": max(ratios),
                    "own_cpu_s": statistics.median(cpu) if cpu else None,
                })
    report["loads"], report["noisy"] = rows, noisy
    print(f"{'load':10} {'pinned':7} {'side':7} {'median':>12} {'ratio':>7} {'spread':>13} {'own cpu s':>10}  figures")
    for row in rows:
        cpu = "" if row["own_cpu_s"] is None else f"{row['own_cpu_s']:.2f}"
        own = " ".join(f"{value:.4g}" for value in row["figures"])
        print(f"{row['load']:10} {'yes' if row['pinned'] else 'no':7} {row['side']:7} {row['median']:12.4g} "
              f"{row['ratio']:7.3f} {row['ratio_min']:6.2f}-{row['ratio_max']:<6.2f} {cpu:>10}  {own}")


def losses(yagura, work, args, report):
    yagura.start()
    try:
        key = 'yagura_events_kind_total{kind="unlinkat"}'
        before = yagura.metrics()
        cpu = cpu_seconds(yagura.pid)
        answer = subprocess.run([work.load, "numbered", str(args.seconds), str(args.rate)], capture_output=True, check=True)
        made, seconds = answer.stdout.decode().split()
        time.sleep(3)
        after = yagura.metrics()
        seen = int(after.get(key, 0) - before.get(key, 0))
        lost = int(after["yagura_events_lost_total"] - before["yagura_events_lost_total"])
        result = {"made": int(made), "seconds": float(seconds), "judged": seen, "missing": max(0, int(made) - seen),
                  "lost_by_counters": lost, "rate": int(made) / float(seconds), "cpu_s": cpu_seconds(yagura.pid) - cpu,
                  "rss_mib": rss_kib(yagura.pid) / 1024}
        report["loss"] = result
        print(f"numbered calls: {made} in {seconds} s ({result['rate']:.0f} a second), judged {seen}, missing "
              f"{result['missing']}, lost by the counters {lost}; own cpu {result['cpu_s']:.1f} s, {result['rss_mib']:.0f} MiB")
    finally:
        yagura.stop()


def memory(yagura, work, args, report):
    yagura.start()
    try:
        steps = [(0, rss_kib(yagura.pid) / 1024)]
        for step in range(10):
            subprocess.run([work.load, "processes", str(args.processes // 10)], capture_output=True, check=True)
            steps.append(((step + 1) * (args.processes // 10), rss_kib(yagura.pid) / 1024))
        time.sleep(2)
        report["memory"] = {"rss_mib": steps, "lost": yagura.metrics().get("yagura_events_lost_total"),
                            "processes_known": yagura.metrics().get("yagura_processes")}
        print("resident MiB after so many short processes: " + ", ".join(f"{count}: {size:.0f}" for count, size in steps))
        print(f"events lost meanwhile: {report['memory']['lost']:.0f}; processes in the table: "
              f"{report['memory']['processes_known']:.0f}")
    finally:
        yagura.stop()


def start_up(yagura, work, report):
    crowd = subprocess.Popen([work.load, "sleepers", "2000"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        crowd.stdout.readline()
        times = []
        for _ in range(3):
            yagura.start()
            times.append(yagura.started_in)
            yagura.stop()
        report["start_up_s"] = times
        print("start with 2,000 processes more, to the first answer: " + ", ".join(f"{one:.2f} s" for one in times))
    finally:
        crowd.stdin.close()
        crowd.wait()


def latency(yagura, report):
    yagura.start()
    try:
        answer = subprocess.run([yagura.binary, "--data", yagura.data, "verify", "--format", "json"], capture_output=True,
                                check=False)
        rows = json.loads(answer.stdout or b"[]")
        times = sorted(row["latency_ms"] for row in rows if row.get("latency_ms") is not None)
        if not times:
            print("latency: verify gave no times")
            return
        at = lambda share: times[min(len(times) - 1, int(len(times) * share))]
        report["latency_ms"] = {"count": len(times), "p50": at(0.5), "p99": at(0.99)}
        print(f"act to finding in the store, {len(times)} emulations: p50 {at(0.5):.1f} ms, p99 {at(0.99):.1f} ms")
    finally:
        yagura.stop()


def versions(binary):
    run = lambda *command: subprocess.run(command, capture_output=True, check=False).stdout.decode().strip()
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if "model name" in line), "?")
    return {"kernel": os.uname().release, "cpu": model, "cores": os.cpu_count(), "yagura": run(binary, "--version"),
            "auditd": run("dpkg-query", "-W", "-f", "${Version}", "auditd"), "load": os.getloadavg()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True)
    parser.add_argument("--rules", action="append", default=[], help="further rules, for example Falco's")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--execs", type=int, default=3000)
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rate", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=1_000_000)
    parser.add_argument("--noise", type=float, default=0.15, help="largest spread of the base line, as a share")
    parser.add_argument("--only", action="append", choices=["loads", "loss", "memory", "start", "latency"])
    parser.add_argument("--report", help="write the figures to this file, as JSON")
    args = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("SKIPPED: needs root")
    report = {"versions": versions(args.binary)}
    print(json.dumps(report["versions"]))
    wanted = args.only or ["loads", "loss", "memory", "start", "latency"]
    folder = tempfile.mkdtemp(dir="/var/tmp", prefix="bench-runtime.")
    work = Work(folder, args)
    try:
        yagura = Yagura(args.binary, args.rules, folder)
        sides = [Off(), yagura]
        if shutil.which("auditd") and shutil.which("auditctl"):
            sides.append(Auditd(folder))
        else:
            print("auditd is not installed: left out")
        if "loads" in wanted:
            compare(sides, work, args, report)
        if "loss" in wanted:
            losses(yagura, work, args, report)
        if "memory" in wanted:
            memory(yagura, work, args, report)
        if "start" in wanted:
            start_up(yagura, work, report)
        if "latency" in wanted:
            latency(yagura, report)
    finally:
        work.close()
        shutil.rmtree(folder, ignore_errors=True)
    if args.report:
        with open(args.report, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=1)
    if report.get("noisy"):
        print("REFUSED: the base line varied by more than allowed: " + "; ".join(report["noisy"]))
        sys.exit(4)


main()
