"""The place where somebody gives the files of a job or a model. They are no event's size: the browser sends them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui.element import Element

from siseon.console.api import Problem


class Sender(Element, component="../static/sender.js"):
    """Files, and ``send``."""

    def __init__(
        self,
        address: str,
        made: str,
        *,
        choose: str,
        folder: str = "",
        drop: str,
        sending: str,
        unanswered: str,
        no_files: str,
        sent: Callable[[str], Awaitable[None]],
        refused: Callable[[Problem], object],
    ) -> None:
        """``made``: the field of the answer that names what was made, which ``sent`` is called with;
        ``unanswered``: said where no answer can be read; ``no_files``: where there is nothing to send;
        ``folder``: a whole one may be chosen too.
        """
        super().__init__()
        self.props["address"], self.props["made"] = address, made
        self.props["words"] = {"choose": choose, "folder": folder, "drop": drop, "sending": sending}
        self.props["words"] |= {"unanswered": unanswered, "none": no_files}
        self.on("sent", lambda event: sent(str(event.args)))
        self.on("refused", lambda event: refused(Problem.model_validate(event.args)))

    def send(self, job: str | None = None, *, needed: bool = True) -> None:
        """Send the files with this job, a document in JSON; without one they are those of a model. ``needed``: without
        a file nothing is sent.
        """
        self.run_method("send", job, needed)
