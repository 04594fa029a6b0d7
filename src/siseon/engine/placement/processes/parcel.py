"""Objects on their way between the parent and its worker: a pickle without the large bytes, and the bytes beside it.

Why pickle: both ends are this program, the parent has started the worker itself, and they talk over a socket pair that
only the two have inherited; it has no name or address that anybody could connect to. Bytes from strangers travel as the
contents of ``bytes`` and arrays, never as a pickle. It is the standard library's way to carry every Python object. A
worker is a fence against crashes, not against an attacker who has taken it over: it runs as the same user.

Arrays come out read-only, small ones too, so that a stage that writes into its input fails in its first test and not
with the first large picture. ``Frame`` is compared by identity: one that comes back is the one that was sent.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

import numpy as np

from siseon.contracts import Frame
from siseon.engine.placement.processes.arena import Ref
from siseon.engine.placement.processes.segment import Bytes

LARGE_BYTES = 32 << 10
"""From here on bytes are worth a slot; below, a copy through the socket costs less than the books."""
PROTOCOL = 5

Place = Callable[[Bytes], Ref | None]
"""Finds or makes a place in shared memory; None when there is no room: the bytes are copied through the socket."""
Fetch = Callable[[Ref], Bytes]


@dataclass(slots=True)
class Parcel:
    """One object, packed."""

    stream: bytes
    buffers: list[Ref | Bytes]
    """References, and bytes that travel by themselves."""
    copied_bytes: int
    """What goes through the socket, and what the other end must copy because it is ``bytes``."""


class Parcels:
    """One end of a connection: packs, unpacks, and knows the frames that both ends know."""

    def __init__(self, first: int, load_main: Callable[[], None] | None = None) -> None:
        """Args:
        first: the two ends number their frames from 0 and from 1, in steps of two.
        load_main: called before something of ``__main__`` is looked for, where that is another program's.
        """
        self.frames = _Frames(first)
        self.load_main = load_main

    def pack(self, value: object, place: Place) -> Parcel:
        """Pack one object.

        Raises:
            Exception: whatever pickle, or a class's own way to be pickled, raises.
        """
        file = io.BytesIO()
        packer = _Packer(file, place, self.frames)
        packer.dump(value)
        stream = file.getvalue()
        return Parcel(stream, packer.buffers, packer.copied_bytes + len(stream))

    def unpack(self, stream: bytes | memoryview, buffers: Sequence[Ref | Bytes], fetch: Fetch) -> object:
        """The object of a parcel.

        Raises:
            Exception: whatever unpickling raises: a class that is not there, bytes that are no pickle, a stale
                reference.
        """
        return _Unpacker(io.BytesIO(stream), buffers, fetch, self).load()


class _Frames:
    """Frames by number; forgotten with the last who holds one."""

    def __init__(self, first: int) -> None:
        self._next = first
        self._numbers: WeakKeyDictionary[Frame, int] = WeakKeyDictionary()
        self._frames: WeakValueDictionary[int, Frame] = WeakValueDictionary()

    def number(self, frame: Frame) -> int:
        """Its number, a new one at the first time."""
        number = self._numbers.get(frame)
        if number is None:
            number, self._next = self._next, self._next + 2
            self._know(number, frame)
        return number

    def frame(self, number: int, make: Callable[[], Frame]) -> Frame:
        """The frame of that number, made if this end has none."""
        frame = self._frames.get(number)
        if frame is None:
            frame = make()
            self._know(number, frame)
        return frame

    def _know(self, number: int, frame: Frame) -> None:
        self._numbers[frame] = number
        self._frames[number] = frame


class _Packer(pickle.Pickler):
    def __init__(self, file: io.BytesIO, place: Place, frames: _Frames) -> None:
        super().__init__(file, PROTOCOL)
        self.buffers: list[Ref | Bytes] = []
        self.copied_bytes = 0
        self._place = place
        self._frames = frames
        self._left_out: dict[int, tuple[object, int]] = {}
        """What does not go through pickle, by ``id``, each kept alive so that its ``id`` stays its own."""

    def persistent_id(self, obj: Any) -> object:
        kind = type(obj)
        if kind is np.ndarray:
            if obj.dtype.hasobject:
                return None
        elif kind is bytes:
            if len(obj) < LARGE_BYTES:
                return None
        elif kind is not Frame:
            return None
        known = self._left_out.get(id(obj))
        if known is not None:
            return known[1], None
        number = len(self._left_out)
        self._left_out[id(obj)] = obj, number
        if kind is Frame:
            return number, self._frame(obj)
        if kind is bytes:
            self.copied_bytes += len(obj)
            return number, ("bytes", self._put(np.frombuffer(obj, np.uint8)))
        return number, self._array(obj)

    def _array(self, array: Any) -> object:
        order = "F" if array.flags.fnc else "C"
        flat = np.ascontiguousarray(array.T if order == "F" else array).reshape(
            -1
        )  # a copy where it has gaps
        data = flat.view(np.uint8) if array.nbytes else np.empty(0, np.uint8)
        # By its name only where that is all there is to it: a bfloat16 is "<V2" by name, two bytes of nothing.
        dtype = array.dtype.str if array.dtype.isbuiltin == 1 else array.dtype
        return "array", dtype, array.shape, order, self._put(data)

    def _put(self, data: Bytes) -> int | bytes:
        """Small bytes themselves; of large ones, their place among the buffers."""
        if len(data) < LARGE_BYTES:
            return data.tobytes()
        ref = self._place(data)
        if ref is None:
            self.copied_bytes += len(data)
        self.buffers.append(data if ref is None else ref)
        return len(self.buffers) - 1

    def _frame(self, frame: Frame) -> object:
        matrix = None if frame.to_parent is None else frame.to_parent.tobytes()
        state = frame.width, frame.height, frame.parent, matrix, frame.kind, frame.content
        return "frame", self._frames.number(frame), state


class _Unpacker(pickle.Unpickler):
    def __init__(
        self, file: io.BytesIO, buffers: Sequence[Ref | Bytes], fetch: Fetch, parcels: Parcels
    ) -> None:
        super().__init__(file)
        self._buffers = buffers
        self._fetch = fetch
        self._parcels = parcels
        self._known: dict[int, object] = {}

    def persistent_load(self, pid: Any) -> Any:
        number, what = pid
        if what is not None:
            self._known[number] = self._made(*what)
        return self._known[number]

    def find_class(self, module: str, name: str) -> Any:
        if module == "__main__" and self._parcels.load_main is not None:
            self._parcels.load_main()
        return super().find_class(module, name)

    def _made(self, kind: str, *state: Any) -> object:
        if kind == "bytes":
            return bytes(self._data(state[0]))
        if kind == "array":
            dtype, shape, order, place = state
            return np.ndarray(shape, dtype, self._data(place), order=order)
        number, (width, height, parent, matrix, name, content) = state

        def make() -> Frame:
            to_parent = None if matrix is None else np.frombuffer(matrix, np.float64).reshape(3, 3)
            return Frame(width, height, parent, to_parent, name, content)

        return self._parcels.frames.frame(number, make)

    def _data(self, place: int | bytes) -> Bytes | bytes:
        if isinstance(place, bytes):
            return place
        buffer = self._buffers[place]
        return self._fetch(buffer) if isinstance(buffer, Ref) else buffer
