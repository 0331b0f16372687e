"""Visits as they come: single ones at 64 connections beside Hummingbird with GRDB, and batches of 50 beside a bare loop."""

import json
import threading
import time

from common import *
from visit_bodies import Bodies, tokens

SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))
MONTHS = 3
BATCH = 50
BATCHES = int(os.environ.get("BENCH_BATCHES", "300"))
CLIENTS = 4


# MARK: Single visits


def inputs(data):
    """The files from which the load is made."""
    households, diaries = os.path.join(WORK, "visited"), os.path.join(WORK, "diaries")
    bodies = Bodies(data, 1)
    with open(households, "w", encoding="ascii") as file:
        for body in bodies.contents[-5_000:]:
            file.write(f"{body['householdId']} {body['cadreId']}\n")
    with open(diaries, "w", encoding="utf-8") as file:
        for body in bodies.contents[:2_000]:
            part = {key: body[key] for key in ("kind", "purpose", "diary") if key in body}
            file.write(json.dumps(part, ensure_ascii=False, separators=(",", ":"))[1:] + "\n")
    return {"BENCH_HOUSEHOLDS": households, "BENCH_DIARIES": diaries}


def singles(data, environment, title, goal):
    """Rates of both sides, in rounds that take turns, each with a county of its own."""
    files, bearer = inputs(data), token(data)
    sides = {"service": copy(data, "visits-ours"), "Hummingbird": copy(data, "visits-theirs")}
    found, cpu = {side: [] for side in sides}, {side: [] for side in sides}

    def one(side, place):
        before = rows(place, "SELECT count(*) FROM visit")[0][0]
        with service(place, environment) if side == "service" else rival(place, True, environment) as server:
            load = Load(
                server, "/v1/visits", SECONDS, bearer, "visits.lua", environment=files | {"BENCH_SERIES": str(singles.series)})
        singles.series += 1
        # On a machine that stands still for two seconds the service says 503; those do not count.
        assert not any("Socket" in error for error in load.errors), (side, load.errors)
        taken = load.requests - load.refused
        after = rows(place, "SELECT count(*) FROM visit")[0][0]
        assert after - before >= taken, (side, after - before, taken)
        return load.rate * taken / load.requests, load.cpu_microseconds

    for _ in range(ROUNDS):
        for side, place in sides.items():
            rate, microseconds = undisturbed(lambda: one(side, place))
            found[side].append(rate)
            cpu[side].append(microseconds)
    check(sides["service"])
    for side in sides:
        note(f"single visits, {title}, {side}: {median(found[side]):,.0f} a second, {median(cpu[side]):.0f} µs of processor each")
    times = median(found["service"]) / median(found["Hummingbird"])
    report(f"single visits, {title}: times Hummingbird and GRDB", f"{times:.2f}x", f">= {goal}x", times >= goal)


singles.series = 1


# MARK: Batches


def post(server, bearer, bodies, counts):
    """Posts batches one after another on one connection."""
    client = server.client()
    headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
    while True:
        with post.lock:
            if not bodies:
                break
            _, body = bodies.pop()
        while True:
            client.request("POST", "/v1/visit-batches", body, headers)
            answer = client.getresponse()
            text = answer.read()
            if answer.status != 503:
                break
            # The machine stood still for two seconds.
            time.sleep(int(answer.headers["Retry-After"]))
        assert answer.status == 200, (answer.status, text[:300])
        counts.append(text.count(b'"created"'))
    client.close()


post.lock = threading.Lock()


