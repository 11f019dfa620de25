"""Runs every benchmark at a size that takes minutes: `make bench`. Each alone: `python -m benchmarks.NAME --help`."""
import subprocess
import sys

RUNS = (("road_fines",), ("ingest",), ("page_rerun",), ("boards",), ("map_drawing",), ("big_log",), ("mep", "--entries", "1000000"),
        ("sftp", "--rows", "100000", "--files", "10000", "--mb", "100"))


def main() -> int:
    failed = []
    for run in RUNS:
        print(f"== {run[0]}", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{run[0]}", *run[1:]], check=False).returncode:
            failed.append(run[0])
    print("missed in: " + ", ".join(failed) if failed else "every claim that was judged holds")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
