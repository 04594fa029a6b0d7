"""A detector or a classifier in int8: calibrated on photos, measured on others, refused where it does not pay."""

from siseon.applications.inspection.quantize.classifier import SUFFIX, quantize_classifier
from siseon.applications.inspection.quantize.photos import Photos, Wanted, read_photos
from siseon.applications.inspection.quantize.report import Report
from siseon.applications.inspection.quantize.run import check, quantize_model
from siseon.applications.inspection.quantize.target import Target

__all__ = [
    "SUFFIX",
    "Photos",
    "Report",
    "Target",
    "Wanted",
    "check",
    "quantize_classifier",
    "quantize_model",
    "read_photos",
]
