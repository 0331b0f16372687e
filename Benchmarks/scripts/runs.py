"""A whole pairing run of the county over HTTP, from PUT to draft, and its approval, with other writes meanwhile: how long
they wait, and how many are told to come again. Then a second run on the result, which must change nothing."""

import json
import os
import subprocess
import threading
import time
import uuid

from common import *


def send(client, method, path, bearer, body):
    client.request(method, path, body=json.dumps(body), headers={
        "Authorization": f"Bearer {bearer}", "Content-Type": "application/json"})
    answer = client.getresponse()
    return answer.status, answer.read(), answer


class Writers:
    """One client that goes on putting households beside what is measured."""

    def __init__(self, server, bearer, village):
        self.server, self.bearer, self.village = server, bearer, village
        self.seconds, self.refused, self.others = [], 0, 0
        self.stopping = False
        self.thread = threading.Thread(target=self.work)

    def work(self):
        client = self.server.client()
        number = 0
        while not self.stopping:
            number += 1
            body = {"villageCode": self.village, "archiveNumber": f"R{time.time_ns()}", "attribute": "general",
                    "mainCause": "lack-of-technology", "members": [
                        {"name": "陈示例", "relation": "householder", "sex": "male", "birthDate": "1980-05-06"}]}
            began = time.monotonic()
            status, _, answer = send(client, "PUT", f"/v1/households/{uuid.uuid4()}", self.bearer, body)
            self.seconds.append(time.monotonic() - began)
            if status == 503 and answer.getheader("Retry-After"):
                self.refused += 1
            elif status != 201:
                self.others += 1
            time.sleep(0.005)
        client.close()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping = True
        self.thread.join()


def run(client, bearer, area):
    """Seconds from PUT to draft, and the run."""
    path = f"/v1/pairing-runs/{uuid.uuid4()}"
    began = time.monotonic()
    status, body, _ = send(client, "PUT", path, bearer, {"areaCode": area})
    assert status == 202, body
    while True:
        state = json.loads(get(client, path, bearer)[1])
        if state["state"] not in ("queued", "running"):
            assert state["state"] == "draft", state
            return time.monotonic() - began, path, state
        time.sleep(0.01)


def approve(client, bearer, path):
    began = time.monotonic()
    status, body, _ = send(client, "POST", path + "/approval", bearer, {})
    assert status == 200, body
    return time.monotonic() - began, json.loads(body)


def second_administrator(data):
    """Somebody else than the maker."""
    area = rows(data, "SELECT d.code FROM division d WHERE d.level = 3 AND d.area_code IN (SELECT area_code / 1000000 * 1000000 FROM household LIMIT 1)")[0][0]
    made = subprocess.run(
        [JIEDUI, "user", "add", "--data", data, "--name", "审批人", "--role", "county-administrator", "--division", str(area)],
        check=True, capture_output=True, text=True).stdout
    user = made.split()[-1]
    made = subprocess.run(
        [JIEDUI, "token", "create", "--data", data, "--user", user, "--device", "bench"], check=True, capture_output=True,
        text=True).stdout
    return str(area), next(word for word in made.split() if word.startswith("jd_"))


def main():
    drafts, approvals, waits, refused = [], [], [], 0
    for round in range(ROUNDS):
        data = os.path.join(WORK, "county-runs")
        subprocess.run(["rm", "-rf", data], check=True)
        subprocess.run(["cp", "-r", county(HOUSEHOLDS), data], check=True)
        maker = token(data)
        area, approver = second_administrator(data)
        # Another county's village would do as well; this one is beside what is approved only by its day.
        village = str(rows(data, "SELECT code FROM division WHERE level = 5 ORDER BY area_code LIMIT 1")[0][0])
        with service(data) as server:
            client = server.client()
            with Writers(server, maker, village) as writers:
                seconds, path, state = run(client, maker, area)
            drafts.append(seconds)
            waits += writers.seconds
            refused += writers.refused
            assert writers.others == 0
            # Households have come since: what the run read is not so any more.
            status, body, _ = send(client, "POST", path + "/approval", approver, {})
            assert status == 409 and b"run-outdated" in body, (status, body[:200])
            _, path, state = run(client, maker, area)
            worker = token(data, "county-administrator")
            group = Groups(server, worker, village)
            with group:
                seconds, answer = approve(client, approver, path)
            approvals.append(seconds)
            waits += group.seconds
            refused += group.refused
            _, path, second = run(client, maker, area)
            after = second["sum"]["after"]
            assert after["added"] == 0 and after["ended"] == 0, after
            client.close()
    totals = state["sum"]["after"]
    note(f"{totals['households']:,} households, {totals['covered']:,} covered, {answer['added']:,} pairings begun")
    report("a county's run, from PUT to draft", f"{median(drafts):.2f} s", "< 3 s", median(drafts) < 3)
    report("its approval", f"{median(approvals):.2f} s", "< 3 s", median(approvals) < 3)
    slowest = max(waits)
    note(f"{len(waits):,} other writes: p99 {percentile(waits, 0.99) * 1000:.0f} ms, {refused} told to come again (503)")
    report("other writes meanwhile, the slowest", f"{slowest:.2f} s", "< 2.5 s", slowest < 2.5)
    finish()


class Groups(Writers):
    """The same with names of groups, which no run reads."""

    def work(self):
        client = self.server.client()
        while not self.stopping:
            began = time.monotonic()
            status, body, answer = send(
                client, "PUT", f"/v1/groups/{uuid.uuid4()}", self.bearer,
                {"villageCode": self.village, "name": f"{time.time_ns()}组"})
            self.seconds.append(time.monotonic() - began)
            if status == 503 and answer.getheader("Retry-After"):
                self.refused += 1
            else:
                assert status in (200, 201), body
            time.sleep(0.005)
        client.close()


main()
