"""What goes in comes out: nested, of every layout, and frames as the same frames."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from ml_dtypes import bfloat16

from siseon.contracts import Boxes, Crop, Encoded, Frame, Image
from siseon.engine.placement.processes.arena import Arena, Ref
from siseon.engine.placement.processes.parcel import LARGE_BYTES, Parcel, Parcels

LARGE = 2 * LARGE_BYTES


class Wire:
    """Two ends with an arena between them; ``room`` is whether it has any."""

    def __init__(self, *, room: bool = True) -> None:
        self.arena = Arena(0, 64 << 20)
        self.ours, self.theirs = Parcels(0), Parcels(1)
        self.room = room
        self.parcel: Parcel

    def _place(self, data: Any) -> Ref | None:
        put = self.arena.put(data, "call") if self.room else None
        return put and put[0]

    def there(self, value: object) -> Any:
        return self._over(value, self.ours, self.theirs)

    def back(self, value: object) -> Any:
        return self._over(value, self.theirs, self.ours)

    def _over(self, value: object, one: Parcels, other: Parcels) -> object:
        self.parcel = one.pack(value, self._place)
        buffers = [
            one if isinstance(one, Ref) else self._through_the_socket(one) for one in self.parcel.buffers
        ]
        return other.unpack(self.parcel.stream, buffers, lambda ref: self.arena.show(ref, "view"))

    @staticmethod
    def _through_the_socket(data: Any) -> Any:
        came = data.copy()
        came.setflags(write=False)  # as channel.py makes it
        return came


@dataclass
class Pair:
    left: object
    right: object


STRANGE = {
    "0 bytes": np.zeros((0, 3), np.float32),
    "no axis": np.array(7.5),
    "gaps": np.arange(4 * LARGE, dtype=np.uint8).reshape(2, -1)[:, ::3],
    "backwards": np.arange(LARGE, dtype=np.uint16)[::-1],
    "columns first": np.asfortranarray(np.arange(2 * LARGE, dtype=np.int64).reshape(16, -1)),
    "turned": np.arange(LARGE, dtype=np.uint8).reshape(4, 64, -1).transpose(2, 0, 1),
    "broadcast": np.broadcast_to(np.float32(3), (LARGE,)),
    "dates": np.arange(LARGE).astype("datetime64[s]"),
    "big-endian": np.arange(LARGE, dtype=">i4"),
    "named fields": np.ones(LARGE, dtype=[("x", np.float32), ("name", "S5")]),
    "texts": np.array(["a", "bb"] * LARGE),
    "bools": np.ones(LARGE, bool),
    "2-byte floats of another package": np.arange(LARGE).astype(bfloat16),
    "in named fields": np.ones(LARGE, dtype=[("x", bfloat16)]),
    "no bytes": np.zeros(LARGE, "S0"),
}


@pytest.mark.parametrize("room", [True, False], ids=["shared", "no room"])
@pytest.mark.parametrize("name", STRANGE)
def test_arrays_of_every_kind_cross(name, room):
    array = STRANGE[name]
    came = Wire(room=room).there([array])[0]
    assert came.dtype == array.dtype
    assert came.shape == array.shape
    assert (came == array).all()
    assert not came.flags.writeable
    if array.size > 1 and array.flags.f_contiguous and array.ndim > 1:
        assert came.flags.f_contiguous


def test_arrays_of_objects_cross_by_pickle():
    array = np.array([{"a": 1}, None, "text", (1, 2)], dtype=object)
    wire = Wire()
    came = wire.there(array)
    assert came.tolist() == array.tolist()
    assert wire.parcel.buffers == []


def test_what_is_nested_crosses_by_reference():
    pixels = np.random.default_rng(1).integers(0, 256, (100, 200, 3), np.uint8)
    image, upload = Image.from_array(pixels, "a.png"), Encoded(pixels.tobytes(), "b.jpg")
    value = {"pair": Pair((image, [upload]), {"deep": [pixels.astype(np.float32)]}), "number": 3}
    wire = Wire()
    came = wire.there(value)
    assert (came["pair"].left[0].pixels == pixels).all()
    assert came["pair"].left[1][0] == upload
    assert type(came["pair"].left[1][0].data) is bytes
    assert (came["pair"].right["deep"][0] == pixels).all()
    assert all(isinstance(one, Ref) for one in wire.parcel.buffers)
    assert len(wire.parcel.stream) < 2000
    assert wire.parcel.copied_bytes == len(wire.parcel.stream) + len(upload.data)


def test_what_finds_no_room_is_copied_and_counted():
    wire = Wire(room=False)
    array = np.ones(LARGE, np.uint8)
    assert (wire.there([array, array])[1] == 1).all()
    assert wire.parcel.copied_bytes == len(wire.parcel.stream) + LARGE


def test_one_object_that_is_held_twice_stays_one():
    array, data = np.ones(LARGE, np.uint8), b"x" * LARGE
    wire = Wire()
    came = wire.there([array, data, array, data])
    assert came[0] is came[2]
    assert came[1] is came[3]
    assert len(wire.parcel.buffers) == 2


@settings(deadline=None, max_examples=60)
@given(
    hnp.arrays(
        dtype=st.one_of(hnp.scalar_dtypes(), hnp.array_dtypes()),
        shape=hnp.array_shapes(min_dims=0, min_side=0, max_dims=3),
    )
)
def test_any_array_crosses(array):
    came = Wire().there(array)
    assert came.dtype == array.dtype
    assert came.tobytes() == array.tobytes()
    assert came.shape == array.shape


def test_a_frame_that_comes_back_is_the_one_that_was_sent():
    image = Image.from_array(np.zeros((60, 80, 3), np.uint8))
    wire = Wire()
    there = wire.there([image.crop(0, 0, 40, 40), Crop(3, image)])
    assert there[0].frame.parent is there[1].image.frame
    back = wire.back({"letterbox": there[0].frame.letterbox(20, 20), "root": there[1].image.frame})
    assert back["root"] is image.frame
    assert back["letterbox"].root_frame is image.frame
    again = wire.there(back["letterbox"])
    assert again.root_frame is there[1].image.frame
    assert again.content == back["letterbox"].content


def test_geometry_maps_back_after_the_crossing():
    frame = Frame.root(640, 480)
    letterbox = frame.letterbox(320, 320)
    wire = Wire()
    boxes = wire.there(Boxes(np.array([[10, 50, 30, 70]], np.float32), letterbox))
    back = wire.back(boxes).to(frame)
    expected = Boxes(np.array([[10, 50, 30, 70]], np.float32), letterbox).to(frame)
    assert (back.xyxy == expected.xyxy).all()


def test_frames_are_forgotten_with_their_last_holder():
    wire = Wire()
    for _ in range(100):
        wire.there(Frame.root(4, 4).crop(0, 0, 2, 2))
    assert len(wire.ours.frames._frames) == len(wire.theirs.frames._frames) == 0


@pytest.mark.parametrize("data", [b"", b"\x80\x05garbage", pickle.dumps(1)[:-1], bytes(100)], ids=range(4))
def test_bytes_that_are_no_parcel_raise(data):
    with pytest.raises((EOFError, pickle.UnpicklingError)):
        Parcels(0).unpack(data, [], lambda ref: np.zeros(0, np.uint8))
