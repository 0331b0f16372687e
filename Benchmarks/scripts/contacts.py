"""Duties and diaries after four years of visits: pages that are as fast as with a hundredth of them, and search."""

import datetime
import json
import time
import urllib.parse

from common import *

MONTHS = int(os.environ.get("BENCH_VISIT_MONTHS", "51"))
# A month of so many households is about 20,000 visits.
FEW_HOUSEHOLDS = 9_000
ROUNDS_OF_PAGES, READINGS = 60, 3
COUNTY_MILLISECONDS, HELPER_MILLISECONDS, SEARCH_MILLISECONDS = 20, 2, 20


def times(server, client, path, bearer, rounds=ROUNDS_OF_PAGES):
    """Median and slowest tenth, in milliseconds."""
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        status, body, _ = get(client, path, bearer)
        found.append((time.perf_counter() - began) * 1e3)
        assert status == 200, (path, status, body[:300])
    return median(found), percentile(found, 0.9)


def helper(data):
    """Somebody who answers for several households."""
    found = rows(
        data, """SELECT p.cadre_id, count(*) FROM pairing p WHERE p.end_on IS NULL GROUP BY p.cadre_id ORDER BY 2 DESC, 1 LIMIT 1""")
    return uuid_text(found[0][0])


def questions(data):
    town, village = (rows(data, "SELECT code FROM division WHERE level = ? ORDER BY code LIMIT 1", level)[0][0] for level in (4, 5))
    return {
        "duties of the county": "/v1/contact-duties", "overdue duties of the county": "/v1/contact-duties?state=overdue",
        "duties of a town": f"/v1/contact-duties?areaCode={town}", "duties of a village": f"/v1/contact-duties?areaCode={village}",
        "a helper's duties": f"/v1/contact-duties?cadreId={helper(data)}",
        "summary by town": "/v1/contact-duties/summary",
    }


def goal(title):
    return HELPER_MILLISECONDS if title.startswith("a helper") else COUNTY_MILLISECONDS


def compare(many, few):
    pages = {"many": questions(many), "few": questions(few)}
    with service(many) as big, service(few) as small:
        servers = {"many": (big, big.client(), token(many)), "few": (small, small.client(), token(few))}
        found = {}
        for _ in range(ROUNDS):
            for title in pages["many"]:
                for side, (server, client, bearer) in servers.items():
                    found.setdefault((title, side), []).append(times(server, client, pages[side][title], bearer))
        for title in pages["many"]:
            at = {side: median([one[0] for one in found[title, side]]) for side in servers}
            slow = median([one[1] for one in found[title, "many"]])
            report(
                f"{title} after {MONTHS} months", f"{at['many']:.2f} ms", f"< {goal(title)} ms", at["many"] < goal(title),
                f"p90 {slow:.2f} ms; {at['few']:.2f} ms with few visits")


def readings(data):
    """What reads the records of a whole area and time; nobody has set it a goal."""
    today = datetime.date.today()
    last_year, half_year_ago = (today - datetime.timedelta(days) for days in (365, 182))
    with service(data) as server:
        client, bearer = server.client(), token(data)
        for title, path in {
            "headline counters of the county, a year": f"/v1/contact-counters?from={last_year}&to={today}",
            "bulletin of the county": "/v1/bulletins/contact",
            "helpers alarmed": "/v1/contact-alarms",
            "duties of the county half a year ago": f"/v1/contact-duties?on={half_year_ago}&limit=20",
        }.items():
            note(f"{title}: {times(server, client, path, bearer, READINGS)[0]:,.0f} ms")


def search(data):
    """One, two and more characters, common and rare, in the county, a town and a village."""
    town, village = (rows(data, "SELECT code FROM division WHERE level = ? ORDER BY code LIMIT 1", level)[0][0] for level in (4, 5))
    places = {"county": "", "town": f"&areaCode={town}", "village": f"&areaCode={village}"}
    words = ["水", "鹏", "水稻", "沉香", "竹鼠", "砂糖橘", "帕金森", "高血压比上个月", "产业要做长，光靠一季收成不行", "没有这样的话"]
    bearer = token(data)
    diaries = rows(data, "SELECT count(*) FROM visit WHERE diary_did IS NOT NULL")[0][0]
    note(f"{diaries:,} diaries")
    worst = 0
    with service(data) as server:
        client = server.client()
        for word in words:
            line = []
            for place, area in places.items():
                path = f"/v1/visits?q={urllib.parse.quote(word)}&limit=20{area}"
                at, slow = times(server, client, path, bearer)
                items = len(json.loads(get(client, path, bearer)[1])["items"])
                worst = max(worst, at)
                line.append(f"{place} {at:.1f} ms ({items})")
            note(f"search {word}: {', '.join(line)}")
    report("search of diaries, the slowest of all", f"{worst:.1f} ms", f"< {SEARCH_MILLISECONDS} ms", worst < SEARCH_MILLISECONDS)


def main():
    many, few = county(HOUSEHOLDS, months=MONTHS), county(FEW_HOUSEHOLDS, months=1)
    for name, data in (("many", many), ("few", few)):
        note(f"{name}: {rows(data, 'SELECT count(*) FROM visit')[0][0]:,} visits, "
             f"{rows(data, 'SELECT count(*) FROM contact_duty')[0][0]:,} duties, "
             f"{os.path.getsize(data + '/jiedui.sqlite') / 1e6:,.0f} MB")
    compare(many, few)
    readings(many)
    search(many)
    finish()


main()
