"""Turn raw network outputs into candidate boxes: pure numpy functions, arrays in and arrays out."""

from siseon.models.decoders.candidates import Candidates
from siseon.models.decoders.centerface import decode_centerface
from siseon.models.decoders.classify import probabilities
from siseon.models.decoders.detr import decode_detr
from siseon.models.decoders.dispatch import decode_classes, decode_detections
from siseon.models.decoders.maskrcnn import decode_maskrcnn
from siseon.models.decoders.masks import paint
from siseon.models.decoders.nanodet import decode_nanodet
from siseon.models.decoders.nms import suppress
from siseon.models.decoders.shapes import shapes_of
from siseon.models.decoders.yolov8 import decode_yolov8
from siseon.models.decoders.yolox import decode_yolox

__all__ = [
    "Candidates",
    "decode_centerface",
    "decode_classes",
    "decode_detections",
    "decode_detr",
    "decode_maskrcnn",
    "decode_nanodet",
    "decode_yolov8",
    "decode_yolox",
    "paint",
    "probabilities",
    "shapes_of",
    "suppress",
]
