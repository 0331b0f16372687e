"""Floods of large, slow and packed bodies: what the service holds of them, who else is served, and what stays behind."""

import gzip
import random
import threading
import time

from common import *

FLOODERS = 150
BODY_BYTES = 7_500_000
TOKENS = 50
HOLD_SECONDS = int(os.environ.get("BENCH_HOLD_SECONDS", "30"))
REST_SECONDS = int(os.environ.get("BENCH_REST_SECONDS", "60"))
SMALL_CONNECTIONS = 1_500
PATH = "/v1/visit-batches"


class Sampler(threading.Thread):
    """Resident memory twice a second, and what a bystander's requests come to."""

    def __init__(self, server, bearer):
        super().__init__(daemon=True)
        self.server, self.bearer = server, bearer
        self.megabytes, self.milliseconds, self.failures, self.stopping = [], [], 0, threading.Event()
        self.start()

    def run(self):
        client = self.server.client(timeout=30)
        while not self.stopping.is_set():
            began = time.perf_counter()
            try:
                self.failures += get(client, "/v1/me", self.bearer)[0] != 200
            except OSError:
                self.failures += 1
                client.close()
            self.milliseconds.append((time.perf_counter() - began) * 1e3)
            self.megabytes.append(self.server.memory_kilobytes() / 1024)
            time.sleep(0.5)

    def finish(self):
        self.stopping.set()
        self.join()
        return max(self.megabytes), percentile(self.milliseconds, 0.99), self.failures


def head(bearer, length, coded):
    coding = "Content-Encoding: gzip\r\n" if coded else ""
    return (f"POST {PATH} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {bearer}\r\n"
            f"Content-Type: application/json\r\n{coding}Content-Length: {length}\r\n\r\n").encode()


def flooder(port, bearer, body, coded, share, until, statuses, lock):
    """Sends a share of the body at once and the rest by and by, until it is answered or the time is over."""
    status = "none"
    try:
        with socket.create_connection(("127.0.0.1", port), 30) as connection:
            connection.sendall(head(bearer, len(body), coded))
            connection.settimeout(0.2)
            offset, first = 0, int(len(body) * share)
            while True:
                try:
                    end = first if time.monotonic() < until else len(body)
                    if offset < end:
                        offset += connection.send(body[offset:min(end, offset + (1 << 18))])
                        continue
                    if offset < len(body):
                        # Twice the least rate that the service asks for.
                        offset += connection.send(body[offset:offset + 200])
                    answer = connection.recv(4_096)
                    status = answer.split(b" ")[1].decode() if b" " in answer else "closed"
                    break
                except TimeoutError:
                    if time.monotonic() > until + 60:
                        break
    except (ConnectionError, TimeoutError):
        status = "cut off"
    with lock:
        statuses[status] = statuses.get(status, 0) + 1


def flood(server, title, bearers, body, coded=False, share=0.97, connections=FLOODERS, hold=HOLD_SECONDS):
    bystander, *bearers = bearers
    sampler = Sampler(server, bystander)
    statuses, lock, until = {}, threading.Lock(), time.monotonic() + hold
    threads = [
        threading.Thread(target=flooder, args=(
            server.port, bearers[number % len(bearers)], body, coded, share, until, statuses, lock))
        for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    peak, slowest, failures = sampler.finish()
    report(f"{title}: a bystander is answered", f"{failures}", "0 failures", failures == 0, f"p99 {slowest:.0f} ms")
    note(f"{title}: peak {peak:.0f} MB, answers {dict(sorted(statuses.items()))}")
    return peak


def tokens(data):
    """A user and a token each: helpers of villages, as many as there are tablets of a county."""
    village = str(rows(data, "SELECT code FROM division WHERE level = 5 LIMIT 1")[0][0])
    made = []
    for number in range(TOKENS + 1):
        arguments = ["--data", data]
        user = subprocess.run(
            [JIEDUI, "user", "add", *arguments, "--name", f"flood {number}", "--role", "tablet", "--division", village],
            check=True, capture_output=True, text=True).stdout.strip()
        text = subprocess.run(
            [JIEDUI, "token", "create", *arguments, "--user", user, "--device", "flood"],
            check=True, capture_output=True, text=True).stdout
        made.append(text.split()[-1])
    return made


def bodies():
    """JSON that is parsed whole and refused: one as large as it may be, one that grows to 30 MB, one of 60 KB."""
    chance = random.Random(5)
    numbers = ",".join(str(chance.randrange(10 ** 9, 10 ** 10)) for _ in range(BODY_BYTES // 11))
    large = f'{{"items":[],"filling":[{numbers}]}}'.encode()
    text = "".join(chance.choice("0123456789") * 8 for _ in range(30_000_000 // 8))
    packed = gzip.compress(f'{{"items":[],"filling":"{text}"}}'.encode(), 5)
    return large, packed, large[:60_000]


def main():
    raise_descriptor_limit()
    data = copy(county(300), "flooded")
    bearers = tokens(data)
    large, packed, small = bodies()
    note(f"bodies of {len(large):,} octets, {len(packed):,} packed (30,000,000 without gzip), and {len(small):,}")
    with service(data) as server:
        for _ in range(200):
            get(server.client(), "/v1/me", bearers[0])
        before = server.memory_kilobytes() / 1024
        peaks = [
            flood(server, "150 slow bodies of one token", bearers[:2], large),
            flood(server, "150 slow bodies of 50 tokens", bearers, large),
            flood(server, "150 packed bodies of one token", bearers[:2], packed, coded=True, share=1, hold=0),
            flood(server, "150 packed bodies of 50 tokens", bearers, packed, coded=True, share=1, hold=0),
            flood(server, f"{SMALL_CONNECTIONS:,} bodies of 60 KB", bearers, small, share=0.5, connections=SMALL_CONNECTIONS),
        ]
        kept = metrics(server).get("jiedui_kept_body_bytes")
        after = [server.memory_kilobytes() / 1024]
        for _ in range(REST_SECONDS // 10):
            time.sleep(10)
            after.append(server.memory_kilobytes() / 1024)
        note("resident, every ten seconds after the floods: " + ", ".join(f"{value:.0f}" for value in after) + " MB")
        report("bodies kept when all are answered", f"{kept:.0f}" if kept is not None else "?", "0", kept == 0)
        report(f"resident {REST_SECONDS} s after the floods", f"{after[-1]:.0f} MB", "< 200 MB", after[-1] < 200,
               f"{before:.0f} MB before, {max(peaks):.0f} MB at most")
    finish()


main()
