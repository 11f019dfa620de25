"""What pyproject.toml asks for is what the code imports: nothing that is there by luck, nothing that nobody needs."""
import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NOT_IMPORTED = {
    "psycopg": "SQLAlchemy loads it by the address of the store",
    "tzdata": "zoneinfo reads its tables where the system has none",
    "mypy": "make lint", "ruff": "make lint", "pytest-xdist": "make test",
}  # fmt: skip
COMES_WITH = {"py4j": "pyspark"}  # each release of the one asks for one release of the other
OWN = {"core", "pages", "tests", "benchmarks", "app", "told"}  # told: a module that the probe of e2e writes


def plain(name: str) -> str:
    """A distribution's name as PEP 503 compares it, without its extras."""
    return re.sub(r"[-_.]+", "-", name.partition("[")[0]).lower()


def asked(group: str | None = None) -> set[str]:
    return {plain(name) for name in (PROJECT["optional-dependencies"][group] if group else PROJECT["dependencies"])}


def imported(*places: str) -> set[str]:
    """The distributions that the files below these places import, for the type checker too."""
    files = [file for place in places for file in ([ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py"))]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    tops = {name.partition(".")[0] for name in names} - sys.stdlib_module_names - OWN
    known = packages_distributions()
    found = {plain(known.get(top, [top])[0]) for top in tops}
    return {COMES_WITH.get(name, name) for name in found}


def test_each_package_that_the_product_imports_is_asked_for():
    assert imported("core", "pages", "app.py") - asked() - asked("spark") == set()


def test_each_package_that_tests_and_benchmarks_import_is_asked_for():
    assert imported("tests", "benchmarks") - asked() - asked("spark") - asked("test") == set()


def test_nothing_is_asked_for_that_is_not_imported():
    product, all_of_it = imported("core", "pages", "app.py"), imported("core", "pages", "app.py", "tests", "benchmarks")
    assert asked() - product - NOT_IMPORTED.keys() == set()
    assert asked("spark") | asked("test") <= all_of_it | NOT_IMPORTED.keys()


def test_each_package_that_is_asked_for_has_its_version_in_the_constraints():
    pinned = {plain(line.partition("==")[0]) for line in (ROOT / "constraints.txt").read_text().splitlines()}
    assert asked() | asked("spark") | asked("test") <= pinned
