"""Counts the MEP of an evidence pack again: python3 count_again.py PACK.zip, or without it where the pack was unpacked. Plain Python, no dependencies."""
import csv, hashlib, io, json, pathlib, re, sys, zipfile  # noqa: E401, I001
from datetime import datetime
from typing import Any


def cell(text: str) -> str:  # as the CSV has it: what could start a formula stands behind an apostrophe, a phone number does not
    return "'" + text if text[:1] and text[0] in "=+-@\t\r" and not re.fullmatch(r"\+[1-9][0-9]{6,14}", text) else text


pack = zipfile.Path(sys.argv[1]) if sys.argv[1:] else pathlib.Path(__file__).parent
for line in (pack / "checksums.txt").read_text("utf-8").splitlines():
    digest, name = line.split("  ", 1)
    found = hashlib.sha256()
    with (pack / name).open("rb") as member:
        for piece in iter(lambda: member.read(1 << 20), b""):
            found.update(piece)
    if found.hexdigest() != digest:
        sys.exit(f"{name} is not as it was packed")
said = json.loads((pack / "pack.json").read_text("utf-8"))
start, end = (datetime.fromisoformat(said[name]) for name in ("month_start", "month_end"))
first: dict[str, Any] = {}  # person → the entry of the month received first
entries = 0
for line in io.TextIOWrapper((pack / "entries.ndjson").open("rb"), "utf-8", newline="\n"):
    entry = json.loads(line)
    position, person, entered = entry[:3]
    if not start <= datetime.fromisoformat(entered) < end:
        sys.exit(f"an entry of another month: {line}")
    if person not in first or position < first[person][0]:
        first[person] = entry
    entries += 1
chosen = [entry for entry in first.values() if not said["sub_accounts"] or entry[5] in said["sub_accounts"]]
chosen.sort(key=lambda entry: (datetime.fromisoformat(entry[2]), entry[1]))
counted = [[cell(text) for text in entry[1:5]] for entry in chosen]
exported = [row[:4] for row in csv.reader(io.TextIOWrapper((pack / "lines.csv").open("rb"), "utf-8-sig", newline=""))][1:]
print(f"{said['account']}, {said['month']}: {entries:,} entries, {len(counted):,} persons counted, {len(exported):,} lines exported")
if counted != exported:
    other = next((n for n, row in enumerate(counted) if n >= len(exported) or row != exported[n]), len(counted))
    sys.exit(f"NOT EQUAL from line {other + 1} on: counted {counted[other:other + 1]}, exported {exported[other:other + 1]}")
print("equal: every line is the person's first received entry of the month")
