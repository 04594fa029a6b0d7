"""The terminal's face of siseon. Commands import what they need when they run: ``--help`` stays fast."""

from __future__ import annotations


def main() -> None:
    """Run the command line; a named failure ends it with its message and exit code 1, never a traceback."""
    import io
    import sys

    from siseon.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what its encoding has no character for is spelt out
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except Exception as error:
        # Looked up only now: the failures come with numpy and pydantic, which --help has no use for.
        from siseon.cli.terminal import show_failure
        from siseon.contracts import SiseonError

        if not isinstance(error, SiseonError):
            raise
        show_failure(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
