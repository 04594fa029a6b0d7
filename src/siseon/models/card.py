"""The card of a model: what its weights are, where they come from, what goes in and what comes out.

A card is a ``card.toml`` beside the weights or an entry of the built-in catalogue. Unknown keys are refused:
a misspelt ``mean`` must not silently become the default.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    ValidationError,
    field_validator,
    model_validator,
)

from siseon.contracts import FailureCode, InputError, ModelError
from siseon.contracts.words import words_of

Task = Literal[
    "detect",
    "classify",
    "embed",
    "reidentify",
    "pose",
    "text-detect",
    "text-recognize",
    "text-orientation",
    "inpaint",
    "segment",
    "tensors",
]
"""``embed``: what a picture shows as one vector, for comparison; ``reidentify``: the same of a person's looks;
``pose``: the points of one body; ``inpaint``: a picture and a mask make a picture;
``segment``: the class of each pixel;
``tensors``: nothing is known but the network; it answers tensors with tensors."""
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Triple = tuple[float, float, float]
Of255 = Annotated[int, Field(ge=0, le=255)]
Colour = tuple[Of255, Of255, Of255]
"""Red, green and blue."""

NOT_STATED = "NOASSERTION"
"""SPDX's word for a licence that nobody has stated."""
LONGEST_NAME = 200
"""Bytes of a file's name: file systems take 255, and a pull appends to it."""
LONGEST_SIDE = 8192
"""Pixels of a network's input: each picture is made that large."""
WEIGHT_SUFFIXES = (".onnx", ".txt", ".json")
"""Kinds of file that a card may name: nothing that runs code when it is read (no pickles)."""


NAME = r"^[a-z0-9][a-z0-9.-]{0,63}$"
"""Small letters, digits, dots and hyphens, 64 at most."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class WeightSource(_Strict):
    """One place that has a file: an HTTPS address, or a path inside an installed package."""

    url: str | None = None
    package: str | None = None
    path: str | None = None
    install: str | None = None
    """Words after ``pip install`` that get the package, where its own name would not do."""

    @model_validator(mode="after")
    def _one_kind(self) -> WeightSource:
        if (self.url is None) == (self.package is None) or (self.package is None) != (self.path is None):
            raise ValueError("a source is either a url, or a package with a path")
        if self.url is not None and not self.url.startswith("https://"):
            raise ValueError(f"{self.url} is not an https address")
        return self


class WeightFile(_Strict):
    """One file of a model. Without a published ``sha256`` the first pull pins it."""

    name: str
    sha256: Sha256 | None = None
    size: int | None = Field(default=None, ge=1)
    """Bytes."""
    sources: tuple[WeightSource, ...] = ()

    @field_validator("name")
    @classmethod
    def _plain_name(cls, name: str) -> str:
        if not name.isprintable() or len(name.encode()) > LONGEST_NAME:
            raise ValueError(f"{name[:40]!r} must be of printable characters, {LONGEST_NAME} bytes at most")
        if PurePosixPath(name).name != name or "\\" in name:
            raise ValueError(f"{name!r} must be a file name without folders")
        if not name.endswith(WEIGHT_SUFFIXES):
            raise ValueError(f"{name!r} must end in one of {', '.join(WEIGHT_SUFFIXES)}")
        return name


class InputSpec(_Strict):
    """How a picture becomes the network's input. Mean and std apply to values 0–255, in ``colour`` order."""

    width: int | None = Field(default=None, ge=1, le=LONGEST_SIDE)
    """Pixels; None where the network takes any."""
    height: int | None = Field(default=None, ge=1, le=LONGEST_SIDE)
    resize: Literal["letterbox", "stretch", "center_crop", "none"] = "stretch"
    anchor: Literal["center", "top_left"] = "center"
    """Where a letterbox puts the picture."""
    pad: float | Literal["mean"] = 114.0
    """Value of a letterbox's padding, 0–255; ``mean`` is what becomes 0."""
    crop_fraction: float = Field(default=1.0, ge=0.1, le=1.0)
    """Share of the centre that ``center_crop`` keeps."""
    interpolation: Literal["bilinear", "bicubic", "area", "nearest"] = "bilinear"
    colour: Literal["RGB", "BGR", "grey"] = "RGB"
    """``grey``: one channel; mean and std are then the first of their three."""
    mean: Triple = (0.0, 0.0, 0.0)
    std: Triple = (1.0, 1.0, 1.0)
    layout: Literal["NCHW", "NHWC", "CHW"] = "NCHW"
    """``CHW``: the network takes one picture, without a batch axis."""
    dynamic_batch: bool = True
    """Whether the weights take batches of any size."""
    open_sizes: bool = False
    """Whether the file fixes a batch, height and width that the network does not need: they are opened at load."""
    open_sides: PositiveInt | None = None
    """The network takes, though the file does not say so, any width and height up to those above that are multiples of
    so many pixels: who asks for a picture that is not square may leave the padding out. On a CPU."""

    @model_validator(mode="after")
    def _one_picture_at_a_time(self) -> InputSpec:
        if self.layout == "CHW" and self.dynamic_batch:
            raise ValueError("layout CHW has no batch axis: state dynamic_batch = false")
        return self

    @field_validator("std")
    @classmethod
    def _no_zero(cls, std: Triple) -> Triple:
        if 0.0 in std:
            raise ValueError("std must not be zero")
        return std


