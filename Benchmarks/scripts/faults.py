"""Batches while the service is killed again and again, and while the disk is full: what was answered is there, once."""

import http.client
import json
import random
import subprocess
import tempfile
import threading
import time

from common import *
from visit_bodies import Bodies

KILLS = int(os.environ.get("BENCH_KILLS", "100"))
CLIENTS = 4
BATCH = 50
DISK_MEGABYTES = 48


def post(client, bearer, body):
    headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
    client.request("POST", "/v1/visit-batches", body, headers)
    answer = client.getresponse()
    return answer.status, answer.read(), answer


class Tablet:
    """Posts batches until its connection breaks; the one without an answer is sent again in the next round."""

    def __init__(self, made, lock, bearer):
        self.made, self.lock, self.bearer = made, lock, bearer
        self.waiting = None
        self.answered = []
        self.posted = 0

    def play(self, server):
        client = server.client(timeout=10)
        try:
            while True:
                if self.waiting is None:
                    with self.lock:
                        self.waiting = self.made.batch(BATCH)
                identifiers, body = self.waiting
                self.posted += 1
                status, text, _ = post(client, self.bearer, body)
                if status != 200:
                    continue
                items = json.loads(text)["items"]
                assert [item["id"] for item in items] == identifiers
                assert all(item["outcome"] in ("created", "replayed") for item in items), items
                self.answered += identifiers
                self.waiting = None
        except (OSError, http.client.HTTPException):
            client.close()


def kills(data):
    random_times = random.Random(9)
    made, lock, bearer = Bodies(data, 11), threading.Lock(), token(data)
    tablets = [Tablet(made, lock, bearer) for _ in range(CLIENTS)]
    before = rows(data, "SELECT count(*) FROM visit")[0][0]
    unsound = 0
    for number in range(KILLS):
        server = service(data)
        threads = [threading.Thread(target=tablet.play, args=(server,)) for tablet in tablets]
        for thread in threads:
            thread.start()
        time.sleep(random_times.uniform(0.05, 0.6))
        server.process.kill()
        server.process.wait()
        server.log.close()
        for thread in threads:
            thread.join()
        checked = subprocess.run([JIEDUI, "check", "--data", data], capture_output=True, text=True)
        if checked.returncode != 0:
            unsound += 1
            print(checked.stdout, flush=True)
    kept = [uuid_text(row[0]) for row in rows(data, "SELECT id FROM visit WHERE visit_number > ?", before)]
    answered = [identifier for tablet in tablets for identifier in tablet.answered]
    lost = set(answered) - set(kept)
    waiting = [tablet.waiting[0] for tablet in tablets if tablet.waiting]
    halves = [one for one in waiting if 0 < len(set(one) & set(kept)) < len(one)]
    note(f"{KILLS} kills, {len(answered):,} visits answered, {len(kept):,} kept, {sum(tablet.posted for tablet in tablets):,} posts")
    report("kill -9: visits that were answered and are not there once", f"{len(lost) + len(kept) - len(set(kept))}", "0",
           not lost and len(kept) == len(set(kept)) and set(kept) <= set(answered) | {id for one in waiting for id in one})
    report("kill -9: batches of which a part is there", f"{len(halves)}", "0", not halves)
    report("kill -9: rounds after which the check found faults", f"{unsound}", "0", unsound == 0)


def full_disk(source):
    """A small file system that fills up and is given room again, under the same process."""
    place = tempfile.mkdtemp(dir=WORK)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "tmpfs", place]).returncode != 0:
        raise SystemExit("the full disk needs the right to mount a small file system")
    try:
        data = os.path.join(place, "data")
        shutil.copytree(source, data)
        made, bearer = Bodies(data, 12), token(data)
        with service(data) as server:
            client = server.client()
            fill = os.path.join(place, "fill")
            answered = fill_until_refused(client, bearer, made, fill)
            status, text, answer = post(client, bearer, made.batch(BATCH)[1])
            report("full disk: a batch is refused", str(status), "507", status == 507 and answer.getheader("Retry-After") is not None)
            report("full disk: reads go on", str(get(client, "/v1/visits?limit=10", bearer)[0]), "200",
                   get(client, "/v1/visits?limit=10", bearer)[0] == 200)
            report("full disk: not ready", str(get(client, "/readyz")[0]), "503", get(client, "/readyz")[0] == 503)
            os.remove(fill)
            identifiers, body = made.batch(BATCH)
            status, text, _ = post(client, bearer, body)
            report("room again: taken by the same process", str(status), "200", status == 200 and get(client, "/readyz")[0] == 200)
            answered += identifiers
        kept = {uuid_text(row[0]) for row in rows(data, "SELECT id FROM visit")}
        report("full disk: visits that were answered and are not there", f"{len(set(answered) - kept)}", "0", set(answered) <= kept)
        check(data)
    finally:
        subprocess.run(["umount", place])


def fill_until_refused(client, bearer, made, fill):
    """Leaves a megabyte free, then posts until there is none."""
    with open(fill, "wb") as file:
        space = os.statvfs(os.path.dirname(fill))
        file.write(b"\0" * max(0, space.f_bavail * space.f_bsize - (1 << 20)))
    answered = []
    for _ in range(2_000):
        identifiers, body = made.batch(BATCH)
        status, text, _ = post(client, bearer, body)
        if status == 507:
            return answered
        assert status == 200, (status, text[:300])
        answered += identifiers
    raise SystemExit("the disk did not fill")


def main():
    data = copy(county(300, months=3), "killed")
    kills(data)
    full_disk(county(300, months=3))
    finish()


main()
