"""The pairing engine alone, beside OR-tools' SimpleMaxFlow for goal 1. Processor time, not the clock's.

The peer gets the network of goal 1 that Measure writes from the same instance: every cadre, and the households of a
village, depth and need together. Its answer must be ours. OR-tools is installed into a venv of its own.
"""

import json
import os
import statistics
import subprocess
import sys
import venv

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
WORK = os.environ["BENCH_WORK"]
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
HOUSEHOLDS = int(os.environ.get("BENCH_COUNTY", "26000"))
CADRES = HOUSEHOLDS * 35 // 52
PROVINCE = int(os.environ.get("BENCH_COUNTIES", "46"))
missed = []

PEER = """
import sys, time
import numpy
from ortools.graph.python import max_flow
arcs = numpy.fromfile(sys.argv[1], dtype=numpy.int32).reshape(-1, 3)
tails, heads, capacities = (arcs[:, column].copy() for column in range(3))
for _ in range(int(sys.argv[2])):
    flow = max_flow.SimpleMaxFlow()
    flow.add_arcs_with_capacity(tails, heads, capacities.astype(numpy.int64))
    start = time.process_time()
    status = flow.solve(0, 1)
    end = time.process_time()
    assert status == flow.OPTIMAL
    print(flow.optimal_flow(), (end - start) * 1e3)
"""


def report(name, value, goal, meets, note=""):
    print(f"{'ok    ' if meets else 'MISSED'} {name:<58} {value:>9}  goal {goal}{'  ' + note if note else ''}", flush=True)
    if not meets:
        missed.append(name)


def measure(*arguments):
    """The lines that Measure prints, and its greatest resident memory in bytes."""
    process = subprocess.Popen([MEASURE, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    rows = [json.loads(line) for line in process.stdout]
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status != 0:
        sys.exit(f"pairing: {MEASURE} ended with {status}")
    return rows, usage.ru_maxrss * 1024


def median(rows, name, field):
    return statistics.median(row[field] for row in rows if row["name"] == name)


def peer(graph):
    python = os.path.join(WORK, "ortools", "bin", "python")
    if not os.path.exists(python):
        venv.create(os.path.dirname(os.path.dirname(python)), with_pip=True)
        subprocess.run([python, "-m", "pip", "-q", "install", "ortools", "numpy"], check=True)
    run = subprocess.run([python, "-c", PEER, graph, str(ROUNDS)], check=True, capture_output=True, text=True)
    lines = [line.split() for line in run.stdout.splitlines()]
    return {int(line[0]) for line in lines}, statistics.median(float(line[1]) for line in lines)


MEASURE = os.environ.get("MEASURE_BIN")
if not MEASURE:
    package = os.path.join(ROOT, "Benchmarks", "Pairing")
    build = ["swift", "build", "-c", "release", "--package-path", package]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    MEASURE = os.path.join(package, ".build/release/Measure")

graph = os.path.join(WORK, "pairing.arcs")
rows, _ = measure(HOUSEHOLDS, CADRES, ROUNDS, "--graph", graph, "--days")
flows, peer_ms = peer(graph)
covered = {row[field] for row in rows if row["name"] == "first" for field in ("covered", "max_covered")}
if flows != covered:
    sys.exit(f"pairing: the engine covers {covered}, OR-tools {flows}")
print(f"       {covered.pop()} of {HOUSEHOLDS} households covered by both", flush=True)
ours = median(rows, "first", "coverage_ms")
report("goal 1 beside SimpleMaxFlow", f"{ours / peer_ms:.2f}x", "<= 4x", ours <= 4 * peer_ms,
       f"{ours:.1f} ms with sorting the instance, {peer_ms:.1f} ms without building the network")
for name, words in (("first", "nobody paired yet"), ("again", "on its own answer"), ("retired", "200 cadres retired")):
    total = median(rows, name, "total_ms")
    report(f"county, all five goals, {words}", f"{total:.0f} ms", "< 200 ms", total < 200,
           f"{total / peer_ms:.1f}x SimpleMaxFlow on goal 1 alone")
if any(row["added"] or row["broken"] for row in rows if row["name"] == "again"):
    sys.exit("pairing: a second run on its own answer changed something")

tree = os.environ.get("JIEDUI_TREE")
options = ["--tree", tree] if tree else []
province, memory = measure(HOUSEHOLDS * PROVINCE, CADRES * PROVINCE, 1, *options)
total = province[0]["total_ms"]
report("province, all five goals", f"{total / 1000:.1f} s", "< 10 s", total < 10_000)
report("province, memory", f"{memory / 1e6:.0f} MB", "<= 2 GB", memory <= 2e9)
growth = total / median(rows, "first", "total_ms") / PROVINCE
report(f"{PROVINCE} times the size", f"{growth:.2f}x", "<= 1.5x", growth <= 1.5, "of proportional")
sys.exit(3 if missed else 0)
