"""Small durable writes at 64 connections: how many share an fsync, and what that is worth where fsync costs time."""

import os
import shutil
import subprocess
import time

from common import *

SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))


class Writing:
    """One run of registrations: rate, commits and requests of the writer."""

    series = 0

    def __init__(self, server, bearer, village, connections, seconds=SECONDS):
        Writing.series += 1
        environment = {"BENCH_VILLAGE": village, "BENCH_SERIES": f"b{os.getpid()}-{Writing.series}-"}
        # What the load before left in flight is not counted here.
        time.sleep(0.5)
        before = metrics(server)
        load = Load(
            server, "/v1/households", seconds, bearer, "registrations.lua", connections=connections,
            environment=environment)
        assert not load.errors, load.errors
        after = metrics(server)
        self.rate = load.rate
        self.commits = after["jiedui_writer_commits_total"] - before["jiedui_writer_commits_total"]
        self.requests = after["jiedui_writer_requests_total"] - before["jiedui_writer_requests_total"]


def sharing(data, bearer, village, environment, title):
    """Requests of each commit, and the gain over one commit a request with the same statements."""
    many, one, shares = [], [], []
    for _ in range(ROUNDS):
        with service(data, environment) as server:
            grouped = Writing(server, bearer, village, CONNECTIONS)
            # A single connection has each of its requests committed alone.
            alone = Writing(server, bearer, village, 1)
            empty = Load(server, "/healthz", 1, connections=1)
        assert alone.requests <= alone.commits * 1.01, (alone.requests, alone.commits)
        # Its way to the server and back is taken off, as 64 connections would make it while others are committed.
        one.append(1 / (1 / alone.rate - 1 / empty.rate))
        many.append(grouped.rate)
        shares.append(grouped.requests / grouped.commits)
    note(f"{title}: {median(many):,.0f} a second together, {median(one):,.0f} with a commit each")
    return median(shares), median(many) / median(one)


def syncs(data, bearer, village, environment):
    """Requests for each sync as the kernel sees it, checkpoints included."""
    with service(data, environment) as server:
        trace = os.path.join(WORK, "syncs")
        tracer = subprocess.Popen(
            ["strace", "-f", "-c", "-e", "trace=fdatasync,fsync", "-o", trace, "-p", str(server.pid)],
            stderr=subprocess.DEVNULL)
        time.sleep(1)
        writing = Writing(server, bearer, village, CONNECTIONS)
        tracer.terminate()
        tracer.wait()
    with open(trace, encoding="utf-8") as file:
        lines = [line.split() for line in file]
    count = sum(int(words[3]) for words in lines if words and words[-1] in ("fdatasync", "fsync"))
    return writing.requests / count, count, writing.requests


def main():
    if not shutil.which("strace"):
        raise SystemExit("strace is missing")
    data = os.path.join(WORK, "written")
    subprocess.run(["rm", "-rf", data], check=True)
    run = [JIEDUI, "demo", "--data", data, "--households", "260", "--visits-months", "0", "--json"]
    subprocess.run(run, check=True, stdout=subprocess.DEVNULL)
    bearer = token(data)
    village = str(rows(data, "SELECT code FROM division WHERE level = 5 LIMIT 1")[0][0])
    cost = sync_microseconds()
    note(f"fdatasync costs {cost:.0f} µs here")

    share, gain = sharing(data, bearer, village, None, "sync as it is")
    report("small durable writes: requests a commit, sync as it is", f"{share:.1f}", ">= 10", share >= 10)
    environment = None
    if cost < SYNC_MICROSECONDS_MIN:
        note(f"gain over one commit a request, sync as it is: {gain:.2f}x")
        environment = slow_sync()
        share, gain = sharing(data, bearer, village, environment, "sync slowed")
        report("small durable writes: requests a commit, sync slowed", f"{share:.1f}", ">= 10", share >= 10)
    report("small durable writes: times one commit a request", f"{gain:.2f}x", ">= 4x", gain >= 4)
    share, count, requests = syncs(data, bearer, village, environment)
    report("small durable writes: requests a sync, traced", f"{share:.1f}", ">= 10", share >= 10, f"{requests:,.0f} by {count:,}")
    finish()


main()
