"""Household by id, a page of 100 with a filter, and a fixed answer: requests a second beside Hummingbird with GRDB."""

import json
import os
import random

from common import *

SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))
PAGE = "/v1/households?attribute=low-income&limit=100"


def check_equal(ours, theirs, bearer, identifiers):
    """The comparison means nothing unless both give the same."""
    left, right = ours.client(), theirs.client()
    for path in [PAGE] + [f"/v1/households/{identifier}" for identifier in identifiers]:
        mine, written = get(left, path, bearer), get(right, path, bearer)
        assert mine[0] == written[0] == 200, (path, mine[0], written[0], written[1][:200])
        assert mine[1] == written[1], f"{path} differs"
        for field in ["ETag", "Link"]:
            assert mine[2].getheader(field) == written[2].getheader(field), (path, field)
        records = get(right, "/records" + path, bearer)
        assert json.loads(mine[1]) == json.loads(records[1]), f"/records{path} differs"
    assert get(left, "/healthz")[1] == get(right, "/healthz")[1]
    for path in [PAGE, f"/v1/households/{identifiers[0]}"]:
        assert get(left, path, "jd_0")[0] == get(right, path, "jd_0")[0] == 401
    note(f"{len(identifiers)} households and a page are equal, byte for byte; as records, equal JSON")


def main():
    data = county(HOUSEHOLDS)
    bearer = token(data)
    identifiers = [uuid_text(row[0]) for row in rows(data, "SELECT id FROM household")]
    random.Random(7).shuffle(identifiers)
    ids = os.path.join(WORK, "ids")
    with open(ids, "w", encoding="ascii") as file:
        file.write("\n".join(identifiers) + "\n")
    cases = [
        ("household by id", "/v1/households/", "households.lua", 4),
        ("page of 100 with a filter", PAGE, None, 4),
        ("fixed answer", "/healthz", None, 3),
    ]
    with service(data) as ours, rival(data) as theirs:
        check_equal(ours, theirs, bearer, identifiers[:200])
        for name, path, script, goal in cases:
            bearer_of_case = None if path == "/healthz" else bearer
            sides = [("service", ours, path), ("Hummingbird", theirs, path)]
            if bearer_of_case:
                sides.append(("records", theirs, "/records" + path))
            found = {side[0]: [] for side in sides}
            for _ in range(ROUNDS):
                for side, server, where in sides:
                    load = Load(server, where, SECONDS, bearer_of_case, script, environment={"BENCH_IDS": ids})
                    assert not load.errors, (side, name, load.errors)
                    found[side].append(load)
            rate = {side: median([load.rate for load in loads]) for side, loads in found.items()}
            cpu = {side: median([load.cpu_microseconds for load in loads]) for side, loads in found.items()}
            for side in found:
                note(f"{name}, {side}: {rate[side]:,.0f} a second, {cpu[side]:.1f} µs of processor each")
            times = rate["service"] / rate["Hummingbird"]
            spared = cpu["Hummingbird"] / cpu["service"]
            report(f"{name}: times Hummingbird and GRDB by hand", f"{times:.2f}x", f">= {goal}x", times >= goal, f"processor {spared:.2f}x")
            if "records" in found:
                times = rate["service"] / rate["records"]
                spared = cpu["records"] / cpu["service"]
                report(f"{name}: times Hummingbird and GRDB with records", f"{times:.2f}x", f">= {goal}x", times >= goal, f"processor {spared:.2f}x")
    finish()


main()
