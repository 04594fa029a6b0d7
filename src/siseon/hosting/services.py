"""Networks of one's own in a program, without a service: register, predict, look at their figures, release.

::

    with Services() as services:
        services.register_model("gauge-detector", "gauge.onnx", enable_metrics=True, like="yolox-nano", labels=["dial"])
        detections, seconds = services.get_service("gauge-detector").predict("boiler.jpg")
        print(services.get_service("gauge-detector").stats)
        services.release_model("gauge-detector")

The names are those of an earlier gauge service (``docs/gauges-mapping.md``). Over HTTP the same is ``/v1/models``.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Lock
from typing import Self

import numpy as np

from siseon.applications.build import bounds, manager
from siseon.applications.inspection import Classify, Detect
from siseon.contracts import Crop, Detections, Encoded, FailureCode, Image, InputError, ModelError, Ranked
from siseon.media.bounds import MediaBounds
from siseon.media.decode import decode
from siseon.media.files import read_file
from siseon.models import Model, ModelHold, ModelManager, ModelStats, WeightFile
from siseon.models.blank import blank_feeds
from siseon.models.buffers import Buffers
from siseon.models.card_toml import card_toml
from siseon.models.own import own_card, plain
from siseon.models.ports import Array
from siseon.models.propose import propose_card
from siseon.settings import Settings, read_settings

Prediction = Detections | Ranked | dict[str, Array]
"""Of a detector, of a classifier, and of a network for tensors."""


class Service:
    """One loaded network. Any thread may ask it."""

    def __init__(self, model: Model, bounds: MediaBounds, *, enable_metrics: bool) -> None:
        self.name = model.card.name
        self.model = model
        self.hold = ModelHold(model.acquire)
        self._bounds = bounds
        self._enable_metrics = enable_metrics
        self._buffers = Buffers()
        self._busy = Lock()
        """Held while the buffers are in use."""

    @property
    def stats(self) -> ModelStats:
        """Runs, and their mean, least and most time in milliseconds.

        Raises:
            InputError: it was registered without metrics.
        """
        if not self._enable_metrics:
            raise InputError(
                f"{self.name!r} was registered without metrics", hint="register it with enable_metrics=True"
            )
        return self.model.stats

    def predict(
        self, item: str | Path | bytes | Image | Array | Mapping[str, Array]
    ) -> tuple[Prediction, float]:
        """The network's answer, and the seconds that it took from here.

        Args:
            item: for a detector or classifier a picture: its path, its bytes, or (H, W, 3) uint8 in RGB; for a network
                for tensors an array by the name of each input, or a single array where there is one input.

        Raises:
            InputError: it is not a picture.
            ContractViolation: tensors that the network does not take.
            ModelError: the network failed, or was released meanwhile.
        """
        start = time.perf_counter()
        match self.model.card.task:
            case "detect":
                answer: Prediction = Detect(self.model).process([self._picture(item)])[0]
            case "classify":
                answer = Classify(self.model).process([Crop(0, self._picture(item))])[0]
            case _:
                answer = self._tensors(item)
        return answer, time.perf_counter() - start

    def _picture(self, item: object) -> Image:
        if isinstance(item, str | Path):
            item = read_file(Path(item), self._bounds)
        if isinstance(item, bytes):
            item = Encoded(item, self.name)
        if isinstance(item, Encoded):
            return decode(item.data, source=item.name, bounds=self._bounds)
        if isinstance(item, np.ndarray):
            return Image.from_array(item)
        if isinstance(item, Image):
            return item
        raise InputError(
            f"{type(item).__name__} is not a picture", hint="give a path, the bytes of a file, or an array"
        )

    def _tensors(self, item: object) -> dict[str, Array]:
        if isinstance(item, np.ndarray):
            item = {self.model.input_name: item}
        if not isinstance(item, Mapping):
            raise InputError(
                f"{self.name!r} takes tensors: its card says nothing of pictures",
                hint="give arrays by input name; or register it with like=NAME, a model of its family",
            )
        with self._busy:
            answers = self.model.run(item, buffers=self._buffers)
            return {name: array.copy() for name, array in answers.items()}


class Services:
    """Networks by name, in memory of this process until they are released or the block ends."""

    def __init__(self, settings: Settings | None = None) -> None:
        """``settings``: bounds, threads, providers and how many models there may be; those of the environment when
        None."""
        self._settings = settings or read_settings()
        self._services: dict[str, Service] = {}
        self._changing = Lock()
        self._open = ExitStack()
        self._models: ModelManager | None = None

    def __enter__(self) -> Self:
        folder = self._open.enter_context(tempfile.TemporaryDirectory(prefix="siseon-"))
        self._models = manager(self._settings, registered=Path(folder))
        return self

    def __exit__(self, *_: object) -> None:
        for name in self.list_models():
            self.release_model(name)
        self._open.close()

    def register_model(
        self,
        name: str,
        path: str | Path,
        enable_metrics: bool = True,
        *,
        like: str | None = None,
        labels: Sequence[str] = (),
    ) -> Service:
        """Load a network, run it as often as the settings say, and keep it. The file is copied.

        Args:
            name: under which it is asked for.
            path: of an ONNX file, with ``card.toml`` beside it where there is one; or the folder of both.
            enable_metrics: whether ``stats`` are told.
            like: a detector or classifier of its family: what pictures become and what answers mean is taken from
                there. Without it and without a card the network is for tensors.
            labels: names of its classes, where they are not those of ``like``.

        Raises:
            InputError: no network, a name that cannot be, as many as there may be.
            ModelError: ``model_exists``; the network cannot be loaded or cannot run: nothing is kept then.
        """
        if self._models is None:
            raise RuntimeError("networks are registered inside `with Services() as services`")
        file = Path(path)
        card = own_card(file, name)
        folder = file if file.is_dir() else file.parent
        if like is not None:
            family = self._models[like].card
            card = propose_card(folder / card.files[0].name, family, name=card.name, labels=labels)
        card = card.model_copy(update={"files": tuple(map(_without_sources, card.files))})
        with self._changing:
            self._check_room()
            files = {one.name: _read(folder / one.name) for one in card.files}
            model = self._models.register(card, card_toml(card).encode(), files)
            service = Service(model, bounds(self._settings), enable_metrics=enable_metrics)
            try:
                service.hold.begin()
                model.warm_up([blank_feeds(model)] * model.warm_ups)
            except BaseException:  # whatever it was: what could not be loaded is not kept
                self._forget(service)
                raise
            self._services[card.name] = service
            return service

    def get_service(self, name: str) -> Service:
        """The network of that name.

        Raises:
            ModelError: ``model_not_found``.
        """
        service = self._services.get(plain(name))
        if service is None:
            there = ", ".join(self._services) or "none"
            raise ModelError(
                f"no model is registered by the name {name[:80]!r}",
                code=FailureCode.model_not_found,
                hint=f"there is {there}",
            )
        return service

    def release_model(self, name: str) -> None:
        """Wait for runs under way, free the memory and forget the network. Who asks it later is told that it is gone.

        Raises:
            ModelError: ``model_not_found``; ``model_in_use``: a run does not end.
        """
        with self._changing:
            service = self.get_service(name)
            self._forget(service)
            del self._services[service.name]

    def list_models(self) -> list[str]:
        """The names of those that are registered."""
        return list(self._services)

    def _check_room(self) -> None:
        most = self._settings.max_loaded_models
        if most is not None and len(self._services) >= most:
            raise InputError(
                f"{most} models are registered, as many as may be",
                hint="release one, or raise SISEON_MAX_LOADED_MODELS",
            )

    def _forget(self, service: Service) -> None:
        assert self._models is not None  # noqa: S101 - it was registered there
        service.hold.end()
        service.model.unload()  # waits for runs under way
        self._models.delete([service.model])


def _without_sources(file: WeightFile) -> WeightFile:
    """Its bytes come with it: nothing is to be fetched."""
    return file.model_copy(update={"sources": ()})


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}",
            code=FailureCode.file_unreadable,
            hint="the card names it: put it beside",
        ) from None
