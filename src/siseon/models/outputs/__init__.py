"""Turn raw network outputs into candidate boxes: pure numpy functions, arrays in and arrays out."""

from siseon.models.outputs.candidates import Candidates
from siseon.models.outputs.centerface import interpret_centerface
from siseon.models.outputs.class_maps import interpret_class_maps
from siseon.models.outputs.classify import probabilities
from siseon.models.outputs.detr import interpret_detr
from siseon.models.outputs.dispatch import interpret_classes, interpret_detections, interpret_poses
from siseon.models.outputs.maskrcnn import interpret_maskrcnn
from siseon.models.outputs.masks import paint
from siseon.models.outputs.nanodet import interpret_nanodet
from siseon.models.outputs.nms import suppress
from siseon.models.outputs.shapes import shapes_of
from siseon.models.outputs.yolov8 import interpret_yolov8
from siseon.models.outputs.yolox import interpret_yolox

__all__ = [
    "Candidates",
    "interpret_centerface",
    "interpret_class_maps",
    "interpret_classes",
    "interpret_detections",
    "interpret_detr",
    "interpret_maskrcnn",
    "interpret_nanodet",
    "interpret_poses",
    "interpret_yolov8",
    "interpret_yolox",
    "paint",
    "probabilities",
    "shapes_of",
    "suppress",
]
