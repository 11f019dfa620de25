"""Remove what a kill, an error or a compaction left behind; only under the append lock, and never from under a reader."""
from pathlib import Path

from core.eventlog.files import settle
from core.eventlog.index import index_files
from core.eventlog.locks import Busy, held
from core.eventlog.manifest import Manifest


def sweep(folder: Path, manifest: Manifest, reading: Path, wait_s: float = 0.0) -> bool:
    """Remove files that the manifest does not count in; False where a reader may hold on to segments: then the next append does it."""
    number = f"{manifest.batches + 1:012d}"  # the next batch's; listing these folders could be long
    half = (folder / "erasing").glob("*.new")  # notes that name a person, half written
    for path in (folder / "rejected" / f"{number}.ndjson", folder / "conflicts" / f"{number}.parquet", folder / "erasing" / "draft", *half):
        path.unlink(missing_ok=True)
    named = {path for segment in manifest.segments for path in (segment.path, *index_files(segment.path))}
    stray = [path for path in (folder / "segments").glob("*") if path not in named]
    if not stray:
        return True
    settle(folder)  # what the manifest no longer names may go only once no power cut can bring an older manifest back
    try:
        with held(reading, wait_s=wait_s, busy="A reader is about."):
            for path in stray:
                path.unlink(missing_ok=True)
    except Busy:
        return False
    return True
