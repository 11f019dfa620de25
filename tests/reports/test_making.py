"""A report is made once, whoever is killed; rights are asked where it is asked for, made and mailed; its file is what its question says."""
import hashlib
import os
import subprocess
import sys
import zipfile
from datetime import date, timedelta
from pathlib import Path
from threading import Event

import openpyxl
import pytest

from core.access import accounts, audit, emails, users
from core.access.features import Refused
from core.errors import WrongUsage
from core.metrics import Query, answer
from core.reports import asked, export, making, mep_report, posting, requests
from core.reports.making import CLAIM, KEPT, Desk
from core.store import outbox, reports
from core.ui import leaving
from core.ui.printing import painted
from tests.reports.conftest import NOW
from tests.reports.post import Box, server, settings
from tests.reports.world import build_account

ROOT = Path(__file__).parents[2]
ENTRIES = {"title": "Entries", "question": {"measures": ["entries"], "dimensions": ["journey"]}}
MONTH = "2026-02"


@pytest.fixture
def built(door):
    build_account(door)
    return door


def desk(door, url="smtp://127.0.0.1:1", later=timedelta()):
    with_link = settings(url)
    with_link.base_url = "https://journeys.example"
    return Desk(door.store, with_link, door, lambda: NOW + later, Event(), painted)


def ask(door, kind="custom", by="ana", to=(), parameters=None, name="Mine"):
    account = door.account("acme")
    user = by and users.find(door.store, by)
    if parameters is None:
        parameters = asked.custom(account, door.snapshot("acme"), [ENTRIES]) if kind == "custom" else asked.mep(account, door.snapshot("acme"), MONTH)
    return requests.ask(door.store, account, user, kind, name, parameters, recipients=[users.find(door.store, one).user_id for one in to], now=NOW)


def find(door, report):
    return reports.find(door.store, "acme", report.report_id)


def folder(door):
    return door.folder("acme") / "reports"


def test_a_report_is_made_from_its_question_and_everything_is_kept_of_it(built):
    report = ask(built)
    assert (report.state, report.asked_by, report.percent) == ("queued", "ana", 0)
    told = []
    making.make(desk(built), making.take(desk(built)), told.append)
    done = find(built, report)
    file = folder(built) / done.file
    assert (done.state, done.percent, done.rows, done.size, done.expires_at, told[-1]) == ("done", 100, 2, file.stat().st_size, NOW + KEPT, 1.0)
    assert done.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    export.to_xlsx(answer(built.snapshot("acme"), Query.of(ENTRIES["question"])), folder(built) / "same.xlsx")
    sheet, same = openpyxl.load_workbook(file)["Entries"], openpyxl.load_workbook(folder(built) / "same.xlsx")["Data"]
    assert list(sheet.iter_rows(values_only=True)) == list(same.iter_rows(values_only=True))
    said = [(entry.actor, entry.action) for entry in audit.newest(built.store, "acme") if entry.action.startswith("report.")]
    assert said == [("worker", "report.made"), ("ana", "report.asked")]


def test_csv_of_several_questions_is_a_zip_of_them(built):
    account, snapshot = built.account("acme"), built.snapshot("acme")
    both = [ENTRIES, {"question": {"measures": ["messages_sent"], "dimensions": ["channel"]}}]
    report = ask(built, parameters=asked.custom(account, snapshot, both, "asked", "csv"))
    making.make_waiting(desk(built))
    with zipfile.ZipFile(folder(built) / find(built, report).file) as made:
        assert made.namelist() == ["01 Entries.csv", "02 Messages sent, by channel.csv"]
        assert made.read("02 Messages sent, by channel.csv").decode("utf-8-sig") == "Channel,Messages sent\r\nEMAIL,1\r\nSMS,3\r\n"


def test_the_mep_report_and_its_evidence_hold_the_lines_of_the_ledger(built):
    ask(built, "mep", parameters=asked.mep(built.account("acme"), built.snapshot("acme"), MONTH, ["north"]))
    pack = ask(built, "mep", parameters=asked.mep(built.account("acme"), built.snapshot("acme"), MONTH, evidence=True))
    assert making.make_waiting(desk(built)) == 2
    first, second = reversed(reports.listed(built.store, "acme"))
    assert (folder(built) / first.file).read_bytes().count(b"\r\n") == first.rows + 1 == 3
    with zipfile.ZipFile(folder(built) / second.file) as made:
        assert made.read("lines.csv").count(b"\r\n") == 4
    assert second.report_id == pack.report_id
    assert asked.mep_count(built.snapshot("acme"), date(2026, 2, 1), ["north"]) == 2


