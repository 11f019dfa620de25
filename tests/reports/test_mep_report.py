"""The MEP report: an exported line stays as it was, later ones are additions, and the evidence pack counts again by itself."""

import csv
import hashlib
import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from zipfile import ZipFile

import openpyxl
import pytest

from core.access import accounts, audit
from core.errors import JourneysError, WrongUsage
from core.metrics import mep_lines
from core.reports import export, mep_report
from core.reports.mep_evidence import SCRIPT, evidence_pack
from core.reports.mep_report import ledger_of, write_mep
from core.store import mep as exports
from core.warehouse.erase import erase
from tests.metrics.test_mep_ledger import entered
from tests.worlds.product import Product
from tests.worlds.world import Step

NOW = datetime(2028, 1, 1, tzinfo=UTC)
ROME = ((None, "Europe/Rome"),)
AT = "2026-03-05T10:00:00Z"
LATE = "2026-05-01T10:00:00Z"


@pytest.fixture
def desk(door, tmp_path):
    """An account in Rome, its product and its folder: `desk.csv()`, `desk.pack()` export March 2026."""
    made = Desk(door, tmp_path)
    yield made
    made.product.close()


class Desk:
    def __init__(self, door, folder):
        self.store, self.out = door.store, folder
        self.account = accounts.add(door.store, accounts.Account("rome", ROME, "EUR", "scale", None, False, None), by="test", now=NOW)
        self.product = Product(folder / "rome", ROME, "EUR")

    def build(self, *records, document=None, replace=False):
        if document is not None:
            self.product.take(Step(document=document, replace=replace))
        if records:
            self.product.take(Step(records=list(records)))
        self.product.build()

    def write(self, form="csv", sub_accounts=(), **more):
        file = self.out / f"march.{form}"
        made = write_mep(self.store, self.account, self.product.snapshot, self.product.folder, "2026-03", sub_accounts, file, form, by="ana", now=NOW, **more)
        return made, file.read_bytes()

    def lines(self, **only):
        of = ledger_of(self.store, self.account, self.product.snapshot, self.product.folder, "2026-03", only.pop("sub_accounts", ()))
        return [row for batch in of.batches(**only) for row in batch.select(mep_report.ledger.NAMES).rows()]

    def pack(self, sub_accounts=()):
        file = self.out / "pack.zip"
        evidence_pack(self.store, self.account, self.product.snapshot, self.product.folder, self.product.log, "2026-03", sub_accounts, file, by="ana", now=NOW)
        return ZipFile(file)

    def kept(self):
        return sorted(file.name for file in (self.product.folder / mep_report.FOLDER).glob("*"))


def document(journey="cart", name="Cart", sub_account=None):
    return {"journey_id": journey, "name": name, "sub_account_id": sub_account, "versions": []}


def counted_again(pack):
    return subprocess.run([sys.executable, "-I", str(SCRIPT), pack.filename], capture_output=True, text=True, cwd="/")


def test_csv_and_excel_hold_the_lines_of_the_ledger_in_the_columns_of_the_interface(desk):
    desk.build(entered("1", "=1+1", AT), entered("2", "007", AT, "other"), document=document())
    made, text = desk.write()
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))
    assert rows == [["Person ID", "Engaged At", "Billed At", "Campaign ID", "Campaign Name"],
                    ["007", "2026-03-05T11:00:00+01:00", "2026-03-05T11:00:00+01:00", "other", "other"],
                    ["'=1+1", "2026-03-05T11:00:00+01:00", "2026-03-05T11:00:00+01:00", "cart", "Cart"]]  # fmt: skip
    assert (made.lines, made.ordinal, made.sha256) == (2, 1, hashlib.sha256(text).hexdigest())
    again, _ = desk.write("xlsx")
    assert (again.ordinal, again.sha256) == (2, made.sha256)
    sheet = openpyxl.load_workbook(desk.out / "march.xlsx").worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [["007", *rows[1][1:]], ["=1+1", *rows[2][1:]]]
    assert [(entry.actor, entry.action, entry.subject) for entry in audit.newest(desk.store, "rome") if entry.action == "mep.exported"] == [
        ("ana", "mep.exported", "2026-03")] * 2  # fmt: skip


