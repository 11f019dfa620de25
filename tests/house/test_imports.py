"""The house: who may import whom, where Streamlit may be spoken, and where page files must not lie."""
import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = sorted((ROOT / "core").rglob("*.py"))
MAY = {"errors": "", "settings": "", "contract": "", "eventlog": "contract", "store": "", "access": "store",
       "sources": "contract eventlog store access", "warehouse": "contract eventlog",
       "metrics": "warehouse access", "boards": "metrics access store", "reports": "boards metrics access store",
       "api": "reports metrics sources access", "ui": "boards reports metrics sources access store"}
DOORS = ("__init__", "__main__", "cli", "worker")  # they read settings and the time, and open connections
SHELL = ROOT / "core" / "ui" / "shell.py"  # a door too


def imported(file: Path) -> list[str]:
    """The modules that the file imports; what is imported for the type checker alone is none."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = []
    return [alias.name if isinstance(node, ast.Import) else f"{node.module}.{alias.name}"
            for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names]


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize("file", CORE, ids=name_of)
def test_a_room_imports_only_what_its_row_allows(file):
    room = file.relative_to(ROOT / "core").with_suffix("").parts[0]
    if room in DOORS or file == SHELL:
        return
    allowed = {room, "errors", *MAY[room].split()}
    assert [name for name in imported(file) if name.startswith("core.") and name.split(".")[1] not in allowed] == []


@pytest.mark.parametrize("file", [file for file in CORE if "core/ui/" not in str(file)], ids=name_of)
def test_streamlit_is_imported_by_the_ui_alone(file):
    assert [name for name in imported(file) if name.split(".")[0].startswith("streamlit")] == []


@pytest.mark.parametrize("file", sorted((ROOT / "pages").rglob("*.py")), ids=name_of)
def test_a_page_imports_nothing_below_the_ui_but_the_words_of_a_question(file):
    outside = [name for name in imported(file) if name.startswith("core.") and name.split(".")[1] not in ("ui", "access", "errors", "metrics")]
    assert outside == []


def test_no_page_file_lies_where_streamlit_would_serve_it_past_the_sign_in():
    assert sorted((ROOT / "pages").glob("*.py")) == []
    assert sorted(path for path in SHELL.parent.iterdir() if path.name == "pages") == []


def test_the_launcher_is_written_as_streamlit_looks_for_it():
    from streamlit.web.server.app_discovery import discover_asgi_app
    found = discover_asgi_app(ROOT / "app.py")
    assert (found.is_asgi_app, found.app_name) == (True, "app")
