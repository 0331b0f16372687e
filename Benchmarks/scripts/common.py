"""What every benchmark needs: counties, servers, clients, and medians. Standard library only.

Figures are ratios within one run, from rounds that take turns, because this machine at this hour is like no other.
"""

import http.client
import json
import os
import resource
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
JIEDUI = os.environ.get("JIEDUI_BIN", os.path.join(ROOT, ".build/release/jiedui"))
RIVAL = os.environ.get("RIVAL_BIN", os.path.join(ROOT, "Benchmarks/.build/release/Rival"))
WORK = os.environ["BENCH_WORK"]
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
CONNECTIONS = 64
HOUSEHOLDS = int(os.environ.get("BENCH_COUNTY", "26000"))
missed = []


def median(values):
    return statistics.median(values)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def report(name, value, goal, meets, note=""):
    """One line of the result; `meets` says whether the goal is reached."""
    print(f"{'ok    ' if meets else 'MISSED'} {name:<58} {value:>9}  goal {goal}{'  ' + note if note else ''}", flush=True)
    if not meets:
        missed.append(name)


def note(text):
    print(f"       {text}", flush=True)


def timed(command, **options):
    """Seconds, processor seconds, and the peak of resident memory in MB."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, **options)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    processor = usage.ru_utime + usage.ru_stime
    return time.monotonic() - began, processor, usage.ru_maxrss / 1024, output, process.returncode


STOLEN_MAX = 0.05


def undisturbed(measure):
    """What a measurement gives while the host leaves this machine its processors; after four tries, what it gives."""
    for _ in range(4):
        before = processor_times()
        found = measure()
        spent = [after - earlier for earlier, after in zip(before, processor_times())]
        if spent[7] <= STOLEN_MAX * sum(spent):
            break
    return found


def processor_times():
    with open("/proc/stat", encoding="ascii") as file:
        return [int(word) for word in file.readline().split()[1:9]]


def raise_descriptor_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def county(households, seed=1, months=0):
    """The data directory of a demonstration county, made once a run; with pairings and visits of so many months."""
    data = os.path.join(WORK, f"county-{households}-{seed}" + (f"-{months}" if months else ""))
    if not os.path.exists(os.path.join(data, "demo-people.json")):
        run = [JIEDUI, "demo", "--data", data, "--households", str(households), "--seed", str(seed)]
        began = time.monotonic()
        subprocess.run(run + ["--visits-months", str(months), "--json"], check=True, stdout=subprocess.DEVNULL)
        if months:
            visits = rows(data, "SELECT count(*) FROM visit")[0][0]
            note(f"a county with {visits:,} visits was made in {time.monotonic() - began:.0f} s")
    return data


def copy(data, name):
    """A copy to write into."""
    target = os.path.join(WORK, name)
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(data, target)
    return target


def check(data):
    """The program's own check, or the end."""
    checked = subprocess.run([JIEDUI, "check", "--data", data], capture_output=True, text=True)
    if checked.returncode != 0:
        raise SystemExit(f"{data} is not in order:\n{checked.stdout}{checked.stderr}")


