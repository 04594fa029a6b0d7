"""``siseon openapi``: the OpenAPI document of a service, without one that runs."""

from __future__ import annotations

from typing import Annotated

import typer

from siseon.cli.applications import complete
from siseon.cli.wrong import of_the_command


def openapi(
    pipelines: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names of applications; without any those of siseon.toml, or text.",
            autocompletion=complete,
        ),
    ] = None,
) -> None:
    """Print the OpenAPI document of a service of these pipelines, to make clients from. No model is loaded."""
    import orjson

    from siseon.cli.serve import wanted
    from siseon.cli.stated import stated_settings
    from siseon.hosting import Host
    from siseon.service.app import create_app
    from siseon.streams.outputs.opening import VARIABLES

    settings = stated_settings()
    # The outputs of streams are no part of the document, and their ports may be another process's.
    changed = {"pipelines": wanted(settings, pipelines, []), **dict.fromkeys(VARIABLES)}
    with of_the_command():
        host = Host(settings.model_copy(update=changed))
    document = create_app(host).openapi()
    typer.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
