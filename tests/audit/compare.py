# Compares, field by field, what auditd wrote with what Yagura made of its own events. compare.py AUDITD YAGURA
# Exit code 1 where a field differs that docs/audit-records.md does not explain.
import re
import sys
from collections import Counter, OrderedDict

# What an event cannot know, by record: docs/audit-records.md says why.
MISSING = {
    "PATH": {"mode", "ouid", "ogid", "rdev", "cap_fp", "cap_fi", "cap_fe", "cap_fver", "cap_frootid", "inode", "dev"},
    "SYSCALL": {"a0", "a1", "a2", "a3", "items"},
    "PROCTITLE": {"proctitle"},
}
ENRICHED = {"OUID", "OGID"}
DROPPED = {"OBJ_PID"}
# The user that acted.
USER = "61234"


def events(path):
    found = OrderedDict()
    for line in open(path, encoding="utf-8", errors="replace"):
        match = re.match(r"type=(\S+) msg=audit\(([\d.]+):(\d+)\): ?(.*)", line.rstrip("\n"))
        if match:
            kind, _, serial, rest = match.groups()
            fields = OrderedDict(re.findall(r'(\w+)=("[^"]*"|\{[^}]*\}|\S+)', rest.replace("\x1d", " ")))
            found.setdefault(serial, []).append((kind, fields))
    return [records for records in found.values() if records[0][0] == "SYSCALL" and records[0][1].get("uid") == USER]


def name(records):
    return next((fields["name"] for kind, fields in records if kind == "PATH" and fields.get("nametype") != "PARENT"), "")


def main():
    theirs, ours = events(sys.argv[1]), events(sys.argv[2])
    wanted = lambda records: re.search("/etc/shadow|missing|audit-test", str(name(records))) or records[0][1]["SYSCALL"] in ("connect", "kill", "execve") or "617564" in name(records)
    left = list(ours)
    same, explained, wrong = Counter(), Counter(), []
    for records in filter(wanted, theirs):
        head = records[0][1]
        key = lambda it: (it[0][1]["SYSCALL"], it[0][1]["exit"], len([1 for kind, _ in it if kind == "PATH"]) > 0)
        match = next((it for it in left if key(it) == key(records) and (name(it) == name(records) or head["SYSCALL"] in ("execve", "connect", "kill") or "missing" in name(it))), None)
        if match is None:
            wrong.append(f"{head['SYSCALL']} {name(records)}: no record of ours")
            continue
        left.remove(match)
        remaining = list(match)
        for kind, fields in records:
            other = next((it for it in remaining if it[0] == kind and (kind != "PATH" or it[1].get("nametype") == fields.get("nametype"))), None)
            if other is None:
                if kind in DROPPED or (kind == "PATH" and head["SYSCALL"] == "execve"):
                    explained[f"{kind} missing"] += 1
                else:
                    wrong.append(f"{head['SYSCALL']}: no {kind}")
                continue
            remaining.remove(other)
            for field, value in fields.items():
                have = other[1].get(field)
                if have == value:
                    same[kind] += 1
                elif field in MISSING.get(kind, ()) or field in ENRICHED or field == "item" and head["SYSCALL"] == "execve":
                    explained[f"{kind} {field}"] += 1
                elif kind == "PATH" and field == "name" and head["SYSCALL"] == "execve":
                    explained["PATH name of a program"] += 1
                else:
                    wrong.append(f"{head['SYSCALL']} {kind} {field}: auditd {value}, ours {have}")
    print(f"calls compared: {len(list(filter(wanted, theirs)))}")
    print("fields that are equal:", dict(same), "in all", sum(same.values()))
    print("fields that an event cannot know:", dict(explained))
    for line in wrong:
        print("DIFFERS", line)
    sys.exit(1 if wrong or not same else 0)


main()