def post_all(data, bodies):
    """Visits a second over HTTP."""
    bodies, counts = list(bodies), []
    with service(data) as server:
        before = server.cpu_seconds()
        began = time.monotonic()
        threads = [threading.Thread(target=post, args=(server, token(data), bodies, counts)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.monotonic() - began
        cpu = server.cpu_seconds() - before
    assert sum(counts) == BATCH * BATCHES, sum(counts)
    return sum(counts) / seconds, cpu * 1e6 / sum(counts)


def prepare_loop(before, after):
    """What cannot be read back from the rows: the tokens of the texts, and which kept rows each visit wrote."""
    path = os.path.join(WORK, "tokens.sqlite")
    if os.path.exists(path):
        os.remove(path)
    kept = sqlite3.connect(path)
    kept.executescript(f"""
        CREATE TABLE tokens (visit_number INTEGER, text TEXT);
        CREATE TABLE duties (visit_number INTEGER, household_number INTEGER, kind TEXT, subject TEXT, period_start TEXT,
            period_end TEXT, required INTEGER, contacts INTEGER, done_on TEXT);
        ATTACH '{before}/jiedui.sqlite' AS b; ATTACH '{after}/jiedui.sqlite' AS a;""")
    last = kept.execute("SELECT coalesce(max(visit_number), 0) FROM b.visit").fetchone()[0]
    results = {}
    for number, text in kept.execute(
            """SELECT visit_number, result FROM a.visit_deed WHERE visit_number > ?1 AND result IS NOT NULL
            UNION ALL SELECT visit_number, note FROM a.visit_event WHERE visit_number > ?1 AND note IS NOT NULL""", (last,)):
        results.setdefault(number, []).append(text)
    for number, *texts in kept.execute(
            "SELECT visit_number, names, diary_did, diary_saw, diary_thought FROM a.visit WHERE visit_number > ?", (last,)).fetchall():
        text = "\n".join([text for text in texts if text] + results.get(number, []))
        kept.execute("INSERT INTO tokens VALUES (?, ?)", (number, tokens(text)))
    columns = "household_number, kind, subject, period_start, period_end, required, contacts, done_on"
    kept.execute(
        f"""INSERT INTO duties SELECT min(v.visit_number), d.* FROM
        (SELECT {columns} FROM a.contact_duty EXCEPT SELECT {columns} FROM b.contact_duty) d
        JOIN a.visit v ON v.household_number = d.household_number AND v.visit_number > ?
        GROUP BY d.household_number, d.kind, d.subject, d.period_start, d.period_end""", (last,))
    kept.commit()
    kept.close()
    return path


def insert_all(loop, before, after, kept):
    """Visits a second of the bare loop."""
    output = subprocess.run(
        [loop, f"{before}/jiedui.sqlite", f"{after}/jiedui.sqlite", kept, str(BATCH)], check=True, capture_output=True,
        text=True).stdout.split()
    assert int(output[0]) == BATCH * BATCHES
    return int(output[0]) / float(output[1])


def batches(data):
    loop = compiled("visit_loop.c", "-lsqlite3")
    ours, theirs, cpu = [], [], []
    for one in range(ROUNDS):
        made = Bodies(data, 100 + one)
        bodies = [made.batch(BATCH) for _ in range(BATCHES)]
        rate, microseconds = undisturbed(lambda: post_all(copy(data, "batches-after"), bodies))
        after = os.path.join(WORK, "batches-after")
        if one == 0:
            check(after)
        ours.append(rate)
        cpu.append(microseconds)
        kept = prepare_loop(data, after)
        theirs.append(undisturbed(lambda: insert_all(loop, copy(data, "batches-before"), after, kept)))
    note(f"batches of {BATCH}: {median(ours):,.0f} visits a second, {median(cpu):.0f} µs of processor each; a bare loop {median(theirs):,.0f}")
    share = median(ours) / median(theirs)
    report(f"batches of {BATCH}: share of a bare loop's rate", f"{share:.2f}", ">= 0.33", share >= 1 / 3)


def main():
    data = county(HOUSEHOLDS, months=MONTHS)
    cost = sync_microseconds()
    note(f"fdatasync costs {cost:.0f} µs here")
    singles(data, None, "sync as it is", 3 if cost < SYNC_MICROSECONDS_MIN else 4)
    if cost < SYNC_MICROSECONDS_MIN:
        singles(data, slow_sync(), "sync slowed", 4)
    batches(data)
    finish()


main()
