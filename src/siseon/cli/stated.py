"""The settings, as commands read them: a variable that is misspelt is said, since it would be missed in silence."""

from __future__ import annotations

from siseon.cli.wrong import of_the_command
from siseon.settings import Settings, mistyped, read_settings


@of_the_command()
def stated_settings(**options: object) -> Settings:
    """``read_settings``, with a line on stderr for each variable that is almost a setting's. Its value is not shown.

    Raises:
        InputError: as ``read_settings`` does.
    """
    for name, likely in mistyped().items():
        from siseon.cli.terminal import err, safe

        err.print(f"[yellow]![/yellow] {safe(name)} is not a setting: did you mean {likely}?", soft_wrap=True)
    return read_settings(**options)
