"""Ten thousand idle connections: what each costs, whether all are answered, and whether a load on as many times out."""

import select
import socket
import time

from common import *

COUNT = 10_000
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n"


def ask_all(sockets):
    """One request on each connection; the count of whole answers within 30 s."""
    for one in sockets:
        one.setblocking(False)
        one.send(REQUEST)
    poll = select.epoll()
    waiting = {}
    for one in sockets:
        poll.register(one.fileno(), select.EPOLLIN)
        waiting[one.fileno()] = [one, b""]
    answered = 0
    end = time.monotonic() + 30
    while waiting and time.monotonic() < end:
        for descriptor, _ in poll.poll(1):
            entry = waiting[descriptor]
            data = entry[0].recv(4_096)
            entry[1] += data
            if entry[1].endswith(b"ok\n") or not data:
                answered += entry[1].startswith(b"HTTP/1.1 200") and entry[1].endswith(b"ok\n")
                poll.unregister(descriptor)
                del waiting[descriptor]
    poll.close()
    return answered


def main():
    raise_descriptor_limit()
    data = county(HOUSEHOLDS)
    per_connection = []
    for _ in range(ROUNDS):
        with service(data) as server:
            # Buffers of the loops and the program's own pages are there before the count begins.
            warm = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(64)]
            ask_all(warm)
            for one in warm:
                one.close()
            time.sleep(0.3)
            before = server.memory_kilobytes()
            sockets = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(COUNT)]
            first = ask_all(sockets)
            time.sleep(1)
            after = server.memory_kilobytes()
            second = ask_all(sockets)
            per_connection.append((after - before) / COUNT)
            for one in sockets:
                one.close()
        assert (first, second) == (COUNT, COUNT), (first, second)
    kilobytes = median(per_connection)
    report(f"{COUNT:,} idle connections: resident memory of each", f"{kilobytes:.2f} KB", "<= 8 KB", kilobytes <= 8)
    report(f"{COUNT:,} connections answered, twice", f"{COUNT:,}", f"{COUNT:,}", True)
    bearer = token(data)
    identifier = uuid_text(rows(data, "SELECT id FROM household LIMIT 1")[0][0])
    with service(data) as server:
        load = Load(server, "/v1/households/" + identifier, 10, bearer, connections=COUNT, threads=2)
        note(f"wrk on {COUNT:,} connections: {load.rate:,.0f} a second {load.errors}")
        report(f"load on {COUNT:,} connections: time-outs and errors", len(load.errors), "none", not load.errors)
    finish()


main()
