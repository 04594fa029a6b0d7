"""People in video: who is there, when, and what they do.

A video is seen in chunks of about ten seconds, each a function of the file and its number alone; what the chunks say
is put together by functions that look at no pixels.
"""

from siseon.applications.application import Application
from siseon.applications.people.conclude import conclude, expect
from siseon.applications.people.contracts import ChunkSeen
from siseon.applications.people.evaluate import EVALUATION
from siseon.applications.people.options import AFTERWARDS, PeopleChoices, PeopleOptions
from siseon.applications.people.pipeline import People
from siseon.applications.people.privacy.accounting import account
from siseon.applications.people.progress import steps
from siseon.applications.people.show import count, draw, parts, text

APPLICATION = Application(
    kind=People,
    options=PeopleOptions,
    choices=PeopleChoices,
    result=ChunkSeen,
    summary="Find people in videos: who is there when, doing what.",
    extras=("people",),
    draw=draw,
    text=text,
    count=count,
    nothing="nobody found",
    parts=parts,
    expect=expect,
    steps=steps,
    conclude=conclude,
    afterwards=AFTERWARDS,
    account=account,
    evaluate=EVALUATION,
)

__all__ = ["APPLICATION", "People", "PeopleChoices", "PeopleOptions"]