def test_an_exported_month_keeps_its_lines_byte_for_byte_and_later_ones_are_additions(desk):
    desk.build(entered("1", "p1", AT), entered("2", "p2", AT, sub_account_id="n"))
    made, before = desk.write()
    desk.build(entered("3", "p0", AT, received=LATE), entered("4", "p1", "2026-03-01T10:00:00Z", received=LATE),
               document=document(name="Renamed", sub_account="s"))  # fmt: skip
    _, after = desk.write()
    assert set(before.splitlines()) < set(after.splitlines())
    assert desk.lines(upto=made.position) == [("p1", "2026-03-05T11:00:00+01:00", "2026-03-05T11:00:00+01:00", "cart", "cart"),
                                              ("p2", "2026-03-05T11:00:00+01:00", "2026-03-05T11:00:00+01:00", "cart", "cart")]  # fmt: skip
    assert desk.lines(after=made.position) == [("p0", "2026-03-05T11:00:00+01:00", "2026-05-01T12:00:00+02:00", "cart", "Renamed")]
    assert [row[0] for row in desk.lines(sub_accounts=["s"])] == ["p0"]  # p1 was exported when the journey was of no sub-account
    assert [row[0] for row in desk.lines(sub_accounts=[None])] == ["p1"]


def test_what_was_never_exported_is_told_as_the_catalog_has_it_now(desk):
    desk.build(entered("1", "p1", AT), entered("2", "p2", AT, sub_account_id="n"))
    desk.write(sub_accounts=["n"])
    desk.build(document=document(name="Named"))
    assert [(row[0], row[4]) for row in desk.lines()] == [("p1", "Named"), ("p2", "cart")]


def test_a_report_that_stops_leaves_no_file_and_no_record(desk):
    desk.build(entered("1", "p1", AT))

    def stop(_):
        raise JourneysError("enough")

    with pytest.raises(JourneysError, match="enough"):
        desk.write(progress=stop)
    assert (exports.listed(desk.store, "rome", "2026-03"), desk.kept(), (desk.out / "march.csv").exists()) == ([], [], False)


def test_more_lines_than_a_sheet_holds_are_refused_as_excel_before_a_byte_is_written(desk, monkeypatch):
    desk.build(entered("1", "p1", AT), entered("2", "p2", AT))
    monkeypatch.setattr(export, "MOST_ROWS", 1)
    with pytest.raises(WrongUsage, match="2 lines do not fit"):
        desk.write("xlsx")
    assert not (desk.out / "march.xlsx").exists()


@pytest.mark.parametrize("sub_accounts", [(), ("n",), (None,), ("n", None)])
def test_a_third_person_counts_the_lines_of_the_pack_again(desk, sub_accounts):
    odd = ["=1+1", "'=1+1", "+385911234567", " 7", "7", "é", "e\u0301", 'quo"te', "line\nbreak", "a,b"]
    records = [entered(f"{n}", person, AT, sub_account_id="n" if n % 2 else None) for n, person in enumerate(odd)]
    records += [entered("r1", "7", "2026-03-01T00:00:00+01:00", "other", entry_id="E"), entered("r2", "9", "2026-03-31T23:59:59+02:00", "other", entry_id="E"),
                entered("r3", "9", "2026-04-01T00:00:00+02:00"), entered("r4", "9", "2026-02-28T23:59:59.999999+01:00")]  # fmt: skip
    desk.build(*records, document=document(sub_account="n"))
    pack = desk.pack(sub_accounts)
    done = counted_again(pack)
    assert (done.returncode, done.stderr) == (0, "")
    assert "equal: every line" in done.stdout
    pack.extractall(desk.out / "unpacked")
    where_it_lies = subprocess.run([sys.executable, "-I", "count_again.py"], capture_output=True, text=True, cwd=desk.out / "unpacked", check=False)
    assert (where_it_lies.returncode, where_it_lies.stdout) == (0, done.stdout)
    assert len(pack.read("count_again.py").splitlines()) <= 40
    assert pack.read("lines.csv") == desk.write(sub_accounts=sub_accounts)[1]
    entries = [json.loads(line) for line in pack.read("entries.ndjson").splitlines()]
    assert [entry[1] for entry in entries] == [*odd, "7"]  # r2 is the same run as r1, and the others are of other months


