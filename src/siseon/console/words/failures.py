"""What each failure code means to a person, and what to do about it; the service says the rest, in English."""

from __future__ import annotations

from dataclasses import dataclass

from siseon.contracts import FailureCode

Pairs = tuple[tuple[str, str], ...]
"""A code, and what is said."""
IN_MESSAGE = frozenset(
    (
        FailureCode.invalid_input,
        FailureCode.dependency_missing,
        FailureCode.model_load_failed,
        FailureCode.model_not_found,
        FailureCode.url_blocked,
    )
)
"""Codes whose message names what is to be changed, fetched or allowed."""
Table = dict[FailureCode, tuple[str, str]]
"""Of each code what has happened, and what to do."""


@dataclass(frozen=True, slots=True)
class FailureWords:
    """In one language."""

    language: str
    titles: Pairs
    remedies: Pairs

    def title(self, code: str) -> str | None:
        """What has happened; None: a code of another version."""
        return dict(self.titles).get(code)

    def advice(self, code: str, hint: str | None) -> str:
        """What to do: as the service says, which knows more, where that is in this language; empty: nobody says it."""
        own = dict(self.remedies).get(code, "")
        return hint or own if self.language == "en" else own

    def points_to_message(self, code: str) -> bool:
        """Whether the message has to be read to know what to do."""
        return code in IN_MESSAGE or code not in dict(self.remedies)


def words_in(language: str, table: Table) -> FailureWords:
    """Those of a table."""
    return FailureWords(
        language,
        tuple((code.value, title) for code, (title, _) in table.items()),
        tuple((code.value, remedy) for code, (_, remedy) in table.items()),
    )


_ENGLISH: Table = {
    FailureCode.unsupported_media: (
        "This kind of file is not read",
        "Send a JPEG, PNG, WebP or another common picture.",
    ),
    FailureCode.corrupt_image: ("The file is damaged", "Export or copy it again, and send that."),
    FailureCode.image_too_large: (
        "The file is too large",
        "Send a smaller one, or raise the limit in the settings.",
    ),
    FailureCode.video_too_large: (
        "The video is too long or too large",
        "Cut it into parts, or raise the limit in the settings.",
    ),
    FailureCode.empty_upload: ("The file is empty", "Choose another one."),
    FailureCode.invalid_input: (
        "What was sent cannot be used",
        "Correct what the message names, and send it again.",
    ),
    FailureCode.file_unreadable: (
        "The file cannot be read",
        "See that it is there and may be read by the service.",
    ),
    FailureCode.url_blocked: (
        "This address is not allowed",
        "Use a public one, or allow it where the service is started.",
    ),
    FailureCode.url_refused: (
        "The other side refused the address",
        "Open it in a browser: it may be gone, or want a password.",
    ),
    FailureCode.url_unreachable: (
        "The address cannot be reached",
        "See that the other side is up, and try again.",
    ),
    FailureCode.safety_blocked: (
        "The picture was held back as unsafe",
        "Use another picture; the rules are in the settings of safety.",
    ),
    FailureCode.consent_missing: ("Consent is missing", "Record the consent of the people concerned first."),
    FailureCode.contract_violation: (
        "A part gave something of another form",
        "Report it with the trace: it is a fault of the software.",
    ),
    FailureCode.model_not_found: ("There is no such model", "See under Models which there are."),
    FailureCode.model_load_failed: (
        "The model cannot be loaded",
        "See that its card and its file belong together.",
    ),
    FailureCode.model_exists: ("There is a model of that name already", "Give it another name or version."),
    FailureCode.network_failed: (
        "The network could not be run",
        "See that its card describes its inputs as they are.",
    ),
    FailureCode.quantization_refused: (
        "The network in int8 was refused",
        "It loses too much or is no faster; the one in float stays.",
    ),
    FailureCode.weights_mismatch: (
        "The file is not the one in the card",
        "Get the file again: its checksum is another.",
    ),
    FailureCode.pull_failed: ("The model could not be fetched", "See that the network is up, and try again."),
    FailureCode.storage_failed: (
        "It could not be stored or read",
        "See that there is room on the disk, and try again.",
    ),
    FailureCode.pipeline_not_found: ("There is no such application here", "Start the service with it."),
    FailureCode.not_found: ("There is nothing here", "It may have been removed: load the page again."),
    FailureCode.method_not_allowed: (
        "This cannot be done here",
        "Send it to the service itself, with its token.",
    ),
    FailureCode.not_acceptable: ("There is no answer of this kind", "Ask for JSON or a picture."),
    FailureCode.unauthorized: ("Nobody has signed in", "Sign in, and try again."),
    FailureCode.forbidden: ("This is not allowed", "Ask whoever runs the service."),
    FailureCode.model_not_ready: ("The model is being loaded", "Try again in a moment."),
    FailureCode.model_in_use: ("The model is in use", "Stop or change what uses it first."),
    FailureCode.model_not_loaded: ("The model is not loaded", "Load it first."),
    FailureCode.deadline_exceeded: (
        "It took too long",
        "Try again later, with less at a time, or hand it in as a job.",
    ),
    FailureCode.overloaded: ("There is too much to do just now", "Try again in a moment."),
    FailureCode.shutting_down: ("The service is shutting down", "Try again when it is back."),
    FailureCode.cancelled: ("It was cancelled", "Start it again if it is wanted."),
    FailureCode.superseded: (
        "Something newer has taken its place",
        "Load the page again, and change what stands there now.",
    ),
    FailureCode.trace_not_found: (
        "This trace is not kept any more",
        "Only the newest, slowest and failed requests are kept.",
    ),
    FailureCode.job_not_found: (
        "There is no such job",
        "It may have been removed after its time: see the list of jobs.",
    ),
    FailureCode.job_not_finished: ("The job is not finished", "Wait until it is done."),
    FailureCode.job_item_failed: ("This input failed", "See why beside it; it can be tried again."),
    FailureCode.key_reused: ("This key was used for another request", "Use a new key."),
    FailureCode.queue_full: (
        "The queue of jobs is full",
        "Wait until some are done, or start another worker.",
    ),
    FailureCode.stream_not_found: ("There is no such camera", "It may have been removed: see the list."),
    FailureCode.stream_exists: ("There is a camera of that name already", "Give it another name."),
    FailureCode.stream_not_live: (
        "The camera gives no picture just now",
        "See that it is on and reachable, and try again.",
    ),
    FailureCode.streams_not_run: ("No cameras are run here", "Start the service so that it runs them."),
    FailureCode.clip_not_ready: ("The clip is not finished", "Try again in a moment."),
    FailureCode.alarm_not_found: (
        "There is no such alarm",
        "Its rule may have been removed: load the page again.",
    ),
    FailureCode.alarm_active: ("The alarm still stands", "Remove its cause first, or shelve it."),
    FailureCode.store_unavailable: (
        "The database cannot be reached",
        "See that it is up and there is room on its disk.",
    ),
    FailureCode.stage_failed: (
        "Something went wrong inside",
        "Report it with the trace: it is a fault of the software.",
    ),
    FailureCode.translator_failed: (
        "The translator gave nothing usable",
        "See that it is installed or reachable, and try again.",
    ),
    FailureCode.worker_died: (
        "The process that worked on it ended",
        "Try again; if it happens again, report it.",
    ),
    FailureCode.worker_stuck: (
        "The process that worked on it is stuck",
        "Restart the service, and report it with the trace.",
    ),
    FailureCode.dependency_missing: ("A library is missing", "Install what the message names."),
}

EN = words_in("en", _ENGLISH)