def test_the_journey_report_has_its_channels_and_charts(built):
    given = asked.journey(built.snapshot("acme"), "cart", date(2026, 2, 1), date(2026, 2, 28), "entered")
    report = ask(built, "journey", parameters=given)
    making.make_waiting(desk(built))
    book = openpyxl.load_workbook(folder(built) / find(built, report).file)
    assert book.sheetnames == ["Charts", "Summary", "Channels", "Sent by day", "Cost", "Sends", "About"]
    rows = [row[:2] for row in book["Channels"].iter_rows(values_only=True)]
    assert rows == [("Channel", "Messages sent"), ("EMAIL", 1), ("SMS", 2)]
    by_day = list(book["Sent by day"].iter_rows(values_only=True))
    assert by_day[:5] == [("Day", "EMAIL", "SMS"), ("2026-02-01", 0, 0), ("2026-02-02", 1, 0), ("2026-02-03", 0, 1), ("2026-02-04", 0, 1)]
    assert len(by_day) == 29
    assert len(book["Charts"]._charts) == 4


def test_a_range_that_moves_means_whole_days_before_the_one_it_is_made_on():
    day = date(2026, 3, 1)
    ranges = {"1d": (date(2026, 2, 28), date(2026, 2, 28)), "7d": (date(2026, 2, 22), date(2026, 2, 28)), "last_month": (date(2026, 2, 1), date(2026, 2, 28)),
              "month": (date(2026, 2, 1), date(2026, 2, 28)), "asked": (None, None)}
    for name, days in ranges.items():
        ((_, query),) = asked.asked_on({"questions": [ENTRIES], "range": name}, day)
        assert (query.first, query.last) == days, name
    ((_, query),) = asked.asked_on({"questions": [ENTRIES | {"range": "7d"}], "range": "asked"}, day)
    assert (query.first, query.last) == (date(2026, 2, 23), day)


def test_what_cannot_be_answered_is_refused_when_it_is_asked_for(built):
    account, snapshot = built.account("acme"), built.snapshot("acme")
    for given, said in (([{"question": {"measures": ["entrys"]}}], "Did you mean"), ([], "1 to 30 questions"), ([ENTRIES | {"range": "9q"}], "no range")):
        with pytest.raises(WrongUsage, match=said):
            asked.custom(account, snapshot, given)
    with pytest.raises(WrongUsage, match="whole month"):
        asked.custom(account, snapshot, [{"question": {"measures": ["mep"]}}], "7d")
    with pytest.raises(WrongUsage, match="has not begun"):
        asked.mep(account, snapshot, "2026-04")
    with pytest.raises(WrongUsage, match="no journey"):
        asked.journey(snapshot, "carts", None, None)


def test_an_excel_file_that_no_sheet_can_hold_is_refused_and_names_csv(built, monkeypatch):
    monkeypatch.setattr(export, "MOST_ROWS", 2)
    account, snapshot = built.account("acme"), built.snapshot("acme")
    with pytest.raises(WrongUsage, match=r"3 lines do not fit .* take .csv"):
        asked.mep(account, snapshot, MONTH, (), "xlsx")
    assert asked.mep(account, snapshot, MONTH, (), "csv")["format"] == "csv"


def test_a_role_and_a_package_are_asked_and_named(built):
    with pytest.raises(Refused, match="MEP consumption is open to the roles"):
        ask(built, "mep", by="vid")
    mep = asked.custom(built.account("acme"), built.snapshot("acme"), [{"question": {"measures": ["mep"], "from": "2026-02-01", "to": "2026-02-28"}}])
    with pytest.raises(Refused, match="MEP consumption is open to the roles"):
        ask(built, by="vid", parameters=mep)
    for measure, named in (("collects", "collect_values"), ("calls", "path_calls"), ("calls", 'first_path_calls:{"step": 0}')):
        said = {"questions": [{"title": "a", "question": {"measures": [measure], "answer": named}}], "range": "asked", "format": "csv"}
        with pytest.raises(Refused, match="Unmasked profile ids and collected values"):
            ask(built, by="vid", parameters=said)
    accounts.change(built.store, "acme", by="operator", now=NOW, package="start")
    with pytest.raises(Refused, match="Export belongs to the packages Grow and Scale"):
        ask(built)
    assert ask(built, "mep").state == "queued"


def test_rights_that_were_lost_before_it_is_made_make_it_fail(built):
    lost, gone = ask(built, "mep"), ask(built)
    users.change(built.store, "ana", "acme", by="operator", now=NOW, role="viewer")
    making.make_waiting(desk(built))
    assert find(built, lost).error.startswith("MEP consumption is open to the roles")
    assert find(built, gone).state == "done"
    late = ask(built)
    users.remove(built.store, "ana", "acme", by="operator", now=NOW)
    making.make_waiting(desk(built))
    assert find(built, late).error == "ana, who asked for it, is no user of this account any more."
    assert sorted(file.name for file in folder(built).iterdir()) == [find(built, gone).file]


