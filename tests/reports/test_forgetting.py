"""An erased person is in no report that is kept; every other byte of its lines stays."""
import csv
import hashlib
import io
import zipfile
from threading import Event

import openpyxl
import pytest

from core.reports import asked, making, requests
from core.reports.forgetting import forget
from core.reports.making import Desk
from core.store import reports
from core.ui.printing import painted
from tests.reports.conftest import NOW
from tests.reports.post import settings
from tests.reports.world import PEOPLE, build_account

TOKEN = "erased-0123456789abcdef"


@pytest.fixture
def kept(door):
    """kept(format, evidence) → the report, made."""
    build_account(door)
    plain = settings(None)
    plain.base_url = None
    desk = Desk(door.store, plain, door, lambda: NOW, Event(), painted)

    def make(kind, evidence=False):
        given = asked.mep(door.account("acme"), door.snapshot("acme"), "2026-02", (), kind, evidence=evidence)
        made = requests.ask(door.store, door.account("acme"), None, "mep", "February", given, now=NOW)
        making.make(desk, making.take(desk, made.report_id))
        return reports.find(door.store, "acme", made.report_id)

    return make


def file_of(door, report):
    return door.folder("acme") / "reports" / report.file


def lines_of(data):
    return [row[0] for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))][1:]


def people_in(door, report):
    file = file_of(door, report)
    if report.file.endswith(".csv"):
        return lines_of(file.read_bytes())
    if report.file.endswith(".xlsx"):
        return [row[0] for row in openpyxl.load_workbook(file)["Data"].iter_rows(min_row=2, values_only=True)]
    with zipfile.ZipFile(file) as pack:
        for line in pack.read("checksums.txt").decode().splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256(pack.read(name)).hexdigest() == digest
        everything = b"".join(pack.read(name) for name in pack.namelist())
        assert TOKEN.encode() in everything
        return lines_of(pack.read("lines.csv"))


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize(("kind", "evidence"), [("csv", False), ("xlsx", False), ("csv", True)])
def test_the_token_stands_where_the_person_stood_and_nothing_else_moves(door, kept, kind, evidence, person):
    report = kept(kind, evidence)
    whole = file_of(door, report).read_bytes()
    assert forget(door.store, "acme", door.folder("acme"), person, TOKEN, now=NOW) == 1
    others = [f"'{one}" if one == "=1+1" and kind == "csv" else one for one in PEOPLE]
    assert people_in(door, report) == [TOKEN if one.lstrip("'") == person else one for one in others]
    if kind == "csv" and not evidence:
        kept_lines = [line for line in whole.splitlines() if person.split('"')[0].encode() not in line]
        assert [line for line in file_of(door, report).read_bytes().splitlines() if TOKEN.encode() not in line] == kept_lines
    after = reports.find(door.store, "acme", report.report_id)
    data = file_of(door, report).read_bytes()
    assert (after.sha256, after.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert forget(door.store, "acme", door.folder("acme"), person, TOKEN, now=NOW) == 0


def test_a_report_of_others_is_left_byte_for_byte(door, kept):
    report = kept("xlsx")
    whole = file_of(door, report).read_bytes()
    assert forget(door.store, "acme", door.folder("acme"), "nobody", TOKEN, now=NOW) == 0
    assert file_of(door, report).read_bytes() == whole


def test_one_that_is_being_made_begins_anew(door, kept):
    given = asked.mep(door.account("acme"), door.snapshot("acme"), "2026-02") if kept("csv") else {}
    made = requests.ask(door.store, door.account("acme"), None, "mep", "February", given, now=NOW)
    reports.claim(door.store, "mine", now=NOW, until=NOW, report_id=made.report_id)
    forget(door.store, "acme", door.folder("acme"), PEOPLE[0], TOKEN, now=NOW)
    again = reports.find(door.store, "acme", made.report_id)
    assert (again.state, again.claim, again.tries) == ("queued", None, 0)


CALLS = [{"source": "pbx", "event_id": f"c{n}", "event_type": "call.started", "occurred_at": "2026-02-05T09:00:00Z", "call_id": f"c{n}",
          "journey_id": "cart", "entry_id": f"{n}cart", "profile_id": person} for n, person in enumerate(PEOPLE)]


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize(("kind", "questions"), [("csv", 1), ("csv", 2), ("xlsx", 2)])
def test_the_person_gives_way_in_the_callers_of_a_custom_report_too(door, person, kind, questions):
    build_account(door, more=CALLS)
    one = {"question": {"measures": ["calls"], "answer": "path_calls"}}
    given = asked.custom(door.account("acme"), door.snapshot("acme"), [*[{"question": {"measures": ["entries"]}}][: questions - 1], one], kind=kind)
    made = requests.ask(door.store, door.account("acme"), None, "custom", "Calls", given, now=NOW)
    plain = settings(None)
    plain.base_url = None
    desk = Desk(door.store, plain, door, lambda: NOW, Event(), painted)
    making.make(desk, making.take(desk, made.report_id))
    before = callers(file_of(door, reports.find(door.store, "acme", made.report_id)))
    assert forget(door.store, "acme", door.folder("acme"), person, TOKEN, now=NOW) == 1
    after = callers(file_of(door, reports.find(door.store, "acme", made.report_id)))
    assert after == [TOKEN if one.lstrip("'") == person else one for one in before]
    assert TOKEN in after


def callers(file):
    """The column Profile ID of the report's last table."""
    if file.suffix == ".xlsx":
        header, *rows = openpyxl.load_workbook(file).worksheets[1].iter_rows(values_only=True)
    else:
        data = zipfile.ZipFile(file).read(zipfile.ZipFile(file).namelist()[-1]) if file.suffix == ".zip" else file.read_bytes()
        header, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return [row[header.index("Profile ID")] for row in rows]
