"""`journeys report …`: the same reports from the command line, made at once or left to the worker."""
import io
import json
import signal
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.access import emails
from core.cli import main
from core.cli.door import Door
from core.reports import asked
from core.reports.made import PREFIX
from tests.contract.test_documents import CART
from tests.reports.world import NOW, build_account


@pytest.fixture
def run(data, capfd, monkeypatch):
    """Runs one command of these words."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # pytest keeps its own handlers
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    def command(*words):
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["--data-dir", str(data), *words])
        out, err = capfd.readouterr()
        return SimpleNamespace(exit_code=ended.value.code, stdout=out, stderr=err)

    return command


@pytest.fixture
def built(data, run):
    run("account", "add", "acme", "--time-zone", "Europe/Zagreb", "--package", "start")
    run("user", "add", "ana", "--account", "acme", "--role", "analyze_manager", "--email", "Ana@Example.com")
    door = Door({"data_dir": str(data)})
    build_account(door)
    yield door
    door.store.close()


def create(run, *args):
    return json.loads(run("report", "create", *args, "--account", "acme").stdout)


def test_a_mep_report_is_made_and_copied_and_the_package_start_does_not_matter(built, run, tmp_path):
    made = create(run, "mep", "--month", "2026-02", "--format", "csv", "-o", str(tmp_path / "out.csv"))
    assert (made["state"], made["rows"], made["name"], made["asked_by"]) == ("done", 3, "MEP consumption Feb 2026", "operator")
    whole = (tmp_path / "out.csv").read_bytes()
    assert (len(whole), whole.startswith(b"\xef\xbb\xbfPerson ID,Engaged At,Billed At,Campaign ID,Campaign Name\r\n")) == (made["size"], True)
    run("mep", "--account", "acme", "--month", "2026-02", "--format", "csv", "-o", str(tmp_path / "same.csv"))
    assert (tmp_path / "same.csv").read_bytes() == whole
    assert create(run, "mep", "--month", "2026-02")["file"].endswith(".xlsx")


def test_a_copy_is_what_its_name_says_or_refused(built, run, tmp_path):
    assert create(run, "mep", "--month", "2026-02", "-o", str(tmp_path / "out.csv"))["file"].endswith(".csv")
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfPerson ID")
    run("account", "set", "acme", "--package", "grow")
    for more, what in ((("--evidence",), "out.xlsx"), (("--format", "xlsx"), "out.csv")):
        refused = run("report", "create", "mep", "--month", "2026-02", *more, "-o", str(tmp_path / "no" / what), "--account", "acme")
        kind = "zip" if more == ("--evidence",) else "xlsx"
        assert (refused.exit_code, refused.stderr.splitlines()[-1]) == (
            2, f"journeys: The file is a .{kind}, and {tmp_path / 'no' / what} says something else: name it .{kind}.")


def test_a_copy_that_cannot_be_written_leaves_what_was_there(built, run, tmp_path):
    made = create(run, "mep", "--month", "2026-02")
    for to, why in ((tmp_path / "no" / "x.xlsx", "No such file or directory"), (Path("/dev/full"), "No space left on device")):
        failed = run("report", "download", str(made["report"]), "--account", "acme", "-o", str(to))
        assert (failed.exit_code, failed.stderr) == (1, f"journeys: {to} cannot be written: {why}.\n")


def test_what_is_made_later_is_not_copied_now(built, run, tmp_path):
    for more in (("mep", "--month", "2026-02", "--background"), ("custom", "--questions", __file__, "--every", "daily")):
        refused = run("report", "create", *more, "-o", str(tmp_path / "out.xlsx"), "--account", "acme")
        assert (refused.exit_code, refused.stderr) == (
            2, "journeys: The file is made later: leave out -o, and take it with `journeys report download` when it is there.\n")
    assert json.loads(run("report", "list", "--account", "acme", "--format", "json").stdout) == []


def test_a_report_that_nobody_named_is_called_as_the_page_calls_it(built, run):
    built.log("acme").put_documents([CART], replace=False, now=NOW)
    build_account(built)
    run("account", "set", "acme", "--package", "grow")
    assert create(run, "journey", "--journey", "cart")["name"] == "Journey report Abandoned cart" == asked.usual_name("journey", "Abandoned cart")
    assert create(run, "mep", "--month", "2026-02")["name"] == "MEP consumption Feb 2026" == asked.usual_name("mep", "2026-02")


def test_a_journey_and_questions_of_a_file_are_made(built, run, tmp_path):
    assert create(run, "journey", "--journey", "cart", "--from", "2026-02-01", "--to", "2026-02-28")["state"] == "done"
    file = tmp_path / "q.ndjson"
    file.write_text('{"measures": ["entries"]}\n\n{"title": "Sent", "question": {"measures": ["messages_sent"], "dimensions": ["channel"]}}\n')
    refused = run("report", "create", "custom", "--questions", str(file), "--mail", "ana", "--account", "acme")
    assert refused.stderr == "journeys: ana may not have this report: Export belongs to the packages Grow and Scale. This account has Start.\n"
    run("account", "set", "acme", "--package", "grow")
    made = create(run, "custom", "--questions", str(file), "--name", "Two", "--mail", "ana")
    assert [item["title"] for item in made["parameters"]["questions"]] == ["Entries", "Sent"]
    scheduled = create(run, "custom", "--questions", str(file), "--range", "7d", "--every", "weekly", "--day", "1", "--at", "6")
    assert scheduled["when"] == "Every Monday at 06:00"
    assert "Every Monday at 06:00" in run("report", "schedules", "--account", "acme").stdout
    run("report", "unschedule", str(scheduled["schedule"]), "--account", "acme")
    assert json.loads(run("report", "schedules", "--account", "acme", "--format", "json").stdout) == []


def test_one_left_to_the_worker_waits_until_it_is_made_fetched_cancelled_or_deleted(built, run, tmp_path):
    waits = create(run, "mep", "--month", "2026-02", "--background")
    other = create(run, "mep", "--month", "2026-02", "--background")
    assert (waits["state"], waits["file"]) == ("queued", None)
    run("report", "cancel", str(other["report"]), "--account", "acme")
    run("report", "make")
    listed = json.loads(run("report", "list", "--account", "acme", "--format", "json").stdout)
    assert [(one["report"], one["state"]) for one in listed] == [(other["report"], "cancelled"), (waits["report"], "done")]
    run("report", "download", str(waits["report"]), "--account", "acme", "-o", str(tmp_path))
    assert (tmp_path / "MEP-consumption-Feb-2026.xlsx").stat().st_size == listed[1]["size"]
    run("report", "delete", str(waits["report"]), "--account", "acme")
    gone = run("report", "show", str(waits["report"]), "--account", "acme")
    assert (gone.exit_code, gone.stderr) == (1, f"journeys: There is no report {waits['report']}.\n")


@pytest.mark.parametrize(("args", "said"), [
    (("mep",), "--month"), (("mep", "--month", "2026-13"), "2026-13"), (("journey",), "--journey"), (("journey", "--journey", "carts"), "Did you mean “cart”"),
    (("custom",), "--questions"), (("mep", "--month", "2026-02", "--mail", "bob"), "bob"), (("mep", "--month", "2026-02", "--every", "daily"), "custom")])
def test_what_cannot_be_made_says_why_in_one_line(built, run, args, said):
    failed = run("report", "create", *args, "--account", "acme")
    assert (failed.exit_code in (1, 2), failed.stdout, failed.stderr.count("\n"), said in failed.stderr) == (True, "", 1, True)


def test_a_users_address_is_kept_changed_and_checked(built, run):
    def addresses():
        return {one["name"]: one["email"] for one in json.loads(run("user", "list", "--account", "acme", "--format", "json").stdout)}

    assert addresses() == {"ana": "Ana@example.com"}
    wrong = run("user", "set", "ana", "--account", "acme", "--email", "ana at example")
    assert (wrong.exit_code, "is no mail address" in wrong.stderr) == (2, True)
    run("user", "set", "ana", "--account", "acme", "--email", "a@b.example")
    assert addresses() == {"ana": "a@b.example"}
    run("user", "set", "ana", "--account", "acme", "--email", "")
    assert addresses() == {"ana": None}
    assert list(emails.of_account(built.store, "acme").values()) == [None]


def test_an_erased_person_is_in_no_report_any_more(built, run, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    behind = tmp_path / f"{PREFIX}rows.csv"  # the rows behind a number, which wait for a reader's browser
    behind.write_text("ana ž")
    made = create(run, "mep", "--month", "2026-02", "--format", "csv")
    assert run("erase", "--account", "acme", "--profile", "ana ž").exit_code == 0
    run("report", "download", str(made["report"]), "--account", "acme", "-o", str(tmp_path / "r.csv"))
    text = (tmp_path / "r.csv").read_text(encoding="utf-8-sig")
    assert ("ana ž" in text, text.count("erased-"), text.count("\n")) == (False, 1, 4)
    assert not behind.exists()
