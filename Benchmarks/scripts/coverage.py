"""Coverage of the county, with the pairings of today and with ten years of them behind."""

import json
import shutil
import time

from common import *

ROUNDS_OF_PAGES = 100
YEARS = 10
GOAL_MILLISECONDS = 10
COUNTING_SECONDS_MAX = 600
TODAY = "(SELECT value FROM setting WHERE key = 'kept-day')"


def pairs(connection):
    """A helper for each household, as far as quotas reach: those of the village first, then those of the town."""
    rooms = {}
    for cadre, quota, first, last in connection.execute(
            f"""SELECT k.cadre_id, k.quota, d.area_code, d.area_last FROM cadre_capacity k
            JOIN division d ON d.id = k.division_id WHERE k.quota > 0 AND k.valid_from <= {TODAY}
            AND (k.valid_to IS NULL OR k.valid_to > {TODAY}) ORDER BY k.cadre_id"""):
        rooms.setdefault((first, last), []).extend([cadre] * quota)
    found = []
    for number, village, last, town, town_last in connection.execute(
            """SELECT h.household_number, v.area_code, v.area_last, t.area_code, t.area_last FROM household h
            JOIN division v ON v.id = h.village_id JOIN division t ON t.id = v.parent_id ORDER BY h.household_number"""):
        places = [rooms.get((village, last)), rooms.get((town, town_last))]
        place = next((place for place in places if place), None)
        if place:
            found.append((number, place.pop()))
    return found


def identifier(number):
    return bytes.fromhex(f"019700000000700080{number:014x}")


def fill(name, years):
    """A copy of the demonstration county with pairings of this year and of the years before it."""
    data = os.path.join(WORK, name)
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(county(HOUSEHOLDS), data)
    connection = sqlite3.connect(f"{data}/jiedui.sqlite")
    triggers = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('pairing', 'responsibility')"
    ).fetchall()
    # They look at each pairing; this only makes a county, which the check looks at as a whole.
    for trigger, _ in triggers:
        connection.execute(f"DROP TRIGGER {trigger}")
    year = int(connection.execute(f"SELECT {TODAY}").fetchone()[0][:4]) - 1
    number = 0
    for household, cadre in pairs(connection):
        area = connection.execute("SELECT area_code FROM household WHERE household_number = ?", (household,)).fetchone()[0]
        for past in range(years, -1, -1):
            first, end = f"{year - past}-01-01", f"{year - past + 1}-01-01" if past else None
            number += 1
            connection.execute(
                """INSERT INTO pairing (id, version, household_number, cadre_id, area_code, first_on, end_on, end_reason,
                is_pinned, begun_by, valid_from, recorded_at, created_at) VALUES (?, 1, ?, ?, ?, ?, ?, ?, 0, 'person', ?, 1, 1)""",
                (identifier(number), household, cadre, area, first, end, "replaced" if end else None, first))
            connection.execute(
                "INSERT INTO responsibility (household_number, pairing_id, valid_from, valid_to, recorded_at) VALUES (?, ?, ?, ?, 1)",
                (household, identifier(number), first, end))
            if end:
                connection.execute(
                    """INSERT INTO pairing_history (id, version, household_number, cadre_id, first_on, is_pinned, valid_from,
                    recorded_at, superseded_at) VALUES (?, 1, ?, ?, ?, 0, ?, 1, 2)""",
                    (identifier(number), household, cadre, first, first))
    # What is kept of help and of duties the service counts itself when it opens.
    connection.execute("INSERT INTO setting (key, value) VALUES ('help-due', '1') ON CONFLICT DO NOTHING")
    connection.execute("DELETE FROM setting WHERE key = 'contact-duties-through'")
    for _, sql in triggers:
        connection.execute(sql)
    connection.commit()
    note(f"{name}: {number:,} pairings")
    connection.close()
    count(data)
    check(data)
    return data


def count(data):
    """Whoever was helped before the archive was made is owed more: the service counts help and duties of everybody anew."""
    with service(data):
        until = time.monotonic() + COUNTING_SECONDS_MAX
        while not rows(data, "SELECT 1 FROM setting WHERE key = 'contact-duties-through'"):
            if time.monotonic() > until:
                raise SystemExit(f"the duties of {data} are not counted after {COUNTING_SECONDS_MAX} s")
            time.sleep(0.2)


def milliseconds(server, client, path, bearer):
    times = []
    for _ in range(ROUNDS_OF_PAGES):
        began = time.perf_counter()
        status, body, _ = get(client, path, bearer)
        times.append((time.perf_counter() - began) * 1e3)
        assert status == 200, (status, body)
    return median(times)


def main():
    plain, old = fill("coverage-plain", 0), fill("coverage-history", YEARS)
    town = rows(plain, "SELECT code FROM division WHERE level = 4 ORDER BY code LIMIT 1")[0][0]
    questions = [("the county", "/v1/coverage"), ("a town", f"/v1/coverage?areaCode={town}")]
    lists = [
        ("uncovered households", "/v1/coverage/households?gaps=uncovered"),
        ("cadres below their quota", "/v1/coverage/cadres?deviations=below"), ("roster", "/v1/roster"),
    ]
    with service(plain) as new, service(old) as aged:
        clients = {new: new.client(), aged: aged.client()}
        tokens = {new: token(plain), aged: token(old)}
        found = {}
        for _ in range(ROUNDS):
            for title, path in questions + lists:
                for server in (new, aged):
                    found.setdefault((title, server), []).append(
                        milliseconds(server, clients[server], path, tokens[server]))
        total = json.loads(get(clients[aged], "/v1/coverage", tokens[aged])[1])["sum"]
        note(f"{total['covered']:,} of {total['households']:,} households covered, {total['used']:,} of {total['capacity']:,}")
        for title, _ in questions:
            at_new, at_aged = median(found[title, new]), median(found[title, aged])
            report(f"coverage of {title}", f"{at_new:.2f} ms", f"< {GOAL_MILLISECONDS} ms", at_new < GOAL_MILLISECONDS)
            report(
                f"coverage of {title} after {YEARS} years", f"{at_aged:.2f} ms", f"< {GOAL_MILLISECONDS} ms",
                at_aged < GOAL_MILLISECONDS)
            ratio = at_aged / at_new
            report(f"coverage of {title}, with history to without", f"{ratio:.2f}x", "<= 1.2x", ratio <= 1.2)
        for title, _ in lists:
            note(f"{title}: {median(found[title, new]):.2f} ms, after {YEARS} years {median(found[title, aged]):.2f} ms")
    finish()


main()
