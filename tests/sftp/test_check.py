"""`journeys sftp check`: a file judged without a server, to the letter of interface §5."""
import json
import subprocess
import sys
from pathlib import Path

import pytest

CHECK = [sys.executable, "-m", "core", "sftp", "check"]


def check(file: Path, content: bytes | str, *options: str) -> tuple[int, dict | str]:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    done = subprocess.run([*CHECK, str(file), "--format", "json", *options], capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


def row(line: int, reason: str | None = None, duplicate_of: int | None = None) -> dict:
    return {"line": line, "verdict": "invalid" if reason else "valid", "reason": reason, "duplicate_of": duplicate_of}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "entries.csv"


def test_the_document_counts_gives_reasons_and_names_the_row_a_duplicate_repeats(file: Path) -> None:
    code, found = check(file, "phone,Email\n+385911234567,\n,ana@gmail.com\n ,\n123,ana@gmail.com\n+385 91 1234567,\n", "--contacts", "both")
    assert (code, found) == (3, {
        "total": 4, "valid": 3, "invalid": 1, "duplicates": 1, "reasons": {"invalid phone": 1},
        "rows": [row(2), row(3), row(5, "invalid phone"), row(6, duplicate_of=2)],
        "encoding": "utf-8", "delimiter": "comma", "columns": ["phone", "Email"]})


def test_a_file_without_an_invalid_row_is_done(file: Path) -> None:
    code, found = check(file, "phone\n+385911234567\n", "--contacts", "phone")
    assert (code, found["valid"], found["invalid"]) == (0, 1, 0)


@pytest.mark.parametrize(("content", "said"), [
    (b"", "the file is empty"),
    (b"\n \r\n\n", "the file is empty"),
    (b"\xef\xbb\xbf", "the file is empty"),
    (b",,\n,,\n", "the file is empty"),
    (b"sep=;\n", "the file is empty"),
    (b"name,mail\n", "there is no contact column “phone”. The file has: name, mail."),
    (b"phone,PHONE \n", "the contact column “phone” is there twice: leave one of them. The file has: phone, PHONE."),
    (b"\x1f\x8b\x08\0", "gzip"),
    (b"PK\x03\x04xx", "Excel workbook or a zip"),
    (b'"phone\n+385911234567\n', "a quote that is never closed"),
])
def test_a_file_without_rows_to_judge_fails_with_what_to_do(file: Path, content: bytes, said: str) -> None:
    code, stderr = check(file, content, "--contacts", "phone")
    assert code == 1
    assert said in stderr


def test_a_file_that_is_not_there_fails(file: Path) -> None:
    done = subprocess.run([*CHECK, str(file), "--contacts", "phone"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert "is not a file" in done.stderr


def test_a_header_alone_is_a_file_with_no_entries(file: Path) -> None:
    code, found = check(file, "\n\nphone;x\n", "--contacts", "phone")
    assert (code, found["total"], found["rows"], found["delimiter"]) == (0, 0, [], "semicolon")


@pytest.mark.parametrize("options", [("--country", "XX"), ("--encoding", "klingon"), ("--delimiter", "colon"), ("--email-column", " PHONE")])
def test_a_choice_that_cannot_be_meant_is_wrong_usage(file: Path, options: tuple[str, ...]) -> None:
    assert check(file, "phone\n", "--contacts", "both", *options)[0] == 2


HEADER_AND_NAME = "phone,name\n+385911234567,Žofia €\n"


@pytest.mark.parametrize(("content", "encoding"), [
    (HEADER_AND_NAME.encode(), "utf-8"),
    (HEADER_AND_NAME.encode("utf-8-sig"), "utf-8"),
    (HEADER_AND_NAME.encode("utf-16"), "utf-16"),
    (HEADER_AND_NAME.encode("utf-16-le"), "utf-16"),
    (HEADER_AND_NAME.encode("utf-16-be"), "utf-16"),
    (HEADER_AND_NAME.encode("cp1252"), "windows-1252"),
    (HEADER_AND_NAME.encode("cp1252") + b"+385911234567,\x81\x8d\n", "windows-1252"),
    (b"phone,name\n+385911234567,x\0\0y\n", "utf-8"),
])
def test_the_encoding_is_found_and_said(file: Path, content: bytes, encoding: str) -> None:
    code, found = check(file, content, "--contacts", "phone")
    assert (code, found["encoding"], found["columns"], found["rows"][0]) == (0, encoding, ["phone", "name"], row(2))


def test_an_encoding_that_was_named_and_does_not_fit_fails_with_the_line(file: Path) -> None:
    code, stderr = check(file, b"phone\n+385911234567\n\xff\n", "--contacts", "phone", "--encoding", "utf-8")
    assert (code, "line 3" in stderr) == (1, True)


@pytest.mark.parametrize(("content", "options", "delimiter", "columns"), [
    ("phone\tnote, long; really\n", (), "tab", ["phone", "note, long; really"]),
    ("sep=|\nphone|a,b,c\n", (), "pipe", ["phone", "a,b,c"]),
    ("sep=;\nphone;a\n", ("--delimiter", "comma"), "semicolon", ["phone", "a"]),
    ("sep=:\nphone:a\n", (), ":", ["phone", "a"]),
    ('"phone";"x,y,z"\n', (), "semicolon", ["phone", "x,y,z"]),
    (",,,\nphone,a\n", (), "comma", ["phone", "a"]),
])
def test_the_delimiter_is_the_one_that_shows_the_contact_column(file: Path, content: str, options: tuple[str, ...], delimiter: str, columns: list[str]) -> None:
    _, found = check(file, content, "--contacts", "phone", *options)
    assert (found["delimiter"], found["columns"]) == (delimiter, columns)


def test_a_wrong_delimiter_is_pointed_out(file: Path) -> None:
    code, stderr = check(file, "phone;a\n", "--contacts", "phone", "--delimiter", "comma")
    assert (code, "choose the delimiter semicolon" in stderr) == (1, True)


def test_rows_of_another_width_unclosed_quotes_and_nul_are_invalid(file: Path) -> None:
    content = 'phone,a,b\n+385911234567,x\n+385911234567,x,y,z\n+385911234567,x,y,, \n+38591\x001234567,x,y\n\n+385911234567,"x,y\n+385911234567,x,y\n'
    code, found = check(file, content, "--contacts", "phone")
    assert (code, found["rows"]) == (3, [
        row(2, "malformed row"), row(3, "malformed row"), row(4), row(5, "invalid phone"), row(7, "malformed row")])
    assert found["reasons"] == {"malformed row": 3, "invalid phone": 1}


def test_a_row_of_over_1_mib_is_malformed(file: Path) -> None:
    code, found = check(file, "phone,a\n+385911234567," + "x" * (1 << 20) + "\n+385911234567,y\n", "--contacts", "phone")
    assert (code, found["rows"]) == (3, [row(2, "malformed row"), row(3)])


@pytest.mark.slow
def test_a_file_judged_by_several_processes_gives_the_same_as_one(file: Path) -> None:
    rows = [f"+38591{number % 40_000 + 2_000_000:07d},{'n' * 40}" for number in range(60_000)]
    code, found = check(file, "phone,note\n" + "\n".join(rows) + "\n", "--contacts", "phone")
    assert (code, found["total"], found["valid"], found["duplicates"]) == (0, 60_000, 60_000, 20_000)
    assert found["rows"] == [row(line, duplicate_of=line - 40_000 if line > 40_001 else None) for line in range(2, 60_002)]
