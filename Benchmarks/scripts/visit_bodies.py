"""Bodies of visits, taken from the diaries of a demonstration county: what a tablet would send now."""

import json
import random
import time
import uuid

from common import *


class Bodies:
    """New visits with the contents of old ones, the same for the same series."""

    def __init__(self, data, series, limit=20_000):
        self.random = random.Random(series)
        self.contents = self.read(data, limit)

    def read(self, data, limit):
        connection = sqlite3.connect(f"file:{data}/jiedui.sqlite?mode=ro", uri=True)
        contents = {}
        for number, household, author, kind, purpose, did, saw, thought, latitude, longitude, accuracy, device in connection.execute(
                """SELECT v.visit_number, h.id, v.author_id, v.kind, v.purpose, v.diary_did, v.diary_saw, v.diary_thought, v.latitude,
                v.longitude, v.accuracy_metres, v.device FROM visit v JOIN household h ON h.household_number = v.household_number
                WHERE v.corrects IS NULL AND v.author_id IS NOT NULL ORDER BY v.visit_number DESC LIMIT ?""", (limit,)):
            body = {"householdId": uuid_text(household), "cadreId": uuid_text(author), "kind": kind}
            body |= {"device": device} if device else {}
            body |= {"purpose": purpose} if purpose else {}
            parts = {"did": did, "saw": saw, "thought": thought}
            if any(parts.values()):
                body["diary"] = {part: text for part, text in parts.items() if text}
            if latitude is not None:
                body["location"] = {"latitude": latitude, "longitude": longitude, "accuracyMetres": accuracy}
            contents[number] = body
        first = min(contents)
        marks = {"visit-occasion": "occasions", "six-helps": "sixHelps", "six-ones": "sixOnes"}
        for number, key, code in connection.execute("SELECT visit_number, list_key, code FROM visit_mark WHERE visit_number >= ?", (first,)):
            contents.get(number, {}).setdefault(marks[key], []).append(code)
        for number, kind, result in connection.execute("SELECT visit_number, kind, result FROM visit_deed WHERE visit_number >= ?", (first,)):
            contents.get(number, {}).setdefault("deeds", []).append({"kind": kind, "result": result})
        for number, name in connection.execute("SELECT visit_number, name FROM visit_companion WHERE name IS NOT NULL AND visit_number >= ?", (first,)):
            contents.get(number, {}).setdefault("companions", []).append({"name": name})
        for number, kind, thousandths, value, donor in connection.execute(
                "SELECT visit_number, kind, quantity_thousandths, value_fen, donor FROM visit_gift WHERE visit_number >= ?", (first,)):
            contents.get(number, {}).setdefault("gifts", []).append(
                {"kind": kind, "quantity": thousandths / 1_000, "valueFen": value, "donor": donor})
        for number, sha256 in connection.execute("SELECT visit_number, sha256 FROM visit_attachment WHERE visit_number >= ?", (first,)):
            contents.get(number, {}).setdefault("attachments", []).append({"kind": "photo", "sha256": sha256.hex()})
        connection.close()
        return [contents[number] for number in sorted(contents)]

    def identifier(self):
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def moment(self):
        """Within the last hours."""
        at = time.time() - self.random.randrange(60, 6 * 3_600)
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))

    def visit(self):
        return {"id": self.identifier()} | self.random.choice(self.contents) | {"occurredAt": self.moment()}

    def batch(self, size):
        """The ids of its items, and its bytes."""
        items = [self.visit() for _ in range(size)]
        batch = {"batchId": self.identifier(), "mode": "each", "items": items}
        return [item["id"] for item in items], json.dumps(batch, ensure_ascii=False, separators=(",", ":")).encode()


def tokens(text):
    """What the index of texts is given: each character and each pair of neighbours, line by line."""
    found = []
    for line in text.split("\n"):
        characters = [character for character in line if character.isalpha() or character.isnumeric()]
        if line:
            found += characters + [first + second for first, second in zip(characters, characters[1:])] + ["\ue000"]
    return " ".join(found)
