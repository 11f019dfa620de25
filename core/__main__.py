"""`python -m core` is `journeys`."""
from core.cli import main

main()
