"""Import of a county's cadres beside sqlite3's own .import of the same file, and export of the county beside sqlite3 -csv
on the same columns, with the memory of both."""

import json
import os
import subprocess
import time

from common import *


def files():
    """The county as files."""
    directory = os.path.join(WORK, "files")
    if not os.path.exists(os.path.join(directory, "households.csv")):
        os.makedirs(directory, exist_ok=True)
        subprocess.run([JIEDUI, "demo", "--files", directory, "--households", str(HOUSEHOLDS)], check=True)
    return directory


def load(data, directory, kind):
    command = [JIEDUI, "import", kind, os.path.join(directory, f"{kind}.csv"), "--data", data, "--json"]
    return timed(command)


def cadres(directory):
    """Rounds that take turns: our import into a county that has its divisions and units, and sqlite3's into a table."""
    ours, plain = [], []
    path = os.path.join(directory, "cadres.csv")
    for _ in range(ROUNDS):
        data = empty_county("cadres")
        load(data, directory, "organizations")
        seconds, _, megabytes, output, code = load(data, directory, "cadres")
        counts = json.loads(output)
        assert code == 0 and counts["refused"] == 0, counts
        ours.append(seconds)
        subprocess.run(["rm", "-rf", data], check=True)
        target = os.path.join(WORK, "plain-cadres.sqlite")
        if os.path.exists(target):
            os.remove(target)
        plain.append(timed(["sqlite3", "-bail", target, ".mode csv", f".import '{path}' cadre"])[0])
    note(f"{counts['created']:,} cadres: service {median(ours):.2f} s, sqlite3 {median(plain):.2f} s, {megabytes:.0f} MB")
    ratio = median(ours) / median(plain)
    report("import of cadres: times sqlite3 .import", f"{ratio:.1f}x", "<= 8x", ratio <= 8)


# The columns of our export, as one who knows the tables would ask for them.
HOUSEHOLDS_SQL = """
SELECT lower(hex(h.id)), h.area_code, g.name, h.archive_number, h.state, h.state_since, h.attribute,
    h.identification_standard, h.main_cause,
    coalesce(h.other_cause_1 || coalesce(';' || h.other_cause_2, ''), ''), h.labour,
    CASE h.self_care WHEN 1 THEN 'true' ELSE 'false' END, h.willingness, h.poverty_depth, h.phone_mask,
    lower(hex(m.id)), m.name, m.relation, m.sex, m.birth_date, m.identity_mask, m.ethnicity, m.education,
    m.school_state, CASE m.school_blocked WHEN 1 THEN 'true' ELSE 'false' END, m.health, m.labour_capacity,
    m.work_place, m.work_months, m.joined_on, m.join_reason, m.left_on, m.left_reason
FROM household h JOIN member m ON m.household_number = h.household_number
LEFT JOIN village_group g ON g.id = h.group_id
ORDER BY h.area_code, h.archive_number, m.position, m.id
"""


def export(data):
    ours, plain, megabytes, plain_megabytes = [], [], [], []
    target = os.path.join(WORK, "export.csv")
    for _ in range(ROUNDS):
        seconds, _, peak, _, code = timed([JIEDUI, "export", "households", target, "--data", data])
        assert code == 0, code
        ours.append(seconds)
        megabytes.append(peak)
        with open(os.path.join(WORK, "plain.csv"), "wb") as output:
            began = time.monotonic()
            subprocess.run(
                ["sqlite3", "-csv", "-header", os.path.join(data, "jiedui.sqlite"), HOUSEHOLDS_SQL], stdout=output, check=True)
            plain.append(time.monotonic() - began)
    note(f"service {median(ours):.2f} s and {os.path.getsize(target):,} bytes, sqlite3 {median(plain):.2f} s and "
         f"{os.path.getsize(os.path.join(WORK, 'plain.csv')):,} bytes")
    ratio = median(ours) / median(plain)
    report("export of a county: times sqlite3 -csv", f"{ratio:.2f}x", "<= 2x", ratio <= 2)
    report("export of a county: peak memory", f"{max(megabytes):.0f} MB", "< 100 MB", max(megabytes) < 100)
    os.remove(target)


def main():
    directory = files()
    cadres(directory)
    export(county(HOUSEHOLDS))
    finish()


main()
