"""Models whose fields are described by the docstrings under them.

Pydantic does the same by ``use_attribute_docstrings``, and takes 15 ms a model for it: it asks ``inspect`` which module
a frame is of, which looks at the files of all modules that are loaded. That was a fifth of what a command takes beside
its networks. Here the source of the module is parsed once.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel


class Described(BaseModel):
    """The base of such models."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        own = [cls.model_fields[name] for name in cls.__annotations__ if name in cls.model_fields]
        if any(field.description is None for field in own):
            told = docstrings(cls)
            for name in told:
                field = cls.model_fields.get(name)
                if field is not None and field.description is None:
                    field.description = told[name]
            if told:
                cls.model_rebuild(force=True, raise_errors=False)  # schemas tell them too


def docstrings(model: type) -> Mapping[str, str]:
    """What is written under the attributes in a class's own body; nothing where its source is not there."""
    file = getattr(sys.modules.get(model.__module__), "__file__", None)
    return {} if file is None else _in_file(file).get(model.__qualname__, {})


@cache
def _in_file(path: str) -> dict[str, dict[str, str]]:
    """By class, as it is called in its module."""
    found: dict[str, dict[str, str]] = {}
    try:
        with open(path, encoding="utf-8") as file:
            module = ast.parse(file.read())
    except (OSError, SyntaxError, ValueError):  # no source beside it, or not of Python
        return found
    _look(module.body, "", found)
    return found


def _look(body: list[ast.stmt], before: str, found: dict[str, dict[str, str]]) -> None:
    for node in body:
        if isinstance(node, ast.ClassDef):
            found[before + node.name] = _of_class(node)
            _look(node.body, f"{before}{node.name}.", found)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            _look(node.body, f"{before}{node.name}.<locals>.", found)


def _of_class(node: ast.ClassDef) -> dict[str, str]:
    found = {}
    for one, after in zip(node.body, node.body[1:], strict=False):
        if (
            isinstance(one, ast.AnnAssign)
            and isinstance(one.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            found[one.target.id] = inspect.cleandoc(after.value.value)
    return found
