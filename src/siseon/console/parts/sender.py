"""The place where somebody gives the files of a job. The browser sends them itself: a video is no event's size."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui.element import Element

from siseon.console.api import Problem


class Sender(Element, component="../static/sender.js"):
    """Files, and ``send`` with the job that they are of."""

    def __init__(
        self,
        address: str,
        *,
        choose: str,
        drop: str,
        sending: str,
        unanswered: str,
        sent: Callable[[str], Awaitable[None]],
        refused: Callable[[Problem], object],
    ) -> None:
        """``sent``: called with the job's id; ``unanswered``: said where no answer can be read."""
        super().__init__()
        self.props["address"] = address
        self.props["words"] = {"choose": choose, "drop": drop, "sending": sending, "unanswered": unanswered}
        self.on("sent", lambda event: sent(str(event.args["id"])))
        self.on("refused", lambda event: refused(Problem.model_validate(event.args)))

    def send(self, job: str) -> None:
        """Send the files with this job, a document in JSON."""
        self.run_method("send", job)
