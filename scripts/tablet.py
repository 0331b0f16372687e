"""A tablet as docs/tablets.md asks for it, and a network as it is in the evening. Used by `tablets`."""

import collections
import gzip
import http.client
import json
import random
import socket
import threading
import time
import uuid

faults = []


def fault(text):
    """Remembers what is not as it must be."""
    faults.append(text)
    if len(faults) <= 20:
        print(f"WRONG  {text[:1000]}", flush=True)


# A bad network


class Proxy:
    """Takes one request a connection, and does to it what networks do."""

    FATES = (
        [("pass", 45), ("slow", 12), ("lost", 9), ("half a request", 6), ("answer lost", 9), ("half an answer", 5)]
        + [("doubled", 6), ("late", 5), ("login page", 3)]
    )

    def __init__(self, upstream, seed):
        self.upstream = upstream
        self.chance = random.Random(seed)
        self.lock = threading.Lock()
        self.counts = collections.Counter()
        self.open = 0
        self.calm = False
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def draw(self):
        with self.lock:
            fate = "pass" if self.calm else self.chance.choices(*zip(*self.FATES))[0]
            self.counts[fate] += 1
            return fate, self.chance.random()

    def serve(self, client):
        with self.lock:
            self.open += 1
        try:
            client.settimeout(60)
            request = self.request(client)
            if request:
                self.pass_on(client, request)
        except OSError:
            pass
        finally:
            client.close()
            with self.lock:
                self.open -= 1

    @staticmethod
    def request(client):
        received = b""
        while b"\r\n\r\n" not in received:
            piece = client.recv(65_536)
            if not piece:
                return None
            received += piece
        head, body = received.split(b"\r\n\r\n", 1)
        fields = [line.split(b":", 1) for line in head.lower().split(b"\r\n")[1:]]
        length = next((int(value) for name, value in fields if name == b"content-length"), 0)
        while len(body) < length:
            piece = client.recv(65_536)
            if not piece:
                return None
            body += piece
        return head + b"\r\n\r\n" + body

    def pass_on(self, client, request):
        fate, share = self.draw()
        if fate == "lost":
            return
        if fate == "login page":
            page = b"<html>Please sign in to the network</html>"
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
                           b"Content-Length: %d\r\n\r\n%s" % (len(page), page))
            return
        if fate == "half a request":
            self.forward(request[: int(len(request) * share)], is_whole=False)
            return
        if fate == "late":
            # The tablet gives up first, and what it sends next overtakes this.
            client.close()
            time.sleep(0.2 + share)
            self.forward(request)
            return
        if fate == "slow":
            time.sleep(share * 0.3)
        if fate == "doubled":
            threading.Thread(target=self.forward, args=(request,), daemon=True).start()
        answer = self.forward(request)
        if fate == "answer lost":
            return
        client.sendall(answer[: int(len(answer) * share)] if fate == "half an answer" else answer)

    def forward(self, request, is_whole=True):
        answer = b""
        try:
            with socket.create_connection(self.upstream, timeout=60) as line:
                line.sendall(request)
                while is_whole and (piece := line.recv(65_536)):
                    answer += piece
        except OSError:
            pass
        return answer

    def settle(self):
        """Waits until nothing is on its way any more."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with self.lock:
                if not self.open:
                    return
            time.sleep(0.05)


# A tablet


class Tablet:
    """An outbox, and the way in which it is sent."""

    def __init__(self, name, token, port, seed):
        self.name, self.token, self.port = name, token, port
        self.chance = random.Random(seed)
        self.ids = random.Random(f"{seed}-ids")
        self.outbox = []
        self.settled = []
        self.batches = []
        self.tries = 0
        self.statuses = collections.Counter()

    def new_id(self):
        return str(uuid.UUID(int=self.ids.getrandbits(128), version=4))

    def write(self, visit):
        """Keeps a visit before anything is sent."""
        self.outbox.append(visit)

    def evening(self):
        rounds = 0
        while self.outbox:
            rounds += 1
            if rounds > 200:
                fault(f"{self.name}: no end is in sight, {len(self.outbox)} visits are still there")
                return
            items = self.outbox[: self.chance.choice([1, 3, 7, 10, 50])]
            reused = self.batches and self.chance.random() < 0.05
            # Now and then a tablet that was set back to an older state gives an id to two batches.
            batch = self.chance.choice(self.batches) if reused else self.new_id()
            self.batches.append(batch)
            answer = self.deliver(json.dumps({"batchId": batch, "items": items}, ensure_ascii=False).encode(), batch)
            if answer:
                self.settle(items, answer["items"])

    def deliver(self, body, batch):
        """Sends a batch until there is an answer; None when its id was used before."""
        for attempt in range(200):
            self.tries += 1
            wait = 0.0
            try:
                status, fields, content = self.post(gzip.compress(body) if self.chance.random() < 0.7 else body)
                self.statuses[status] += 1
                if status == 409:
                    return None
                if status in (503, 507):
                    wait = float(fields.get("Retry-After", "1"))
                elif status == 200 and fields.get("Content-Type") == "application/json":
                    answer = json.loads(content)
                    if answer.get("batchId") == batch:
                        return answer
                elif status >= 400:
                    fault(f"{self.name}: {status} {content[:300].decode(errors='replace')}")
                    self.outbox.clear()
                    return None
            except (OSError, http.client.HTTPException, ValueError):
                self.statuses["none"] += 1
            # The waiting of docs/tablets.md, an evening in seconds.
            time.sleep(wait + self.chance.random() * min(1.0, 0.02 * 2 ** min(attempt, 10)))
        fault(f"{self.name}: a batch was never answered")
        return None

    def post(self, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            fields = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json",
                      "Accept-Language": "en", "Connection": "close"}
            if body[:2] == b"\x1f\x8b":
                fields["Content-Encoding"] = "gzip"
            connection.request("POST", "/v1/visit-batches", body, fields)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def settle(self, items, results):
        if [item["id"] for item in items] != [result.get("id") for result in results]:
            return fault(f"{self.name}: the answer is not in the order of the batch")
        for item, result in zip(items, results):
            if result["retry"] == "never":
                self.outbox.remove(item)
                self.settled.append((item, result))
            elif result["retry"] == "after-fix":
                self.outbox.remove(item)
                self.mend(item, result)

    def mend(self, item, result):
        """What a person does with an item that was set aside."""
        if item["kind"] == "picnic":
            if result.get("code") != "unknown-code" or not result.get("pointer", "").endswith("/kind"):
                fault(f"{self.name}: a wrong kind is told as {result}")
            self.outbox.append({**item, "kind": "other"})
        elif result.get("code") == "unknown-visit" and item.get("correctsVisitId"):
            self.outbox.append(item)
        else:
            fault(f"{self.name}: {item['id']} {result}")
