"""The short way to the operations that take nearly all requests: one picture in, one answer out.

FastAPI looks for the route among all of them, resolves dependencies and opens exit stacks, which for an operation
without parameters in its URL is half of what its door costs. Here the path is looked up and the operation called; the
documentation, and requests with parameters, stay with the same operation's route.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from siseon.contracts import SiseonError
from siseon.service.problems import problem, trace_of

Operation = Callable[[Request], Awaitable[Response]]


class Direct:
    """Answers ``POST`` to the paths of ``operations``; all else goes on to the application."""

    def __init__(self, app: ASGIApp, operations: Mapping[str, Operation]) -> None:
        self.app = app
        self._operations = operations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's event."""
        operation = None
        if scope["type"] == "http" and scope["method"] == "POST" and not scope["query_string"]:
            operation = self._operations.get(scope["path"])
        if operation is None:
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await operation(request)
        except SiseonError as error:
            response = problem(error, trace_of(request), scope["path"])
        await response(scope, receive, send)
