"""First pages of lists at 26,000 households beside 260, and searches by name."""

from collections import Counter
from urllib.parse import quote
import json
import time

from common import *

SMALL = HOUSEHOLDS // 100
PAGES = 60
GOAL_MILLISECONDS = 10


def names(data):
    """Commonest and rare surnames, and names of two characters, of the larger county."""
    found = [row[0] for row in rows(data, "SELECT name FROM member WHERE left_on IS NULL")]
    surnames = Counter(name[0] for name in found).most_common()
    pairs = Counter(name[:2] for name in found).most_common()
    endings = Counter(name[1:3] for name in found if len(name) >= 3).most_common()
    return [
        ("commonest surname", surnames[0]), ("rarest surname", surnames[-1]), ("commonest two characters", pairs[0]),
        ("rare two characters", pairs[-1]), ("commonest given name", endings[0]), ("nobody's name", ("鑫淼", 0)),
    ]


def places(data):
    """A town and a village of the county, by code."""
    town = rows(data, "SELECT code FROM division WHERE level = 4 ORDER BY code LIMIT 1")[0][0]
    village = rows(data, "SELECT code FROM division WHERE level = 5 ORDER BY code LIMIT 1")[0][0]
    return town, village


def item_count(client, path, bearer):
    return len(json.loads(get(client, path, bearer)[1])["items"])


def page_milliseconds(server, client, path, bearer):
    for _ in range(5):
        status, body, _ = get(client, path, bearer)
        assert status == 200, (path, status, body)
    times = []
    for _ in range(PAGES):
        began = time.perf_counter()
        get(client, path, bearer)
        times.append((time.perf_counter() - began) * 1e3)
    return median(times)


def main():
    large, small = county(HOUSEHOLDS), county(SMALL)
    town, village = places(large)
    questions = [
        ("households", "/v1/households?"), ("of a state", "/v1/households?state=lifted&"),
        ("of an attribute", "/v1/households?attribute=low-income&"), ("of a cause", "/v1/households?mainCause=illness&"),
        ("of a labour", "/v1/households?labour=none&"), ("of a town", f"/v1/households?areaCode={town}&"),
        ("of a village", f"/v1/households?areaCode={village}&"),
        ("of a town and a cause", f"/v1/households?areaCode={town}&mainCause=illness&"),
        ("of state, attribute and cause", "/v1/households?state=lifted&attribute=low-income&mainCause=illness&"),
        ("of state and labour", "/v1/households?state=registered&labour=none&"),
        ("unverified numbers", "/v1/households?identityState=unverified&"),
        ("missing numbers", "/v1/households?identityState=missing&"),
        ("counted", "/v1/households?count=true&"), ("divisions", "/v1/divisions?"),
    ]
    searches = [(f"{title} ({hits:,} people)", f"/v1/households?q={quote(text)}&") for title, (text, hits) in names(large)]
    first = names(large)[0][1][0]
    searches += [
        ("commonest surname, of a cause", f"/v1/households?q={quote(first)}&mainCause=illness&"),
        ("commonest surname, of a town", f"/v1/households?q={quote(first)}&areaCode={town}&"),
        ("commonest surname, three filters",
         f"/v1/households?q={quote(first)}&state=returned&attribute=destitute-support&labour=none&"),
    ]
    with service(large) as many, service(small) as few:
        found, limits = {}, {}
        clients = {many: many.client(), few: few.client()}
        tokens = {many: token(large), few: token(small)}
        for title, path in questions + searches:
            # Both pages hold the same number of items, as many as the small county has: a shorter answer costs less by
            # itself, and the question is what the finding costs.
            limits[title] = max(1, item_count(clients[few], f"{path}limit=100", tokens[few]))
        for _ in range(ROUNDS):
            for title, path in questions + searches:
                for server in (many, few):
                    for limit in {limits[title], 100}:
                        milliseconds = page_milliseconds(server, clients[server], f"{path}limit={limit}", tokens[server])
                        found.setdefault((title, server, limit), []).append(milliseconds)
        for title, _ in questions + searches:
            limit = limits[title]
            at_large, at_small = median(found[title, many, limit]), median(found[title, few, limit])
            ratio = at_large / at_small
            text = f"first page of {limit}, {title}"
            if "counted" in title:
                note(f"{text}: {ratio:.2f}x, a count looks at every row and is asked for")
            else:
                report(text, f"{ratio:.2f}x", "<= 5x", ratio <= 5, f"{at_small:.2f} to {at_large:.2f} ms")
        for title, _ in searches:
            milliseconds = median(found[title, many, 100])
            report(
                f"search, {title}", f"{milliseconds:.2f} ms", f"< {GOAL_MILLISECONDS} ms",
                milliseconds < GOAL_MILLISECONDS)
    finish()


main()
