"""The readings as stages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from siseon.applications.gauges.automatic import Area, Dial, Written, find_dial, read_found, scales_of
from siseon.applications.gauges.calibration import Calibration
from siseon.applications.gauges.contracts import Reading, Reason
from siseon.applications.gauges.glyphs import number_areas
from siseon.applications.gauges.reading import Known, known_of, limited, read_dial, refused
from siseon.applications.gauges.registration import Reference
from siseon.contracts import FailureCode, Image, InputError
from siseon.engine import Stage
from siseon.engine.machine import cores
from siseon.media.bounds import MediaBounds
from siseon.media.decode import decode
from siseon.media.files import read_file


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
    """Reads the one instrument that was calibrated, wherever a push of the camera has put it."""

    name = "read_calibrated"

    def __init__(self, path: Path, *, bounds: MediaBounds) -> None:
        """``path`` is a calibration; the picture that it names lies beside it. Both are read by ``setup``."""
        self.path = path
        self.bounds = bounds
        self.replicas = cores()
        self._read: tuple[Calibration, Known, Reference | None] | None = None

    def setup(self) -> None:
        """Read the calibration and its picture.

        Raises:
            InputError: one of them cannot be read, or the picture is of another size than the calibration.
        """
        calibration = Calibration.read(self.path)
        reference = None
        if calibration.picture is not None:
            beside = self.path.parent / calibration.picture
            picture = decode(
                read_file(beside, self.bounds).data, source=calibration.picture, bounds=self.bounds
            )
            if (picture.width, picture.height) != (calibration.width, calibration.height):
                raise InputError(
                    f"{beside} has {picture.width} × {picture.height} pixels, its calibration {self.path} is of "
                    f"{calibration.width} × {calibration.height}",
                    code=FailureCode.invalid_input,
                )
            reference = Reference(picture.pixels, calibration.to_picture)
        self._read = calibration, known_of(calibration), reference

    def teardown(self) -> None:
        """Forget them."""
        self._read = None

    def process(self, batch: Sequence[Image]) -> Sequence[Reading]:
        """One reading each, in pixels of the original picture."""
        return [self._reading(image) for image in batch]

    def _reading(self, image: Image) -> Reading:
        if self._read is None:
            raise RuntimeError("a stage that was not set up")
        calibration, known, reference = self._read
        if (image.width, image.height) != (calibration.width, calibration.height):
            return refused("camera_moved")
        if reference is not None:
            motion = reference.motion_to(image.pixels)
            if motion is None:
                return refused("camera_moved")
            known = known.moved(motion)
        elif not _inside(known, image):
            return refused("camera_moved")
        return limited(read_dial(image.pixels, known), calibration)


def _inside(known: Known, image: Image) -> bool:
    """Whether the middle of the dial is in the picture."""
    x, y = (known.to_picture[:2, 2] / known.to_picture[2, 2]).tolist()
    return bool(0 <= x <= image.width and 0 <= y <= image.height)
