"""An erased person is in no original any more; every line stays where it was."""
from collections.abc import Callable
from pathlib import Path

import pytest

from core.sources.sftp import fetches, fixit
from core.sources.sftp.connections import Connection
from core.sources.sftp.forgetting import forget
from core.sources.sftp.intake import Intake
from core.sources.sftp.reading import Reading
from tests.sftp.test_fetch import poll, put

Connect = Callable[..., Connection]
CONTENT = ('name;phone;email;profile_id\nAna;091 123 4567;ana@example.com;\n"A\n;na";+385911234567;;\nBo;;bo@example.com;p7\nCy;+385911234568;;\n'
           'p7;1;;\nx;y\n;;+385911234567;;;;"see +385911234567"\n')


def kept(intake: Intake) -> bytes:
    (original,) = intake.room("crm", "originals").iterdir()
    return original.read_bytes()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_the_cells_that_tell_who_it_is_give_way_to_the_token(intake: Intake, connect: Connect, served: Path, encoding: str) -> None:
    connect(reading=Reading("both", country="HR"))
    put(served, "a.csv", CONTENT.replace("Cy", "Cÿ").encode(encoding))
    poll(intake)
    tokens = {}
    for profile_id in ("+385911234567", "p7"):
        tokens[profile_id] = intake.log.erase(profile_id, now=intake.clock()).token
        assert forget(intake, profile_id, tokens[profile_id]) == 1
    one, other = tokens.values()
    assert kept(intake).decode(encoding) == (
        f'name;phone;email;profile_id\nAna;{one};{one};\n"A\n;na";{one};;\nBo;;{other};{other}\nCÿ;+385911234568;;\n{other};1;;\nx;y\n'
        f';;{one};;;;see +385911234567\n')
    assert [(row.line, row.reason) for row in fixit.refused(intake, fetches.every(intake)[0])[1]] == [(8, "malformed row")]
    assert forget(intake, "+385911234567", one) == forget(intake, "nobody", "T3") == 0


def test_a_malformed_row_loses_the_id_and_an_over_long_one_its_content(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    put(served, "a.csv", f'phone,x\n+385911234567,"{"y" * (1 << 20)}\n\n"\n1,2\n+385911234567,"open +385911234567\nx')
    poll(intake)
    before = [(one.line, one.reason) for one in fixit.refused(intake, fetches.every(intake)[0])[1]]
    assert forget(intake, "+385911234567", "T") == 1
    assert kept(intake).decode() == 'phone,x\n"\n\n"too long\n1,2\nT,"open T\nx\n'
    assert [(one.line, one.reason) for one in fixit.refused(intake, fetches.every(intake)[0])[1]] == before
