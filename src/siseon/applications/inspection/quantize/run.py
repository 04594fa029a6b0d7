"""From a float network and photos to one in int8 that is as good and faster, or to the reason why there is none.

First the speed with all layers in int8, with signed weights and with unsigned ones: what is not faster so is refused at
once. Then the accuracy on the photos to choose with; where it falls too far, the layers that hurt most stay in float,
as few as help. At last both once more, the accuracy on photos that had no part in any of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from siseon.applications.inspection.quantize.judge import (
    LABELLED_LOSS,
    UNLABELLED_LOSS,
    Judge,
    Seen,
    judge_of,
)
from siseon.applications.inspection.quantize.photos import Photos, Told
from siseon.applications.inspection.quantize.report import Report
from siseon.applications.inspection.quantize.speed import ROUNDS, Speed, alternated
from siseon.applications.inspection.quantize.target import Target
from siseon.applications.inspection.stages import input_size
from siseon.contracts import InputError
from siseon.models import Model, ModelCard, WeightFile
from siseon.models.find import sha256_of
from siseon.models.loading import Loading
from siseon.models.patience import Patience
from siseon.models.preprocess import prepare
from siseon.models.quantize.choice import Outputs, fewest, groups, moved
from siseon.models.quantize.quantizer import Quantizer
from siseon.models.rewrite.focus import without_focus
from siseon.models.runtime import as_run

Timed = Callable[[Model, Model, NDArray[np.float32], Seen], Speed]
TASKS = ("detect", "classify")
SENSED = 4
"""Photos on which the weight of a group of layers is measured."""
MARGIN = 0.5
"""Share of what may be lost that may be on the photos to choose with: they are few, and the ranges are theirs."""
MUCH = 1.1
"""How much faster signed weights must be to be taken."""
NAMED = 8
"""Layers that a card names."""


def quantize_model(
    model: Model,
    photos: Photos,
    target: Target,
    told: Told,
    *,
    may_lose: float | None = None,
    timed: Timed = alternated,
) -> Report:
    """Quantise, choose, measure, and write the model if it is worth it; else the report says why not.

    ``may_lose``: of the mark, see ``judge``; the usual when absent. ``timed``: compares the speed of two networks.

    Raises:
        InputError: the model is neither a detector nor a classifier, or see ``Target``, ``Quantizer`` and ``Judge``.
        ModelError: the float network cannot be loaded, or cannot be quantised.
        DependencyMissing: the packages of ``siseon[quantize]`` are not installed.
    """
    check(model)
    with target.part() as part, model.acquire():
        return _Work(model, photos, target, told, may_lose, timed, part).report()


def check(model: Model) -> None:
    """Whether models of its task can be quantised.

    Raises:
        InputError: they cannot.
    """
    if model.card.task not in TASKS:
        raise InputError(
            f"{model.card.name!r} is a model of the task {model.card.task}: detectors and classifiers can be quantised",
            hint="what is lost of any other is not measured here",
        )
    if model.card.output.features:
        raise InputError(
            f"{model.card.name!r} gives features: quantise the classifier that they are taken of"
        )


class _Work:
    """One network on its way."""

    def __init__(
        self,
        model: Model,
        photos: Photos,
        target: Target,
        told: Told,
        may_lose: float | None,
        timed: Timed,
        part: Path,
    ) -> None:
        self._timed = timed
        self._model, self._photos, self._target, self._told, self._part = model, photos, target, told, part
        self._size = input_size(model)
        self._patience = Patience()
        source = next(found.path for found in model.files if found.path.suffix == ".onnx")
        network = as_run(source, model.card.input.open_sizes, "", on_cpu=True, changes=(without_focus,))
        self._quantizer = Quantizer(network if isinstance(network, bytes) else source, model.input_name, part)
        count = len(self._quantizer.layers)
        usual = LABELLED_LOSS if photos.labelled else UNLABELLED_LOSS[model.card.task]
        self._judge: Judge = judge_of(model, photos, self._seen("the float network's answers", self._all()))
        self._groups = groups(count)
        self._order: list[int] = []
        self._signed = True
        self._report = Report(
            model=model.card.name,
            mark=self._judge.what,
            labelled=self._judge.labelled,
            photos=(len(photos.calibration), len(photos.held_out)),
            may_lose=usual if may_lose is None else may_lose,
            layers=count,
            float_bytes=source.stat().st_size,
        )

    def report(self) -> Report:
        """Do it all."""
        report, photos = self._report, self._photos
        self._calibrate()
        self._choose_sign()
        if self._is_slower(self._trial(0), "in int8 throughout"):
            return report
        exact = self._marked(self._model, "float")
        if exact <= report.may_lose:
            report.refused = (
                f"{report.mark} of the float network is {exact:.3f} on these photos, and {report.may_lose:g} may be "
                "lost: they cannot tell int8 from it"
            )
            return report
        marks: dict[int, float] = {}

        def is_good(kept: int) -> bool:
            marks[kept] = self._marked(self._trial(kept), f"{kept} of {len(self._groups)} groups in float")
            return exact - marks[kept] <= report.may_lose * MARGIN

        kept = fewest(len(self._groups), is_good)
        report.chosen_with = exact, marks[kept or 0]
        if kept is None:
            best = max(marks.values())
            report.refused = (
                f"{report.mark} falls from {exact:.3f} to {marks[0]:.3f}, and with all but one group of layers in "
                f"float still to {best:.3f}: it may lose {report.may_lose:g}, on the photos to choose with half of that"
            )
            return report
        trial = self._trial(kept)
        report.kept_float = [self._quantizer.layers[number].name for number in sorted(self._kept(kept))]
        if kept and self._is_slower(
            trial, f"with the {len(report.kept_float)} layers in float that it needs"
        ):
            return report
        seen = self._seen("held-out photos", len(photos.held_out) * 2)
        report.held_out = (
            self._judge.mark(self._model, photos.held_out, seen),
            self._judge.mark(trial, photos.held_out, seen),
        )
        lost = report.held_out[0] - report.held_out[1]
        if lost > report.may_lose:
            report.refused = (
                f"on the photos held out {report.mark} falls by {lost:.3f}, it may by {report.may_lose:g}: "
                "what was chosen with the others does not hold there"
            )
            return report
        report.card = self._put(trial)
        return report

    def _calibrate(self) -> None:
        seen = self._seen("calibrating", len(self._photos.calibration))

        def batches() -> Iterator[NDArray[np.float32]]:
            for photo in self._photos.calibration:
                yield prepare([photo.image], self._photos.spec, self._size)[0]
                seen()

        self._quantizer.calibrate(batches())

    def _choose_sign(self) -> None:
        """Signed weights where they are faster on this machine, else unsigned ones, which are exact on every other."""
        ratios = {}
        for signed in (True, False):
            self._signed = signed
            ratios[signed] = self._timed_against(self._trial(0)).ratio
        self._signed = ratios[True] > ratios[False] * MUCH
        self._report.signed, self._report.other_ratio = self._signed, ratios[not self._signed]

    def _timed_against(self, trial: Model) -> Speed:
        picture = self._photos.calibration[0].image
        pixels = prepare([picture], self._photos.spec, self._size)[0]
        seen = self._seen("timing float and int8 in turn", ROUNDS)
        return self._timed(self._model, trial, pixels, seen)

    def _is_slower(self, trial: Model, how: str) -> bool:
        self._report.speed = speed = self._timed_against(trial)
        if not speed.is_faster:
            self._report.refused = (
                f"{how} it is no faster on this machine: {speed.ratio:.2f} × the float network's speed "
                f"({speed.low:.2f}-{speed.high:.2f})"
            )
        return not speed.is_faster

    def _marked(self, model: Model, what: str) -> float:
        photos = self._photos.calibration
        return self._judge.mark(model, photos, self._seen(f"accuracy, {what}", len(photos)))

    def _trial(self, kept: int) -> Model:
        """The network with so many groups in float, the most sensitive ones."""
        path = self._part / f"kept-{kept}-{'signed' if self._signed else 'unsigned'}.onnx"
        if not path.exists():
            in_float = self._kept(kept)
            self._quantizer.write(
                path, set(range(len(self._quantizer.layers))) - in_float, signed=self._signed
            )
        self._report.int8_bytes = path.stat().st_size
        return self._made(path)

    def _kept(self, count: int) -> set[int]:
        if count and not self._order:
            self._order = self._by_weight()
        return {number for group in self._order[:count] for number in self._groups[group]}

    def _by_weight(self) -> list[int]:
        """The groups, what moves the answers most first: each is quantised alone."""
        exact, weights = self._answers(self._model), []
        for index, group in enumerate(self._groups):
            self._told("looking for sensitive layers", index, len(self._groups))
            path = self._part / "alone.onnx"
            self._quantizer.write(path, group, signed=self._signed)
            weights.append(moved(exact, self._answers(self._made(path))))
        return sorted(range(len(weights)), key=lambda index: -weights[index])

    def _answers(self, model: Model) -> list[Outputs]:
        with model.acquire():
            return [
                model.run({model.input_name: prepare([photo.image], self._photos.spec, self._size)[0]})
                for photo in self._photos.calibration[:SENSED]
            ]

    def _made(self, path: Path) -> Model:
        model, home = self._model, path.parent
        loading = Loading([home], home, model.threads, model.providers)
        return Model(self._card(path, path.stem), loading, self._patience)

    def _card(self, path: Path, name: str, description: str = "") -> ModelCard:
        card = self._model.card
        file = WeightFile(name=path.name, sha256=sha256_of(path), size=path.stat().st_size)
        spec = card.input.model_copy(update={"open_sizes": False})
        change = {"name": name, "files": (file,), "input": spec, "description": description}
        return ModelCard.model_validate(card.model_copy(update=change).model_dump())

    def _put(self, trial: Model) -> Path:
        ref, report, name = self._model.ref, self._report, self._target.name
        self._told("writing", 0, 1)
        weights = self._part / f"{name}.onnx"
        trial.files[0].path.rename(weights)
        described = f"{self._model.card.description}; int8 (QDQ), calibrated on {report.photos[0]} pictures"
        described += f", weights {'signed, exact with VNNI' if self._signed else 'unsigned'}"
        if report.kept_float:
            more = f" and {len(report.kept_float) - NAMED} more" if len(report.kept_float) > NAMED else ""
            described += f"; in float: {', '.join(report.kept_float[:NAMED])}{more}"
        card = self._card(weights, name, described)
        origin = f"quantised from {ref.name} {ref.version}, sha256 {ref.sha256}"
        return self._target.put(self._part, weights, card.model_copy(update={"origin": origin}))

    def _all(self) -> int:
        return len(self._photos.calibration) + len(self._photos.held_out)

    def _seen(self, step: str, total: int) -> Seen:
        done = 0
        self._told(step, done, total)

        def seen() -> None:
            nonlocal done
            done += 1
            self._told(step, done, total)

        return seen