def test_it_is_mailed_to_those_of_the_account_who_may_have_it(built):
    for name in ("ana", "ada", "vid"):
        emails.keep(built.store, users.find(built.store, name), f"{name}@example.com", by="operator", now=NOW)
    with pytest.raises(WrongUsage, match="only to users of the account"):
        ask(built, to=["eve"])
    with pytest.raises(WrongUsage, match="vid may not have this report"):
        ask(built, "mep", to=["vid"])
    report = ask(built, to=["ana", "vid", "ada"])
    emails.keep(built.store, users.find(built.store, "vid"), "", by="operator", now=NOW)
    box = Box()
    with server(box) as at:
        making.make_waiting(desk(built))
        posting.deliver(built.store, settings(f"smtp://{at}"), built.settings.accounts_dir, lambda: NOW)
        posting.deliver(built.store, settings(f"smtp://{at}"), built.settings.accounts_dir, lambda: NOW)
    assert sorted(one.to for one in box.mails) == [["ada@example.com"], ["ana@example.com"]]
    one = box.mails[0]
    assert (one.subject, list(one.files)) == ("Mine (acme)", ["Mine.xlsx"])
    assert one.files["Mine.xlsx"] == (folder(built) / find(built, report).file).read_bytes()
    snapshot = built.snapshot("acme")
    assert one.text.splitlines() == [
        "Mine", "Custom report of the account acme, asked for by ana.", "",
        f"Data up to 10 Mar 2026 10:00 Europe/Zagreb, snapshot {snapshot.snapshot_id}; 2 rows.", "",
        "The file is attached.", f"It is kept for 90 days: https://journeys.example/reports?report={report.report_id}"]


def test_a_file_too_large_for_a_mail_is_linked_alone(built, monkeypatch):
    monkeypatch.setattr("core.reports.letters.MOST_ATTACHED", 10)
    emails.keep(built.store, users.find(built.store, "ana"), "ana@example.com", by="operator", now=NOW)
    report = ask(built, to=["ana"])
    making.make_waiting(desk(built))
    (mail,) = outbox.about(built.store, "acme", f"report-{report.report_id}-")
    assert (mail.files, "too large for a mail" in mail.text) == ((), True)


def test_without_mail_it_is_kept_all_the_same(built):
    emails.keep(built.store, users.find(built.store, "ana"), "ana@example.com", by="operator", now=NOW)
    report = ask(built, to=["ana"])
    making.make_waiting(desk(built, None))
    assert (find(built, report).state, outbox.about(built.store, "acme", "")) == ("done", [])


def test_two_makers_make_it_once(built):
    ask(built)
    first = making.take(desk(built))
    assert making.take(desk(built)) is None
    second = making.take(desk(built, later=CLAIM))
    making.make(desk(built, later=CLAIM), second)
    making.make(desk(built, later=CLAIM), first)  # wakes up late, and finds that it is nobody's any more
    done = find(built, first)
    assert (done.state, done.file, done.tries) == ("done", f"{first.report_id}-{second.claim}.xlsx", 2)
    assert [file.name for file in folder(built).iterdir()] == [done.file]
    assert [entry.action for entry in audit.newest(built.store, "acme")].count("report.made") == 1


KILLED = """
import os, signal, sys
from core.reports import making, custom_report
from core.store import reports
from core.cli.door import Door
from tests.reports.test_making import desk
where, data = sys.argv[1:]
die = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
if where == "at the start":
    making._written = die
elif where == "when the file is there":
    making._finish = die
elif where == "in the last transaction":
    reports.ours = lambda *a, then=reports.ours, **k: (then(*a, **k), die())
elif where == "when it is done":
    making._finish = lambda *a, then=making._finish, **k: (then(*a, **k), die())
making.make_waiting(desk(Door({"data_dir": data})))
"""


@pytest.mark.slow
@pytest.mark.parametrize("where", ["at the start", "when the file is there", "in the last transaction", "when it is done"])
def test_a_killed_makers_report_is_taken_up_again_and_mailed_once(built, where):
    emails.keep(built.store, users.find(built.store, "ana"), "ana@example.com", by="operator", now=NOW)
    report = ask(built, to=["ana"])
    killed = subprocess.run([sys.executable, "-c", KILLED, where, str(built.settings.data_dir)], cwd=ROOT, check=False)
    assert killed.returncode == -9
    assert making.make_waiting(desk(built)) == 0  # its claim stands still
    assert making.make_waiting(desk(built, later=2 * CLAIM)) == (where != "when it is done")
    done = find(built, report)
    assert (done.state, len(outbox.about(built.store, "acme", "report-"))) == ("done", 1)
    making.clear_expired(built.store, built.settings.accounts_dir, now=NOW + KEPT + timedelta(days=300))
    assert (find(built, report).file, list(folder(built).iterdir())) == (None, [])