def empty_county(name):
    """A data directory with the divisions of the demonstration county and no household."""
    source = sqlite3.connect(f"file:{county(HOUSEHOLDS)}/jiedui.sqlite?mode=ro", uri=True)
    rows = source.execute(
        "SELECT d.code, d.name, d.level, p.code FROM division d LEFT JOIN division p ON p.id = d.parent_id ORDER BY d.level"
    ).fetchall()
    source.close()
    levels = ["", "province", "city", "county", "town", "village"]
    path = os.path.join(WORK, "divisions.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write("code,name,level,parentCode\n")
        for code, division, level, parent in rows:
            file.write(f"{code},{division},{levels[level]},{parent or ''}\n")
    data = os.path.join(WORK, name)
    subprocess.run(["rm", "-rf", data], check=True)
    subprocess.run([JIEDUI, "migrate", "--data", data], check=True, stdout=subprocess.DEVNULL)
    # The tree stood before the households were registered.
    run = [JIEDUI, "import", "divisions", path, "--data", data, "--on", "2010-01-01", "--json"]
    subprocess.run(run, check=True, stdout=subprocess.DEVNULL)
    return data


def household_file(households):
    path = os.path.join(WORK, f"households-{households}.csv")
    if not os.path.exists(path):
        subprocess.run([JIEDUI, "demo", "--csv", path, "--households", str(households)], check=True)
    return path


def token(data, role="county-administrator"):
    with open(os.path.join(data, "demo-people.json"), encoding="utf-8") as file:
        return next(person["token"] for person in json.load(file)["people"] if person["role"] == role)


def rows(data, sql, *values):
    connection = sqlite3.connect(f"file:{data}/jiedui.sqlite?mode=ro", uri=True)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def uuid_text(blob):
    text = bytes(blob).hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


START_SECONDS = 60


class Server:
    """A server process: started, waited for, stopped."""

    def __init__(self, command, port=None, environment=None):
        self.log = open(os.path.join(WORK, "server.log"), "ab")
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE if port is None else self.log, stderr=self.log,
            env={**os.environ, **(environment or {})})
        if port is None:
            # Ends with the process, so a failed start is never waited for.
            line = self.process.stdout.readline().decode()
            if not line.startswith("listening on"):
                raise SystemExit(f"{command[0]} did not start, it ended with {self.process.wait(15)}: {self.log.name}")
            port = int(line.rsplit(":", 1)[1])
        self.port = port
        self.pid = self.process.pid
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            # Asked first: another process may have taken the port that this one was to have.
            if self.process.poll() is not None:
                raise SystemExit(f"{command[0]} ended with {self.process.returncode}: {self.log.name}")
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"{command[0]} does not listen after {START_SECONDS} s: {self.log.name}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def client(self, timeout=60):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def cpu_seconds(self):
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_kilobytes(self, field="VmRSS"):
        with open(f"/proc/{self.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith(field + ":"))


def service(data, environment=None, logs=False):
    command = [JIEDUI, "serve", "--data", data, "--port", "0"]
    return Server(command if logs else command + ["--quiet"], environment=environment)


def rival(data, writes=False, environment=None):
    port = free_port()
    return Server([RIVAL, data, str(port)] + (["write"] if writes else []), port=port, environment=environment)


SYNC_MICROSECONDS_MIN = 500


def sync_microseconds():
    """What fdatasync of one page costs in the place where the data lies."""
    path = os.path.join(WORK, "sync")
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY)
    times = []
    for _ in range(200):
        os.write(descriptor, b"x" * 4_096)
        began = time.perf_counter()
        os.fdatasync(descriptor)
        times.append((time.perf_counter() - began) * 1e6)
    os.close(descriptor)
    os.remove(path)
    return median(times)


def compiled(source, *options):
    """A program or library of C that lies beside the scripts."""
    target = os.path.join(WORK, source.removesuffix(".c"))
    subprocess.run(["cc", "-O2", "-o", target, os.path.join(HERE, source), *options], check=True)
    return target


def slow_sync():
    """The environment in which every sync costs half a millisecond more."""
    shim = compiled("slow_sync.c", "-shared", "-fPIC", "-ldl")
    return {"LD_PRELOAD": shim, "SLOW_SYNC_MICROSECONDS": str(SYNC_MICROSECONDS_MIN)}


def get(client, path, bearer=None, headers=None):
    headers = dict(headers or {})
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    client.request("GET", path, headers=headers)
    answer = client.getresponse()
    return answer.status, answer.read(), answer


def metrics(server):
    client = server.client()
    text = get(client, "/metrics")[1].decode()
    client.close()
    return {line.split()[0]: float(line.split()[1]) for line in text.splitlines() if not line.startswith("#")}


class Load:
    """One run of wrk against a server."""

    def __init__(self, server, path, seconds, bearer=None, script=None, connections=CONNECTIONS, threads=1, environment=None):
        command = ["wrk", "-t", str(threads), "-c", str(connections), "-d", f"{seconds}s", "--timeout", "5s", "--latency"]
        if script:
            command += ["-s", os.path.join(HERE, script)]
        if bearer:
            command += ["-H", f"Authorization: Bearer {bearer}"]
        command.append(f"http://127.0.0.1:{server.port}{path}")
        before = server.cpu_seconds()
        output = subprocess.run(
            command, check=True, capture_output=True, text=True, env={**os.environ, **(environment or {})}).stdout
        cpu = server.cpu_seconds() - before
        self.output = output
        self.rate = float(next(line.split()[1] for line in output.splitlines() if line.startswith("Requests/sec")))
        self.requests = int(next(line.split()[0] for line in output.splitlines() if " requests in " in line))
        self.cpu_microseconds = cpu * 1e6 / max(self.requests, 1)
        self.refused = sum(int(line.split()[-1]) for line in output.splitlines() if "Non-2xx" in line)
        self.errors = [line.strip() for line in output.splitlines() if "Non-2xx" in line or "Socket errors" in line]


# A goal was missed; other statuses say that the benchmark itself is broken.
MISSED = 3


def finish():
    sys.exit(MISSED if missed else 0)