class OutputSpec(_Strict):
    """Which decoder reads the outputs, and its parameters."""

    decoder: Literal[
        "yolox",
        "yolov8",
        "nanodet",
        "detr",
        "maskrcnn",
        "centerface",
        "blazeface",
        "ultraface",
        "movenet",
        "logits",
        "embedding",
        "db",
        "ctc",
        "orientation",
        "picture",
        "class_map",
        "none",
    ]
    strides: tuple[int, ...] = ()
    scores: tuple[str, ...] = ()
    """Names of the outputs with scores or logits, where there are several (one a stride)."""
    boxes: tuple[str, ...] = ()
    """Names of the outputs with boxes or distances, in the order of ``scores``."""
    classes: tuple[str, ...] = ()
    """Name of the output with class numbers, where it is one of its own (``maskrcnn``)."""
    masks: tuple[str, ...] = ()
    """Name of the output with prototypes (``yolov8``) or masks; found by its four axes when absent."""
    features: str = ""
    """Name of the tensor inside the network that is made its only output at load (``embedding``); empty where the
    network's first output is the vector."""
    activation: Literal["sigmoid", "softmax", "none"] = "sigmoid"
    """What makes probabilities of the outputs; ``none`` where they are probabilities already."""
    first_class: int = Field(default=0, ge=0)
    """Index of the first real class in the logits or class numbers: 1 where 0 is background."""
    white: float = Field(default=255.0, gt=0)
    """Value of a white pixel in an output that is a picture (``picture``): 1 or 255 in most exports."""
    decoded: bool = False
    """Whether a YOLOX export has its grid already applied."""
    palette: tuple[Colour, ...] = ()
    """Colours of the labels (``class_map``), in their order, where masks are to be seen in the network's own."""


class ModelCard(_Strict):
    """All there is to know about a model, apart from its weights."""

    name: str = Field(pattern=NAME)
    version: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*$", max_length=64)
    """A part of paths and addresses, as the name is."""
    task: Task
    description: str = ""
    licence: str
    """SPDX expression of the weights."""
    origin: str = ""
    """Who made the weights and where they were published."""
    files: tuple[WeightFile, ...] = Field(min_length=1)
    input: InputSpec = InputSpec()
    output: OutputSpec
    labels: str | tuple[str, ...] = ()
    """Name of a built-in label map (``coco80``, ``coco90``, ``imagenet1k``) or the labels themselves."""


CARD_BOUNDS = {".": 2000, "=": 2000, "[": 2000, "{": 2000}
"""The parser keeps every beginning of a dotted key: 200 kB of ``a.a.a`` were 12.9 GB. Labels may be as many as there
are; what makes tables may not."""


def is_model_name(name: str) -> bool:
    """Whether a model may be called so."""
    return re.fullmatch(NAME, name) is not None


def load_card(path: Path) -> ModelCard:
    """Read a ``card.toml``.

    Raises:
        ModelError: ``model_load_failed`` with the file, the field and the rule it broke.
    """
    try:
        return parse_card(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, InputError) as error:
        raise ModelError(
            f"the model card {path} cannot be used: {error}",
            code=FailureCode.model_load_failed,
            hint="mend the card, or take its folder off SISEON_MODEL_PATH",
        ) from None


def parse_card(text: str) -> ModelCard:
    """Read a card's text, which a stranger may have written.

    Raises:
        InputError: the field and the rule that it broke.
    """
    for sign, most in CARD_BOUNDS.items():
        if text.count(sign) > most:
            raise InputError(f"the card has {text.count(sign)} {sign!r}, the limit is {most}")
    try:
        return ModelCard.model_validate(tomllib.loads(text))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "card"
        raise InputError(f"{field}: {words_of(first)}") from None
    except ValueError as error:  # TOMLDecodeError is one, and so is a number of more digits than Python reads
        raise InputError(str(error)) from None
    except RecursionError:
        raise InputError("the card is nested too deeply") from None
