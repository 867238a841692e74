#!/usr/bin/env python3
"""Says whether our rules were quiet enough: verdict.py REPORT, as `yagura replay --format json` wrote it."""

import json
import sys

CRITICAL_MAX, HIGH_MAX, RATIO_MAX = 0, 1, 0.1

report = json.load(open(sys.argv[1]))
for name in ("rules", "against"):
    tally = report[name]
    print(f"{'ours' if name == 'rules' else 'Falco'}: {tally['alerts']} alerts by {tally['rules']} rules", tally["by_severity"])
    for rule in tally["by_rule"]:
        print(f"  {rule['alerts']:>6}  {rule['severity']:<13}  {rule['rule']}")
        if name == "rules":
            print(f"          {rule['example'][:230]}")

ours, ratio = report["rules"]["by_severity"], report.get("ratio")
print(f"{report['events']} events; ratio {'-' if ratio is None else format(ratio, '.4f')}")
wrong = []
if report["events"] < 10_000:
    wrong.append(f"only {report['events']} events: the corpus did not run")
if ours["critical"] > CRITICAL_MAX:
    wrong.append(f"{ours['critical']} critical, at most {CRITICAL_MAX}")
if ours["high"] > HIGH_MAX:
    wrong.append(f"{ours['high']} high, at most {HIGH_MAX}")
if ratio is None or ratio > RATIO_MAX:
    wrong.append(f"ratio above {RATIO_MAX}")
print("quiet: " + ("; ".join(wrong) if wrong else "passed"))
sys.exit(1 if wrong else 0)
