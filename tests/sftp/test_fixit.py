"""The fix-it file: invalid rows as they were, ready to be corrected and uploaded again."""
import io
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import JourneysError
from core.sources.sftp import fetch, fetches, fixit
from core.sources.sftp.connections import Connection
from core.sources.sftp.intake import Intake
from core.sources.sftp.originals import Gone
from core.sources.sftp.sheets import safe
from tests.sftp.test_fetch import poll, put

Connect = Callable[..., Connection]


def written(intake: Intake) -> str:
    out = io.BytesIO()
    fixit.write(intake, fetches.every(intake)[0], out)
    return out.getvalue().decode("utf-8-sig")


def test_it_has_the_invalid_rows_alone_with_their_reason(intake: Intake, connect: Connect, served: Path) -> None:
    connect(contacts="both")
    put(served, "a.csv", 'name;phone;email\nAna;+385911234567;\n"Bo; B.";123;x\n=1+1;+385 91;\nC;1;2;3\nD\n')
    poll(intake)
    assert written(intake) == (
        "name,phone,email,reason\r\nBo; B.,123,x,invalid phone and invalid email\r\n'=1+1,'+385 91,,invalid phone and empty email\r\n"
        "C,1,2,malformed row,3\r\nD,,,malformed row\r\n")


def test_the_wrong_cells_are_named(intake: Intake, connect: Connect, served: Path) -> None:
    connect(contacts="both")
    put(served, "a.csv", "E-mail,phone,email\nx,+385911234567,y\nx,1,y\nx\n")
    poll(intake)
    columns, rows = fixit.refused(intake, fetches.every(intake)[0])
    assert columns == ("E-mail", "phone", "email")
    assert [(row.line, row.wrong) for row in rows] == [(2, ("email",)), (3, ("phone", "email")), (4, ())]


def test_a_corrected_file_is_uploaded_again_and_enters(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    put(served, "a.csv", "phone;city\n123;Split\n")
    poll(intake)
    corrected = written(intake).replace("123", "+385911234567")
    done = fetch.upload(intake, "crm", "a.csv", io.BytesIO(corrected.encode("utf-8-sig")), by="ana")
    assert (done.status, done.valid) == ("Imported", 1)
    again = fetch.upload(intake, "crm", "b.csv", io.BytesIO(corrected.encode("utf-8-sig")), by="ana")
    assert again.status == "same content as a.csv"
    with pytest.raises(JourneysError, match="imported before"):
        fetch.upload(intake, "crm", "b.csv", io.BytesIO(corrected.encode("utf-8-sig")), by="ana")


def test_a_fetch_that_judged_nothing_or_whose_original_is_gone_says_so(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    put(served, "a.csv", "name\n")
    poll(intake)
    with pytest.raises(JourneysError, match="nothing to correct"):
        written(intake)
    put(served, "a.csv", "phone\n1\n")
    poll(intake)
    (original,) = intake.room("crm", "originals").glob(fetches.every(intake)[0].sha256 or "-")
    original.unlink()
    with pytest.raises(Gone, match="30 days"):
        written(intake)


@pytest.mark.parametrize(("cell", "shown"), [
    ("=1+1", "'=1+1"), ("@x", "'@x"), ("-1+2", "'-1+2"), ("\tx", "'\tx"), ("+385-91", "'+385-91"), ("+385911234567", "+385911234567"), ("-12.5", "-12.5"),
    ("+123", "+123"), ("", ""), ("x=1", "x=1"),
])
def test_no_cell_can_start_a_formula_and_numbers_stay_numbers(cell: str, shown: str) -> None:
    assert safe(cell) == shown


def test_what_a_kill_left_half_written_is_swept(intake: Intake, connect: Connect) -> None:
    connect()
    left = intake.room("crm", "incoming") / "left"
    left.write_text("half")
    old = datetime.now(UTC).timestamp() - 7200
    os.utime(left, (old, old))
    poll(intake)
    assert not left.exists()
