"""A thousand tablets that post a batch of 50 at once: what is refused is refused honestly, and nothing is lost or twice."""

import asyncio
import hashlib
import json
import time
import uuid

from common import *
from visit_bodies import Bodies

TABLETS = 1_000
BATCH = 50
MONTHS = 3
ATTEMPTS_MAX = 200


def add_tablets(data):
    """A user and a token for each tablet, as `jiedui user add` and `jiedui token create` make them."""
    connection = sqlite3.connect(f"{data}/jiedui.sqlite")
    county_id = connection.execute("SELECT id FROM division WHERE level = 3 ORDER BY code").fetchone()[0]
    now = int(time.time() * 1_000)
    tokens = []
    for number in range(TABLETS):
        user, token_id, text = uuid.uuid4().bytes, uuid.uuid4().bytes, f"jd_{number:064x}"
        # They stand for tablets of the whole county: any of the visits may be any tablet's.
        connection.execute(
            "INSERT INTO user_account (id, name, role, division_id, created_at, version) VALUES (?, ?, 'tablet', ?, ?, 1)",
            (user, f"平板{number}", county_id, now))
        connection.execute("INSERT INTO user_place (user_id, division_id, from_at) VALUES (?, ?, ?)", (user, county_id, now))
        connection.execute(
            "INSERT INTO token (id, user_id, hash, device, created_at, expires_at) VALUES (?, ?, ?, 'bench', ?, ?)",
            (token_id, user, hashlib.sha256(text.encode()).digest(), now, now + 86_400_000))
        tokens.append(text)
    connection.commit()
    connection.close()
    return tokens


async def exchange(port, request):
    """One request on a connection of its own: status, fields and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(fields["content-length"]))
        return int(head[0].split()[1]), fields, body
    finally:
        writer.close()


async def post(port, bearer, body, start, seen):
    """One tablet: it goes on until it is answered."""
    request = (
        f"POST /v1/visit-batches HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {bearer}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body
    await start.wait()
    for _ in range(ATTEMPTS_MAX):
        began = time.monotonic()
        status, fields, answer = await exchange(port, request)
        seen.append((status, time.monotonic() - began))
        if status == 200:
            return json.loads(answer)
        if status != 503 or "retry-after" not in fields:
            raise SystemExit(f"a tablet was answered {status}: {answer[:300]}")
        await asyncio.sleep(float(fields["retry-after"]))
    raise SystemExit(f"a tablet was not answered in {ATTEMPTS_MAX} attempts")


async def play(server, tokens, batches):
    start, seen = asyncio.Event(), []
    tasks = [asyncio.create_task(post(server.port, bearer, body, start, seen)) for bearer, (_, body) in zip(tokens, batches)]
    await asyncio.sleep(0.5)
    began = time.monotonic()
    start.set()
    return await asyncio.gather(*tasks), seen, time.monotonic() - began


def main():
    raise_descriptor_limit()
    data = copy(county(HOUSEHOLDS, months=MONTHS), "tablets")
    made = Bodies(data, 7)
    batches = [made.batch(BATCH) for _ in range(TABLETS)]
    tokens = add_tablets(data)
    with service(data) as server:
        answers, seen, seconds = asyncio.run(play(server, tokens, batches))
        peak = server.memory_kilobytes("VmHWM") / 1024
    refused = sum(status != 200 for status, _ in seen)
    slowest = max(time for _, time in seen)
    note(f"{TABLETS:,} batches of {BATCH} in {seconds:.1f} s, {TABLETS * BATCH / seconds:,.0f} visits a second; "
         f"{refused} times 503 with Retry-After; slowest answer {slowest:.1f} s; {peak:.0f} MB at most")
    outcomes = [item["outcome"] for answer in answers for item in answer["items"]]
    sent = [identifier for identifiers, _ in batches for identifier in identifiers]
    told = [item["id"] for answer in answers for item in answer["items"]]
    kept = [uuid_text(row[0]) for row in rows(data, "SELECT id FROM visit ORDER BY visit_number DESC LIMIT ?", len(sent))]
    taken = sum(outcome in ("created", "replayed") for outcome in outcomes)
    whole = taken == len(sent) and sorted(told) == sorted(sent)
    report("tablets: visits that were sent and taken", f"{taken:,}", f"{len(sent):,}", whole)
    once = len(set(kept)) == len(kept) and set(kept) == set(sent)
    report("tablets: visits in the register, each once", f"{len(set(kept) & set(sent)):,}", f"{len(sent):,}", once)
    check(data)
    finish()


main()
