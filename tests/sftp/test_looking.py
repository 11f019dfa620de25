"""Which files of a folder are taken, decided with plain values."""
import pytest

from core.errors import WrongUsage
from core.sources.sftp.looking import WRITING, decide, matching
from core.sources.sftp.names import checked_pattern, hostile, matches, shown
from core.sources.sftp.wire import Stat

FILE, FOLDER, LINK = 0o100644, 0o040755, 0o120777


@pytest.mark.parametrize(("name", "pattern", "does"), [
    ("a.csv", "*.csv", True), ("A.CSV", "*.csv", False), (".a.csv", "*.csv", False), (".a.csv", ".*", True), ("a.csv.gz", "*.csv", False),
    ("list-1.csv", "list-[0-9].csv", True), ("list-x.csv", "list-[!0-9].csv", True), ("ab", "?b", True), ("..", "*", False), ("ä.csv", "?.csv", True),
])
def test_a_pattern_is_shell_style_on_the_name(name: str, pattern: str, does: bool) -> None:
    assert matches(name.encode(), pattern) is does


@pytest.mark.parametrize("pattern", ["", "in/*.csv", "a\\b", "a\nb"])
def test_a_pattern_that_can_match_no_file_is_wrong_usage(pattern: str) -> None:
    with pytest.raises(WrongUsage):
        checked_pattern(pattern)


@pytest.mark.parametrize(("name", "escaped"), [
    (b"../x.csv", "../x.csv"), (b"a\\b.csv", "a\\\\b.csv"), (b"a\nb.csv", "a\\nb.csv"), (b"\xff.csv", "\\xff.csv"), (b"\xc2\x9b.csv", "\\x9b.csv"),
])
def test_a_hostile_name_is_refused_and_shown_escaped(name: bytes, escaped: str) -> None:
    assert hostile(name) is not None
    assert shown(name) == escaped


def test_a_name_in_any_script_is_taken() -> None:
    assert hostile("имена 名.csv".encode()) is None


def test_only_what_two_looks_agree_on_is_taken_and_known_files_are_left() -> None:
    second = {name.encode(): Stat(10, FILE, at) for name, at in (("new", 3), ("grown", 2), ("same", 4), ("known", 1), ("failing", 1))}
    first = {"grown": (9, 2), "same": (10, 4), "known": (10, 1), "failing": (10, 1)}
    found = decide(first, second, {"known": (10, 1)}, {"failing"}, 100)
    assert [(one.file, one.error) for one in found] == [("grown", WRITING), ("new", WRITING), ("same", None), ("failing", None)]


def test_what_cannot_be_taken_says_why() -> None:
    second = {b"link": Stat(1, LINK, 0), b"large": Stat(101, FILE, 0), b"no\x00": Stat(1, FILE, 0), b"odd": Stat(1, None, 0)}
    found = decide({}, second, {}, set(), 100)
    assert [(one.file, (one.error or "")[:18]) for one in found] == [
        ("large", "too large: it has "), ("link", "not a regular file"), ("no\\x00", "the file's name ha"), ("odd", "not a regular file")]


def test_folders_count_only_where_the_pattern_names_an_ending() -> None:
    names = [(b"old.csv", Stat(0, FOLDER, 0)), (b"a.csv", Stat(0, FILE, 0))]
    assert list(matching(names, "*")) == [b"a.csv"]
    assert list(matching(names, "*.csv")) == [b"old.csv", b"a.csv"]
