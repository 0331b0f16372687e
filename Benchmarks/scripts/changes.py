"""The change feed: changes a second to one reader, a reader with nothing new, and parked readers beside a writer."""

import json
import os
import shutil
import socket
import sqlite3
import time

from common import *

CHANGES = 400_000
PARKED = 1_000
ASKED = 200
GOAL_RATE = 50_000
GOAL_MILLISECONDS = 1


def county_with_changes():
    """A copy of the demonstration county with many changes: what its households' imports and edits of months leave."""
    data = os.path.join(WORK, "county-changes")
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(county(HOUSEHOLDS), data)
    file = sqlite3.connect(os.path.join(data, "jiedui.sqlite"))
    households = file.execute("SELECT id, area_code FROM household").fetchall()
    have = file.execute("SELECT count(*) FROM change").fetchone()[0]
    now = int(time.time() * 1_000)
    rows_made = ((now + number // 20, *households[number % len(households)]) for number in range(CHANGES - have))
    file.executemany(
        "INSERT INTO change (at, entity, entity_id, version, operation, area_before, area_after) "
        "VALUES (?1, 'households', ?2, 2, 'change', ?3, ?3)", rows_made)
    file.commit()
    file.close()
    return data


def follow(client, bearer, limit):
    """All changes, page by page: how many, in how many seconds, and the cursor behind them."""
    count, cursor = 0, ""
    began = time.perf_counter()
    while True:
        status, body, _ = get(client, f"/v1/changes?limit={limit}{cursor}", bearer)
        assert status == 200, body
        # Counted without parsing, which would be most of the time: one name that each item has once.
        count += body.count(b'"sequence":')
        tail = json.loads(b"{" + body[body.rindex(b'"next":'):])
        cursor = "&after=" + tail["next"]
        if not tail["more"]:
            return count, time.perf_counter() - began, tail["next"]


def milliseconds_of(client, path, bearer):
    times = []
    for _ in range(ASKED):
        began = time.perf_counter()
        status, body, _ = get(client, path, bearer)
        times.append((time.perf_counter() - began) * 1e3)
        assert status == 200, body
    return median(times)


class ParkedReaders:
    """So many questions at once, each on a connection of its own."""

    def __init__(self, server, path, bearer):
        request = f"GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {bearer}\r\n\r\n".encode()
        self.sockets = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(PARKED)]
        for one in self.sockets:
            one.sendall(request)

    def close(self):
        for one in self.sockets:
            one.close()


def writes(server, bearer, seconds, tag):
    """Changes of households of one town, one after another; how many."""
    client = server.client()
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        identifier = f"0000{tag:04x}-0000-4000-8000-{count:012x}"
        body = json.dumps({
            "villageCode": "990921101001", "archiveNumber": f"b-{tag}-{count}", "attribute": "general", "mainCause": "other",
            "members": [{"name": "示例", "relation": "householder", "sex": "male", "birthDate": "1970-01-01"}]})
        client.request(
            "PUT", f"/v1/households/{identifier}", body=body,
            headers={"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"})
        answer = client.getresponse()
        assert answer.status == 201, answer.read()
        answer.read()
        count += 1
    client.close()
    return count


def main():
    raise_descriptor_limit()
    data = county_with_changes()
    # The province sees every change.
    bearer, province, tablet = token(data), token(data, "province"), token(data, "tablet")
    with service(data) as server:
        client = server.client()
        rates = {limit: [] for limit in (10_000, 1_000)}
        for _ in range(ROUNDS):
            for limit, found in rates.items():
                count, seconds, end = follow(client, province, limit)
                assert count == CHANGES, count
                found.append(count / seconds)
        for limit, found in rates.items():
            rate = median(found)
            report(f"changes a second to one reader, limit={limit:,}", f"{rate:,.0f}", f">= {GOAL_RATE:,}", rate >= GOAL_RATE)
        _, seconds, _ = follow(client, tablet, 10_000)
        note(f"the same {CHANGES:,} changes passed for a reader of one village: {seconds * 1e3:,.0f} ms")
        nothing = milliseconds_of(client, f"/v1/changes?after={end}", province)
        idle = milliseconds_of(client, "/healthz", bearer)
        report("a reader with nothing new", f"{nothing:.2f} ms", f"< {GOAL_MILLISECONDS} ms", nothing < GOAL_MILLISECONDS,
               f"the fixed answer takes {idle:.2f} ms")

        alone = writes(server, bearer, 5, 1)
        readers = ParkedReaders(server, "/v1/changes?after=now&wait=60", tablet)
        time.sleep(1)
        cpu = server.cpu_seconds()
        beside = writes(server, bearer, 5, 2)
        both = server.cpu_seconds() - cpu
        readers.close()
        cpu = server.cpu_seconds()
        again = writes(server, bearer, 5, 3)
        only = server.cpu_seconds() - cpu
        extra = max(0, both / 5 - only / 5 * beside / max(again, 1))
        note(f"one writer: {alone / 5:,.0f} and {again / 5:,.0f} a second alone, {beside / 5:,.0f} beside {PARKED:,} parked readers")
        report(
            f"{PARKED:,} parked readers whom nothing concerns, share of a core", f"{extra * 100:.0f} %", "<= 20 %", extra <= 0.2)
    finish()


main()
