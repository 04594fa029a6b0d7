"""The readings as stages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from siseon.applications.gauges.automatic import Area, Dial, Written, find_dial, read_found, scales_of
from siseon.applications.gauges.calibrated import CalibratedDial, CalibratedDisplay, CalibratedMeterDial
from siseon.applications.gauges.calibration import Calibration
from siseon.applications.gauges.calibrations import read_calibration
from siseon.applications.gauges.contracts import Reading, Reason
from siseon.applications.gauges.digital.calibration import DisplayCalibration
from siseon.applications.gauges.digital.recogniser import Recogniser
from siseon.applications.gauges.glyphs import number_areas
from siseon.applications.gauges.pointer import PointerFinder
from siseon.applications.gauges.reading import Known
from siseon.contracts import FailureCode, Image, InputError, ModelRef
from siseon.engine import Stage
from siseon.engine.machine import cores
from siseon.media.bounds import MediaBounds
from siseon.media.decode import decode
from siseon.media.files import read_labelled
from siseon.models import Model


class FindDial(Stage[tuple[Image, tuple[Written, ...], tuple[Area, ...]], Dial | Reason]):
    """Finds the dial that the writing in a picture is of; what is written is in pixels of that picture."""

    name = "find_dial"

    def __init__(self) -> None:
        self.replicas = cores()

    def process(
        self, batch: Sequence[tuple[Image, tuple[Written, ...], tuple[Area, ...]]]
    ) -> Sequence[Dial | Reason]:
        """See ``automatic.find_dial``."""
        return [find_dial(image.pixels, lines, words) for image, lines, words in batch]


class FindGlyphs(Stage[tuple[Image, tuple[Written, ...]], tuple[Area, ...]]):
    """Finds what may be numbers beside those that were found."""

    name = "find_glyphs"

    def __init__(self) -> None:
        self.replicas = cores()

    def process(self, batch: Sequence[tuple[Image, tuple[Written, ...]]]) -> Sequence[tuple[Area, ...]]:
        """See ``glyphs.number_areas``."""
        return [number_areas(image.pixels, lines) for image, lines in batch]


class FindScales(Stage[tuple[Dial, tuple[str, ...]], tuple[Known, ...]]):
    """Completes the scales of a dial by what stands where numbers of them were missing."""

    name = "find_scales"

    def __init__(self) -> None:
        self.replicas = cores()

    def process(self, batch: Sequence[tuple[Dial, tuple[str, ...]]]) -> Sequence[tuple[Known, ...]]:
        """See ``automatic.scales_of``."""
        return [scales_of(dial, texts) for dial, texts in batch]


class ReadFound(Stage[tuple[Image, tuple[Known, ...]], tuple[Reading, ...]]):
    """Reads a dial whose scales were found."""

    name = "read_found"

    def __init__(self) -> None:
        self.replicas = cores()

    def process(self, batch: Sequence[tuple[Image, tuple[Known, ...]]]) -> Sequence[tuple[Reading, ...]]:
        """See ``automatic.read_found``."""
        return [read_found(image.pixels, scales) for image, scales in batch]


class ReadCalibrated(Stage[Image, Reading]):
    """Reads the one instrument that was calibrated, wherever a push of the camera has put it. Displays and dials
    without ends have a network each."""

    name = "read_calibrated"

    def __init__(self, path: Path, digits: Model, pointers: Model, *, bounds: MediaBounds) -> None:
        """``path`` is a calibration; the picture that it names lies beside it. Both are read by ``setup``, which loads
        ``digits`` if it is of a display, ``pointers`` if it is of a dial without ends."""
        self.path = path
        self.bounds = bounds
        self.replicas = cores()
        self._recogniser = Recogniser(digits)
        self._finder = PointerFinder(pointers)
        self._network: Recogniser | PointerFinder | None = None
        self._instrument: CalibratedDial | CalibratedMeterDial | CalibratedDisplay | None = None

    def setup(self) -> None:
        """Read the calibration and its picture.

        Raises:
            InputError: one of them cannot be read, or the picture is of another size than the calibration.
            SiseonError: the network of the instrument cannot be loaded.
        """
        calibration = read_calibration(self.path)
        picture = None if calibration.picture is None else self._picture(calibration, calibration.picture)
        if not isinstance(calibration, Calibration):
            self._instrument = CalibratedDisplay.of(calibration, picture, self._recogniser)
            self._network = self._recogniser
        elif calibration.turn is not None:
            self._instrument = CalibratedMeterDial.of(calibration, picture, self._finder)
            self._network = self._finder
        else:
            self._instrument = CalibratedDial.of(calibration, picture)
        if self._network is not None:
            self._network.set_up(self)

    def teardown(self) -> None:
        """Forget them."""
        if self._network is not None:
            self._network.tear_down()
        self._instrument = self._network = None

    def models(self) -> Sequence[ModelRef]:
        """That of a display or of a dial without ends; other dials have none."""
        return () if self._network is None else (self._network.ref,)

    def process(self, batch: Sequence[Image]) -> Sequence[Reading]:
        """One reading each, in pixels of the original picture."""
        if self._instrument is None:
            raise RuntimeError("a stage that was not set up")
        return [self._instrument.reading(image) for image in batch]

    def _picture(self, calibration: Calibration | DisplayCalibration, name: str) -> NDArray[np.uint8]:
        if Path(name).name != name:  # a stranger's calibration would have any file of this machine read
            raise InputError(
                f"the picture {name[:80]!r} of {self.path} is not the name of a file beside it",
                code=FailureCode.invalid_input,
                hint="put the picture into the calibration's folder",
            )
        beside = self.path.parent / name
        picture = decode(read_labelled(beside, self.bounds).data, source=name, bounds=self.bounds)
        if (picture.width, picture.height) != (calibration.width, calibration.height):
            raise InputError(
                f"{beside} has {picture.width} × {picture.height} pixels, its calibration {self.path} is of "
                f"{calibration.width} × {calibration.height}",
                code=FailureCode.invalid_input,
            )
        return picture.pixels
