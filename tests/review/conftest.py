"""Reviews of a tiny vision service that does everything right, parts of which a test replaces by faulty ones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

import pytest

from review.faulty.service import LIMIT, Parts, service
from siseon.review import Hints, Options, Report, in_process, pictures
from siseon.review.cases import cases
from siseon.review.exchange import Case, Group
from siseon.review.operation import Envelope
from siseon.review.suite import ask, experiment, judged


@pytest.fixture(scope="session")
def sent() -> list[Case]:
    """All cases around a small copy of the drawn scene, so that a review takes a fraction of a second."""
    small = pictures.enlarged(pictures.scene(), 0.25)
    return cases(Envelope.multipart, pictures.Photo(pictures.jpeg(small), small))


@pytest.fixture
def reviewed(sent: list[Case]) -> Callable[..., Report]:
    """Reviews the right service with some parts replaced.

    ``groups``: the cases to send, all when None; ``load``: whether to make the experiments with many clients.
    """

    def run(*, groups: Collection[Group] | None = None, load: bool = False, **replaced: object) -> Report:
        options = Options(flood_bytes=2 * LIMIT, patience_s=2.0)
        chosen = [case for case in sent if groups is None or case.group in groups]

        async def go() -> Report:
            async with in_process(service(Parts(**replaced)), "app", Hints()) as target:  # type: ignore[arg-type]
                evidence = await ask(target, chosen)
                if load:
                    await experiment(target, evidence, options)
                return judged(target, evidence, options)

        return asyncio.run(go())

    return run
