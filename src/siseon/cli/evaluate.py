"""``siseon evaluate``: accuracy on labelled pictures of your own. Each application brings its command."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from siseon.cli.applications import Set
from siseon.cli.event_loop import run as run_loop
from siseon.cli.paths import named
from siseon.cli.wrong import of_the_command

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    from siseon.applications.application import AnyApplication, Evaluation, Table


class Evaluations(TyperGroup):
    """A command for each application that can be measured, made when somebody asks for it."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names."""
        from siseon.applications.registry import usable

        return [name for name, application in usable().items() if application.evaluate is not None]

    @of_the_command()
    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of one.

        Raises:
            InputError: there is no such application, or it cannot be measured.
        """
        from siseon.applications.registry import find
        from siseon.contracts import InputError

        application = find(cmd_name)
        if application.evaluate is None:
            raise InputError(
                f"{cmd_name!r} brings no evaluation", hint=f"there are: {', '.join(self.list_commands(ctx))}"
            )
        return _command(cmd_name, application, application.evaluate)


EXIT_CODES = (
    "Exit code: 0: every picture was measured, 1: some could not be read, or it could not be done, "
    "2: the command is wrong."
)

FILE, FOLDER = PATHS = ("FILE", "FOLDER")
"""What the help calls arguments that are paths."""

app = typer.Typer(cls=Evaluations, help="Measure accuracy on labelled pictures.", no_args_is_help=True)


@app.callback()
def _evaluate() -> None:
    pass


def _command(name: str, application: AnyApplication, evaluation: Evaluation[Any, Any]) -> Any:
    """A command whose arguments are the fields of the evaluation's truth: one is an argument, several are options."""
    fields = evaluation.truth.model_fields

    def run(set_: Set = None, json: bool = False, **truth: str | Path | None) -> None:
        stated = {key: value for key, value in truth.items() if value is not None}
        _measure(name, application, evaluation, stated, set_ or [], json)

    one = [field.is_required() for field in fields.values()].count(True) == 1
    kinds = _kinds(evaluation.truth)
    parsers = {key: named if kind in PATHS else None for key, kind in kinds.items()}
    arguments = [
        inspect.Parameter(
            key,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=Annotated[
                str | None,
                typer.Argument(metavar=kinds[key], help=field.description, parser=parsers[key])
                if one and field.is_required()
                else typer.Option(metavar=kinds[key], help=field.description, parser=parsers[key]),
            ],
            default=inspect.Parameter.empty
            if field.is_required()
            else None
            if field.default is None
            else str(field.default),
        )
        for key, field in fields.items()
    ]
    own = [
        inspect.Parameter("set_", inspect.Parameter.KEYWORD_ONLY, annotation=Set, default=None),
        inspect.Parameter(
            "json",
            inspect.Parameter.KEYWORD_ONLY,
            annotation=Annotated[bool, typer.Option("--json", help="Print JSON.")],
            default=False,
        ),
    ]
    parameters = [*arguments, *own]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what Typer reads
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    made = typer.Typer(add_completion=False)
    made.command(name, help=f"{evaluation.summary}\n\n{EXIT_CODES}")(run)
    return get_command(made)


def _kinds(truth: type[BaseModel]) -> dict[str, str]:
    """What each field takes, as the help calls it."""
    from pydantic.errors import PydanticInvalidForJsonSchema

    try:
        told = truth.model_json_schema()["properties"]
    except PydanticInvalidForJsonSchema:  # of an application of others, with a type that JSON has not
        told = {}
    return {key: _kind(told.get(key, {})) for key in truth.model_fields}


def _kind(schema: dict[str, Any]) -> str:
    """Of one field, from its JSON schema; of one that may be left out, what it is otherwise."""
    stated = next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), schema)
    if "enum" in stated:
        return "|".join(map(str, stated["enum"]))
    by_format = {"directory-path": FOLDER, "file-path": FILE, "path": FILE}
    by_type = {"integer": "NUMBER", "number": "NUMBER"}
    return by_format.get(stated.get("format", ""), by_type.get(stated.get("type", ""), "TEXT"))


def _measure(
    name: str,
    application: AnyApplication,
    evaluation: Evaluation[Any, Any],
    truth: dict[str, str | Path],
    words: Sequence[str],
    json: bool,
) -> None:
    from pydantic import ValidationError

    from siseon.applications.build import bounds, manager, options
    from siseon.applications.guarded import failures_named
    from siseon.cli.chosen import pairs
    from siseon.cli.program import is_the_program
    from siseon.cli.stated import stated_settings
    from siseon.cli.terminal import progress
    from siseon.contracts import InputError

    stated, settings = pairs(words), stated_settings()
    with of_the_command():
        for word in stated:
            if evaluation.measured is not None and word not in evaluation.measured:
                raise InputError(
                    f"--set {word} makes no difference here",
                    hint=f"what does: {', '.join(evaluation.measured) or 'nothing'}",
                )
        chosen = options(name, application, settings, stated)
    try:
        wanted = evaluation.truth.model_validate(truth)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise typer.BadParameter(_wrong(evaluation.truth, first)) from None
    with failures_named(f"the evaluation of {name!r}"), progress() as bar:
        task = bar.add_task("pictures", total=None)
        table = run_loop(
            evaluation.measure(
                manager(settings, closed=is_the_program()),
                chosen,
                wanted,
                bounds=bounds(settings),
                progress=lambda: bar.update(task, advance=1),
            )
        )
    show_table(table, json)
    if table.notes:
        raise typer.Exit(1)


def _wrong(truth: type[BaseModel], error: ErrorDetails) -> str:
    """What is wrong with what was stated, the argument and its value by name; a rule over several names them itself."""
    from siseon.contracts.words import words_of

    said = words_of(error)
    if not error["loc"]:
        return said
    name = str(error["loc"][0])
    several = sum(field.is_required() for field in truth.model_fields.values()) != 1
    option = f"--{name.replace('_', '-')}" if several or not truth.model_fields[name].is_required() else name
    return f"{option} {error['input']}: {said}"


def show_table(table: Table, json: bool) -> None:
    """Print what was found, for the eye or as JSON; notes go to stderr."""
    from siseon.cli.terminal import err, safe

    for note in table.notes:
        err.print(f"[yellow]{safe(note)}[/yellow]", soft_wrap=True)
    if json:
        import orjson

        typer.echo(orjson.dumps(table.document, option=orjson.OPT_INDENT_2).decode())
        return
    from rich import box
    from rich.markup import escape
    from rich.table import Table as Grid

    from siseon.cli.printable import printable
    from siseon.cli.terminal import out

    grid = Grid(box=box.SIMPLE_HEAD, title=safe(table.title), title_justify="left")
    for number, head in enumerate(table.heads):
        words = any(not row[number][:1].isdigit() for row in table.rows)
        listed = number > 0 and any(", " in row[number] for row in table.rows)
        # A line a word: the heads are wider than what they stand over, and a terminal has 80 columns.
        grid.add_column(
            head.replace(" ", "\n"), justify="left" if words or listed else "right", no_wrap=not listed
        )
    for row in table.rows:
        grid.add_row(*(escape(printable(cell)) for cell in row))  # names of files and folders stand in some
    out.print(grid)
