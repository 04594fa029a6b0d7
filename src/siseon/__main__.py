"""``python -m siseon``."""

from siseon.cli import main

main()