def test_a_pack_that_was_touched_is_found_out(desk):
    desk.build(entered("1", "p1", AT), entered("2", "p2", AT))
    pack, other = desk.pack(), desk.out / "other.zip"
    lines = pack.read("lines.csv").replace(b"p2", b"p3")
    sums = pack.read("checksums.txt").replace(hashlib.sha256(pack.read("lines.csv")).hexdigest().encode(), hashlib.sha256(lines).hexdigest().encode())
    both = {"lines.csv": lines, "checksums.txt": sums}
    for changed, says in (({"lines.csv": lines}, "lines.csv is not as it was packed"), (both, "NOT EQUAL from line 2 on")):
        with ZipFile(other, "w") as made:
            for name in pack.namelist():
                made.writestr(name, changed.get(name, pack.read(name)))
        done = counted_again(ZipFile(other))
        assert (done.returncode, says in done.stderr) == (1, True)


def test_the_pack_lists_what_came_since_the_export_before_and_that_its_lines_are_unchanged(desk):
    desk.build(entered("1", "p1", AT))
    desk.write()
    desk.build(entered("2", "p0", AT, received=LATE), document=document(name="Named"))
    pack = desk.pack()
    said = json.loads(pack.read("pack.json"))
    assert (said["lines"], said["entries"], said["additions"], said["its_lines_are_unchanged"]) == (2, 2, 1, True)
    assert (said["month_start"], said["month_end"]) == ("2026-02-28T23:00:00+00:00", "2026-03-31T22:00:00+00:00")
    assert [row.split(",")[0] for row in pack.read("additions.csv").decode("utf-8-sig").splitlines()] == ["Person ID", "p0"]
    assert pack.read("rules.csv").count(b"\r\n") == 7
    assert len(SCRIPT.read_text().splitlines()) <= 45


def test_after_an_erasure_the_lines_stay_under_the_token_and_the_pack_still_counts(desk):
    desk.build(entered("1", "p1", AT), entered("2", "p2", AT))
    desk.write()
    before = desk.lines()
    desk.product.close()
    token = desk.product.log.erase("p1", now=NOW, then=lambda one: erase(desk.product.folder / "warehouse", one.profile_id, one.token) and None).token
    desk.build(entered("3", "p3", AT, received=LATE))
    assert {row[1:] for row in desk.lines()} == {row[1:] for row in before} | {("2026-03-05T11:00:00+01:00", "2026-05-01T12:00:00+02:00", "cart", "cart")}
    pack = desk.pack()
    assert json.loads(pack.read("pack.json"))["its_lines_are_unchanged"] is False
    assert token.encode() in pack.read("lines.csv")
    assert not any(b'"p1"' in pack.read(name) or b"\np1," in pack.read(name) for name in pack.namelist())
    assert counted_again(pack).returncode == 0


def test_the_report_is_the_bytes_of_the_command_line_and_of_mep_lines(desk):
    desk.build(*(entered(f"{n}", f"p{n:05d}", AT) for n in range(50)))
    frame = mep_lines(desk.product.snapshot, "2026-03")
    out = io.BytesIO()
    export.write_csv(out, mep_report.ledger.COLUMNS, [frame.select(mep_report.ledger.NAMES)], {})
    assert desk.write()[1] == out.getvalue()
