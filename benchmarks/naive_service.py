"""The vision service that tutorials teach: FastAPI, Pillow and onnxruntime, one request at a time. For comparison.

The same models as siseon's ``inspection`` (YOLOX-Nano, then EfficientNet-Lite0 on each object), and the same
preprocessing. Its faults are those that such tutorials really have; `siseon review` finds them:

1. Inference runs inside ``async def``: while it computes, the event loop does nothing else, the health probe too.
2. Nothing catches what Pillow raises: a truncated or empty upload is a 500, and so is one without a content type.
3. ``np.stack`` of no crops: a picture without objects is a 500.
4. EXIF orientation is ignored: boxes of a phone's portrait photo belong to the picture lying on its side.
5. Boxes are not clamped to the picture.
6. ``convert("RGB")`` of 16-bit grey clips it to white, and shows what a picture hides as transparent.
7. No limit on the upload, the pixels, or the time; work goes on for clients that have gone.
8. The answer has no response model: OpenAPI says nothing of it; errors have a text and no code.

Run: ``cd benchmarks && uvicorn naive_service:app`` with the weights' folder in ``SISEON_MODEL_PATH``.
"""

import io
import os
import time
from pathlib import Path

import numpy as np
import onnxruntime as ort
from fastapi import FastAPI, File, HTTPException, UploadFile
from PIL import Image

from siseon.models.labels import built_in_labels
from siseon.models.outputs.yolox import interpret_yolox

SIZE = 416  # pixels, side of the detector's input
CROP = 224  # pixels, side of the classifier's input
MIN_CROP = 32  # pixels, smaller objects are not classified
PERSON = 0  # COCO's number; ImageNet has no class for people

folder = Path(os.environ["SISEON_MODEL_PATH"].split(os.pathsep)[0])
detector = ort.InferenceSession(folder / "yolox_nano.onnx", providers=["CPUExecutionProvider"])
classifier = ort.InferenceSession(folder / "efficientnet_lite0.onnx", providers=["CPUExecutionProvider"])
coco = built_in_labels("coco80")
imagenet = built_in_labels("imagenet1k")

app = FastAPI(title="Naive vision service")


@app.get("/healthz")
async def healthz():
    return {"status": "ok"}


@app.post("/detect")
async def detect(file: UploadFile = File(...)):  # noqa: B008 - as FastAPI's own documentation writes it
    if not file.content_type.startswith("image/"):
        raise HTTPException(status_code=400, detail="File must be an image")
    start = time.perf_counter()
    image = Image.open(io.BytesIO(await file.read())).convert("RGB")
    boxes, scores, class_ids = find_objects(image)
    large = [
        i
        for i, ((x1, y1, x2, y2), k) in enumerate(zip(boxes, class_ids, strict=True))
        if min(x2 - x1, y2 - y1) >= MIN_CROP and k != PERSON
    ]
    labels = classify([image.crop(tuple(map(round, boxes[i]))) for i in large])
    return {
        "image_id": file.filename,
        "detections": [
            {"box": box, "score": score, "class_id": k, "class_name": coco[k], "mask": None}
            for box, score, k in zip(boxes, scores, class_ids, strict=True)
        ],
        "classifications": [
            {"detection_index": i, "class_id": k, "class_name": imagenet[k], "score": score}
            for i, (k, score) in zip(large, labels, strict=True)
        ],
        "inference_ms": (time.perf_counter() - start) * 1000,
    }


def find_objects(image):
    """Boxes in pixels of the image, scores and class ids."""
    ratio = min(SIZE / image.width, SIZE / image.height)
    small = image.resize((round(image.width * ratio), round(image.height * ratio)), Image.Resampling.BILINEAR)
    padded = np.full((SIZE, SIZE, 3), 114, dtype=np.uint8)
    padded[: small.height, : small.width] = np.array(small)[:, :, ::-1]  # the network wants BGR
    batch = padded.transpose(2, 0, 1)[None].astype(np.float32)
    (output,) = detector.run(None, {detector.get_inputs()[0].name: batch})
    (found,) = interpret_yolox(output, width=SIZE, height=SIZE, score_threshold=0.25, iou=0.65)
    return (found.xyxy / ratio).tolist(), found.scores.tolist(), found.class_ids.tolist()


def classify(crops):
    """The best class of each crop and its probability."""
    arrays = [np.array(crop.resize((CROP, CROP), Image.Resampling.BILINEAR)) for crop in crops]
    batch = (np.stack(arrays).astype(np.float32) - 127) / 128
    (logits,) = classifier.run(None, {classifier.get_inputs()[0].name: batch.transpose(0, 3, 1, 2)})
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = weights / weights.sum(axis=1, keepdims=True)
    best = probabilities.argmax(axis=1)
    return [(int(k), float(p[k])) for k, p in zip(best, probabilities, strict=True)]
