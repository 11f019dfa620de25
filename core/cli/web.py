"""The web server's process: Streamlit, which ends with 0 where it is told to end. `journeys serve` becomes this."""
import runpy
import signal

from core.cli import ending


def main() -> None:
    """`python -m streamlit` with these arguments. Its server ends what runs, then sends itself the signal again: 0 and not 143, as it was told to."""
    ending.end_well()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ending.ENDS)
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
