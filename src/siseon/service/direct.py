"""The operations that most requests are for, called without the router: its layers cost more than the operation's own.

FastAPI has them too, for the OpenAPI document, and answers whatever is not plain: another method, a query. Failures
become the same problem documents; what has no name is left to the layer around, which logs it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from fastapi import Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from siseon.contracts import SiseonError
from siseon.service.problems import problem

Operation = Callable[[Request], Awaitable[Response]]


class Direct:
    """Around the router."""

    def __init__(self, app: ASGIApp, operations: Mapping[str, Operation]) -> None:
        """``operations``: of ``POST`` without a query, by path; their bodies have been read."""
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
        try:
            response = await operation(Request(scope, receive, send))
        except SiseonError as error:
            response = problem(error, scope["state"]["trace"], scope["path"])
        await response(scope, receive, send)
