"""Oil on water from aerial pictures; see README.md in this folder."""

from siseon.applications.application import Application
from siseon.applications.oilspill.conclusion import conclude, expect
from siseon.applications.oilspill.contracts import OilSpillResult
from siseon.applications.oilspill.evaluate import EVALUATION
from siseon.applications.oilspill.options import OilSpillChoices, OilSpillOptions
from siseon.applications.oilspill.pipeline import OilSpill
from siseon.applications.oilspill.show import beside, count, draw, text

APPLICATION = Application(
    kind=OilSpill,
    options=OilSpillOptions,
    choices=OilSpillChoices,
    result=OilSpillResult,
    summary="Find oil on water in aerial pictures: its appearance, place, area and volume.",
    extras=("oilspill",),
    draw=draw,
    text=text,
    count=count,
    nothing="no oil found",
    of_file=True,
    beside=beside,
    expect=expect,
    conclude=conclude,
    evaluate=EVALUATION,
)

__all__ = ["APPLICATION", "OilSpill", "OilSpillChoices", "OilSpillOptions", "OilSpillResult"]
