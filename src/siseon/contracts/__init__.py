"""The types that flow between stages, and the failures. Imports numpy and pydantic only."""

from siseon.contracts.boxes import Boxes, iou, iou_of
from siseon.contracts.detections import Crop, Detections
from siseon.contracts.failure import (
    Cancelled,
    CapacityError,
    ContractViolation,
    DeadlineExceeded,
    DependencyMissing,
    Failure,
    FailureCode,
    InputError,
    JobError,
    ModelError,
    SiseonError,
    StageFailed,
    StoreError,
    StreamError,
    Superseded,
    TranslatorFailed,
)
from siseon.contracts.frame import Frame
from siseon.contracts.image import Encoded, Image, MadeFile
from siseon.contracts.labels import Label, LabelMap, Ranked
from siseon.contracts.mask import Mask
from siseon.contracts.measurement import Measurement
from siseon.contracts.polygon import Polygon
from siseon.contracts.result import ModelRef, Result, StageTiming

__all__ = [
    "Boxes",
    "Cancelled",
    "CapacityError",
    "ContractViolation",
    "Crop",
    "DeadlineExceeded",
    "DependencyMissing",
    "Detections",
    "Encoded",
    "Failure",
    "FailureCode",
    "Frame",
    "Image",
    "InputError",
    "JobError",
    "Label",
    "LabelMap",
    "MadeFile",
    "Mask",
    "Measurement",
    "ModelError",
    "ModelRef",
    "Polygon",
    "Ranked",
    "Result",
    "SiseonError",
    "StageFailed",
    "StageTiming",
    "StoreError",
    "StreamError",
    "Superseded",
    "TranslatorFailed",
    "iou",
    "iou_of",
]
