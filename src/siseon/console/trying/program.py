"""The same call as a command and as a program: what was clicked can be put into a script."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from urllib.parse import urlencode

Query = Mapping[str, str | int | float | bool | list[str]]

TOKEN = "SISEON_TOKEN"  # noqa: S105 - the variable's name


def as_curl(address: str, pipeline: str, query: Query, file: str, *, token: bool) -> str:
    """A command for a POSIX shell."""
    url = f"{address}/v1/pipelines/{pipeline}"
    if query:
        url += f"?{_encoded(query)}"
    lines = ["curl -fsS"]
    if token:
        lines.append(f'  -H "Authorization: Bearer ${TOKEN}"')
    quoted = file.replace("\\", "\\\\").replace('"', '\\"')
    form = f'file=@"{quoted}"'
    lines += [f"  -F {shlex.quote(form)}", f"  {shlex.quote(url)}"]
    return " \\\n".join(lines)


def as_python(address: str, pipeline: str, query: Query, file: str, *, token: bool) -> str:
    """A program that needs httpx."""
    head = ["import httpx", ""]
    more = []
    if token:
        head[:0] = ["import os", ""]
        more.append(f'        headers={{"Authorization": f"Bearer {{os.environ[\'{TOKEN}\']}}"}},')
    if query:
        more.insert(0, f"        params={_python(query)},")
    return "\n".join(
        [
            *head,
            f'with open({_text(file)}, "rb") as picture:',
            "    answer = httpx.post(",
            f"        {_text(f'{address}/v1/pipelines/{pipeline}')},",
            *more,
            '        files={"file": picture},',
            "        timeout=60,",
            "    )",
            "answer.raise_for_status()",
            "result = answer.json()",
            'print(result["data"])',
        ]
    )


def _encoded(query: Query) -> str:
    told = {key: str(value).lower() if isinstance(value, bool) else value for key, value in query.items()}
    return urlencode(told, doseq=True)


def _text(value: str) -> str:
    """A string of Python, in double quotes: JSON's is one, with lone surrogates and all."""
    return json.dumps(value)


def _python(query: Query) -> str:
    return repr(dict(query))
