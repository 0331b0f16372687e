"""Import of a county beside sqlite3's own .import of the same file, its memory, ten times the rows, and what readers and
writers notice of it."""

import csv
import json
import os
import subprocess
import threading
import time
import uuid

from common import *

IDLE_SECONDS = 5


def import_ours(path, name):
    data = empty_county(name)
    seconds, processor, megabytes, output, code = timed([JIEDUI, "import", "households", path, "--data", data, "--json"])
    counts = json.loads(output)
    assert code in (0, 65), code
    created = rows(data, "SELECT count(*) FROM household")[0][0], rows(data, "SELECT count(*) FROM member")[0][0]
    subprocess.run(["rm", "-rf", data], check=True)
    return seconds, processor, megabytes, counts, created


def import_plain(path):
    target = os.path.join(WORK, "plain.sqlite")
    if os.path.exists(target):
        os.remove(target)
    return timed(["sqlite3", "-bail", target, ".mode csv", f".import '{path}' household"])[:2]


def one_county(path):
    ours, plain, spent, spent_plain, megabytes = [], [], [], [], []
    for _ in range(ROUNDS):
        seconds, processor, peak, counts, created = import_ours(path, "imported")
        ours.append(seconds)
        spent.append(processor)
        megabytes.append(peak)
        seconds, processor = import_plain(path)
        plain.append(seconds)
        spent_plain.append(processor)
    with open(path, encoding="utf-8") as file:
        lines = sum(1 for _ in csv.reader(file)) - 1
    note(f"{lines:,} rows: {created[0]:,} households, {created[1]:,} members, counts {counts}")
    note(f"service {median(ours):.2f} s, sqlite3 {median(plain):.2f} s, {lines / median(ours):,.0f} rows a second")
    note(f"processor: service {median(spent):.2f} s on two threads, sqlite3 {median(spent_plain):.2f} s")
    ratio = median(ours) / median(plain)
    report("import of a county: times sqlite3 .import", f"{ratio:.2f}x", "<= 8x", ratio <= 8)
    report("import of a county: peak memory", f"{max(megabytes):.0f} MB", "< 200 MB", max(megabytes) < 200)
    return median(ours)


def ten_counties(single):
    path = household_file(10 * HOUSEHOLDS)
    seconds, _, peak, counts, created = import_ours(path, "imported")
    os.remove(path)
    note(f"{created[0]:,} households, {created[1]:,} members in {seconds:.1f} s, counts {counts}")
    report("ten times the rows: times as long", f"{seconds / single:.1f}x", "<= 12x", seconds / single <= 12)
    report("ten times the rows: peak memory", f"{peak:.0f} MB", "< 200 MB", peak < 200)


class Prober(threading.Thread):
    """Asks one thing after another until told to stop, and keeps how long each took in milliseconds."""

    def __init__(self, ask, pause):
        super().__init__(daemon=True)
        self.ask, self.pause, self.times, self.stopped = ask, pause, [], threading.Event()
        self.start()

    def run(self):
        while not self.stopped.is_set():
            began = time.perf_counter()
            self.ask()
            self.times.append((time.perf_counter() - began) * 1e3)
            time.sleep(self.pause)

    def finish(self):
        self.stopped.set()
        self.join()
        return self.times


def reader(server, bearer, identifiers):
    client = server.client()
    index = 0

    def ask():
        nonlocal index
        index += 1
        status = get(client, f"/v1/households/{identifiers[index % len(identifiers)]}", bearer)[0]
        assert status == 200, status

    return Prober(ask, 0.001)


def writer(server, bearer, village):
    client = server.client()
    index = 0

    def ask():
        nonlocal index
        index += 1
        register(client, bearer, village, f"probe-{index}")

    return Prober(ask, 0.02)


def new_token(data, division):
    command = [JIEDUI, "user", "add", "--data", data, "--name", "bench", "--role", "county-administrator", "--division", division]
    user = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1]
    command = [JIEDUI, "token", "create", "--data", data, "--user", user, "--device", "bench"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1]


def register_some(server, bearer, village):
    """A few hundred households to be read, and their ids."""
    client = server.client()
    identifiers = []
    for index in range(200):
        identifiers.append(json.loads(register(client, bearer, village, f"before-{index}"))["id"])
    return identifiers


def register(client, bearer, village, number):
    body = json.dumps({
        "villageCode": village, "archiveNumber": number, "attribute": "general", "mainCause": "illness",
        "labour": "present",
        "members": [{"name": "测试甲", "relation": "householder", "sex": "male", "birthDate": "1960-01-02"}]})
    client.request(
        "POST", "/v1/households", body, {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"})
    answer = client.getresponse()
    said = answer.read()
    assert answer.status == 201, (answer.status, said)
    return said


def while_served(path):
    """Readers and writers at work while a county is imported beside them."""
    idle, busy, writes = [], [], []
    for turn in range(ROUNDS):
        data = empty_county("served")
        village = str(rows(data, "SELECT code FROM division WHERE level = 5 LIMIT 1")[0][0])
        county_code = str(rows(data, "SELECT code FROM division WHERE level = 3")[0][0])
        bearer = new_token(data, county_code)
        with service(data) as server:
            identifiers = register_some(server, bearer, village)
            probe = reader(server, bearer, identifiers)
            time.sleep(IDLE_SECONDS)
            idle.append(percentile(probe.finish(), 0.99))
            client = server.client()
            job = f"/v1/imports/{uuid.uuid4()}"
            with open(path, "rb") as file:
                client.request(
                    "PUT", job + "?kind=households&mode=each", file,
                    {"Authorization": f"Bearer {bearer}", "Content-Type": "text/csv"})
                answer = client.getresponse()
                said = answer.read()
                assert answer.status == 202, (answer.status, said)
            reads, small = reader(server, bearer, identifiers), writer(server, bearer, village)
            state = {}
            while state.get("state") not in ("done", "failed", "cancelled"):
                time.sleep(0.1)
                state = json.loads(get(client, job, bearer)[1])
            busy.append(percentile(reads.finish(), 0.99))
            slowest = small.finish()
            writes.append(max(slowest))
            assert state["state"] == "done", state
            if turn == 0:
                note(f"over the API: {state}")
                note(f"small writes: median {median(slowest):.1f} ms, slowest {max(slowest):.1f} ms of {len(slowest)}")
    note(f"p99 of a point read: idle {median(idle):.2f} ms, while importing {median(busy):.2f} ms")
    ratio = median(busy) / median(idle)
    report("point reads while importing: p99, times idle", f"{ratio:.2f}x", "<= 3x", ratio <= 3)
    report("small writes while importing: slowest", f"{max(writes):.0f} ms", "< 2000 ms", max(writes) < 2_000)


def main():
    path = household_file(HOUSEHOLDS)
    single = one_county(path)
    while_served(path)
    if os.environ.get("BENCH_TEN_TIMES", "1") == "1":
        ten_counties(single)
    finish()


main()