def test_what_a_killed_export_of_mep_left_is_swept_and_what_an_export_holds_on_to_stays(built):
    kept = built.folder("acme") / mep_report.FOLDER
    ask(built, "mep")
    assert making.make_waiting(desk(built)) == 1
    (held,) = kept.iterdir()
    orphan, young = kept / f"{MONTH}-orphan.parquet", kept / f"{MONTH}-young.parquet"
    for file, hours in ((held, 7), (orphan, 7), (young, 1)):
        file.touch()
        os.utime(file, ((NOW - timedelta(hours=hours)).timestamp(),) * 2)
    making.clear_expired(built.store, built.settings.accounts_dir, now=NOW)
    assert set(kept.iterdir()) == {held, young}


def test_what_kills_its_makers_is_given_up(built):
    report = ask(built)
    for n in range(3):
        assert making.take(desk(built, later=n * CLAIM)).tries == n + 1
    assert making.take(desk(built, later=3 * CLAIM)) is None
    assert (find(built, report).state, "begun 3 times" in find(built, report).error) == ("failed", True)


def test_a_process_that_ends_gives_its_report_back_at_once(built):
    report, ending = ask(built), desk(built)
    mine = making.take(ending)
    ending.stop.set()
    making.make(ending, mine)
    again = find(built, report)
    assert (again.state, again.tries, list(folder(built).iterdir())) == ("queued", 0, [])
    assert making.make_waiting(desk(built)) == 1


def test_one_that_is_cancelled_while_it_is_made_leaves_no_file(built):
    report = ask(built)
    mine = making.take(desk(built))
    requests.cancel(built.store, built.account("acme"), users.find(built.store, "ana"), report.report_id, now=NOW)
    making.make(desk(built), mine)
    assert (find(built, report).state, list(folder(built).iterdir())) == ("cancelled", [])


def test_only_who_asked_or_an_administrator_takes_it_away_and_its_number_is_not_used_again(built):
    report = ask(built)
    making.make_waiting(desk(built))
    file = folder(built) / find(built, report).file
    with pytest.raises(Refused, match="Only ana or an administrator"):
        requests.delete(built.store, built.account("acme"), built.folder("acme"), users.find(built.store, "vid"), report.report_id, now=NOW)
    with pytest.raises(reports.UnknownReport):
        requests.delete(built.store, built.account("other"), built.folder("other"), users.find(built.store, "eve"), report.report_id, now=NOW)
    requests.delete(built.store, built.account("acme"), built.folder("acme"), users.find(built.store, "ada"), report.report_id, now=NOW)
    assert not file.exists()
    with pytest.raises(reports.UnknownReport):
        find(built, report)
    assert ask(built).report_id > report.report_id


def test_pictures_are_a_pdf_of_each_question_in_its_form_and_people_are_dots_in_it(built, monkeypatch):
    drawn = []
    monkeypatch.setattr(leaving, "drawn", lambda viewer, chosen, title, results, picture, then=leaving.drawn: (
        drawn.append((title, picture.kind if picture else None, viewer.user.role)) or then(viewer, chosen, title, results, picture)))  # fmt: skip
    account, snapshot = built.account("acme"), built.snapshot("acme")
    questions = [{**ENTRIES, "form": "bar"}, {"title": "By day", "question": {"measures": ["entries"], "dimensions": ["day"]}},
                 {"title": "MEP", "question": {"measures": ["mep"], "answer": "mep_by_day"}}]  # fmt: skip
    report = ask(built, by="ada", parameters=asked.custom(account, snapshot, questions, kind="pdf"))
    making.make_waiting(desk(built))
    done = find(built, report)
    assert (done.state, done.error, Path(done.file).suffix) == ("done", None, ".pdf")
    made = (folder(built) / done.file).read_bytes()
    assert made.startswith(b"%PDF") and made.count(b"/Subtype /Image") >= 3
    assert drawn == [("Entries", "bars", "viewer"), ("By day", "trend", "viewer"), ("MEP", None, "viewer")]
    with pytest.raises(WrongUsage, match="pdf"):
        asked.mep(account, snapshot, MONTH, (), "pdf")
    with pytest.raises(WrongUsage, match="There is no form"):
        asked.custom(account, snapshot, [{**ENTRIES, "form": "cake"}])
