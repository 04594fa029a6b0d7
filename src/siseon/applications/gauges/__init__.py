"""Read instruments in photos, analog and digital; see README.md in this folder."""

from siseon.applications.application import Application
from siseon.applications.gauges.calibration import Calibration, ScalePoint
from siseon.applications.gauges.calibrations import AnyCalibration
from siseon.applications.gauges.contracts import GaugesResult, Needle, Reading, Reason, Scale
from siseon.applications.gauges.digital.calibration import DisplayCalibration
from siseon.applications.gauges.evaluate import EVALUATION
from siseon.applications.gauges.follow import follow
from siseon.applications.gauges.measure import measure
from siseon.applications.gauges.options import GaugesChoices, GaugesOptions
from siseon.applications.gauges.pipeline import Gauges
from siseon.applications.gauges.show import count, draw, text

APPLICATION = Application(
    kind=Gauges,
    options=GaugesOptions,
    choices=GaugesChoices,
    result=GaugesResult,
    summary="Read instruments, analog and digital: value and uncertainty, or the reason why not.",
    draw=draw,
    text=text,
    count=count,
    nothing="no instrument read",
    measure=measure,
    follow=follow,
    evaluate=EVALUATION,
)

__all__ = [
    "APPLICATION",
    "AnyCalibration",
    "Calibration",
    "DisplayCalibration",
    "Gauges",
    "GaugesChoices",
    "GaugesOptions",
    "GaugesResult",
    "Needle",
    "Reading",
    "Reason",
    "Scale",
    "ScalePoint",
]
