"""The numbers that H.264 gives its pictures, by which one that never came is missed: FFmpeg fills the gap in silence.

Of each packet only the head of its first picture is read (ITU-T H.264, 7.3.2.1, 7.3.2.2, 7.3.3, 7.4.3). A picture that
others refer to has the number after the last such; what carries another one refers to what is not there.
"""

from __future__ import annotations

from dataclasses import dataclass

START = b"\0\0\1"
SLICE, KEY, SEQUENCE, PICTURE = 1, 5, 7, 8
"""Kinds of units: of a picture, of one that refers to none, and what is the same for many or for some pictures."""
HEAD_BYTES = 32
"""Of a slice, in which its number is."""
MOST_BYTES = 1 << 16
"""Of a packet that are looked at: before its picture may lie what a camera adds."""
MOST_SET_BYTES = 1 << 10
"""Of a parameter set."""
MOST_SEQUENCE, MOST_PICTURE = 31, 255
"""Highest numbers of parameter sets (7.4.2.1.1, 7.4.2.2); others say nothing."""
HIGH = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
"""Profiles whose sequences say more of their colours."""
AFTER_ALL_WERE_FORGOTTEN = (0, 1)
"""A picture may make a decoder forget all others, and counting begin again. It says so where it is not looked for."""
DOUBTED = 4
"""Key frames in a row, after all of which one was missing: the camera counts in its own way, and is not believed."""
BELIEVED = 16
"""Key frames in a row, after none of which one was missing: a camera that was in trouble is believed again, soon after
it has recovered; of one that counts in its own way there are not so many."""


@dataclass(frozen=True, slots=True)
class _Sequence:
    bits: int
    """Of a number, which begins again after the highest."""
    planes: bool
    """Whether a slice says of which colour it is."""
    gaps: bool
    """Whether numbers may be left out."""


class Numbers:
    """Of the pictures of one video, in the order of its packets."""

    def __init__(self, head: bytes = b"") -> None:
        """``head``: what is the same for all pictures, as the container has it."""
        self._sequences: dict[int, _Sequence] = {}
        self._pictures: dict[int, int] = {}
        """The sequence of each kind of picture."""
        self._last: int | None = None
        """Number of the last picture that others refer to; None where it is not known."""
        self._missed = False
        """Since the last key frame."""
        self._in_a_row = 0
        """Key frames, after all of which one was missing while the camera is believed, none while it is not."""
        self._believed = True
        self.missing(head)

    def missing(self, packet: bytes) -> bool:
        """Whether a picture should have come between the one before and the one in this packet, both in units that
        begin with a start code. What cannot be understood says nothing."""
        try:
            return self._look(packet[:MOST_BYTES])
        except IndexError:  # it ends too soon
            self._last = None
            return False

    def _look(self, data: bytes) -> bool:
        begin = data.find(START)
        while 0 <= begin < len(data) - 4:
            unit = begin + len(START)
            kind = data[unit] & 31
            if kind in (SLICE, KEY):
                return self._slice(kind, data[unit] >> 5 & 3, _Bits(data[unit + 1 : unit + HEAD_BYTES]))
            begin = data.find(START, unit)
            if kind in (SEQUENCE, PICTURE):
                end = len(data) if begin < 0 else begin
                bits = _Bits(data[unit + 1 : min(end, unit + MOST_SET_BYTES)])
                if kind == SEQUENCE:
                    number, sequence = _sequence(bits)
                    if number <= MOST_SEQUENCE:
                        self._sequences[number] = sequence
                else:
                    number, of = bits.natural(), bits.natural()
                    if number <= MOST_PICTURE:
                        self._pictures[number] = of
        if len(data) == MOST_BYTES:  # its picture may lie behind, and then the next one follows that
            self._last = None
        return False

    def _slice(self, kind: int, importance: int, bits: _Bits) -> bool:
        bits.natural(), bits.natural()  # where it begins, and its type
        sequence = self._sequences.get(self._pictures.get(bits.natural(), -1))
        if sequence is None:
            self._last = None
            return False
        if sequence.planes:
            bits.number(2)
        number, last = bits.number(sequence.bits), self._last
        if kind == KEY:
            self._judge()
        if importance or kind == KEY:
            self._last = number
        if kind == KEY or last is None or sequence.gaps:
            return False
        following = (last + 1) % (1 << sequence.bits)
        missing = number not in (last, following, *AFTER_ALL_WERE_FORGOTTEN)
        self._missed |= missing
        return missing and self._believed

    def _judge(self) -> None:
        """At a key frame, by what came since the one before."""
        self._in_a_row = self._in_a_row + 1 if self._missed is self._believed else 0
        self._missed = False
        if self._in_a_row >= (DOUBTED if self._believed else BELIEVED):
            self._believed, self._in_a_row = not self._believed, 0


class _Bits:
    """A unit, read bit by bit; what was put in lest it look like a start code is left out.

    Raises:
        IndexError: it has ended.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data.replace(b"\0\0\3", b"\0\0")
        self._at = 0

    def number(self, bits: int) -> int:
        """That many of them."""
        value = 0
        for _ in range(bits):
            value = value << 1 | self._data[self._at >> 3] >> (7 - self._at % 8) & 1
            self._at += 1
        return value

    def natural(self) -> int:
        """A number of any length, at most 32 bits (9.1)."""
        zeros = 0
        while not self.number(1):
            zeros += 1
            if zeros > 32:
                raise IndexError("a number is too long")
        return (1 << zeros) - 1 + self.number(zeros)

    def whole(self) -> int:
        """One with a sign."""
        value = self.natural()
        return (value + 1) // 2 if value % 2 else -(value // 2)


def _sequence(bits: _Bits) -> tuple[int, _Sequence]:
    """Its number, and what is said of it."""
    profile = bits.number(8)
    bits.number(16)
    number, planes = bits.natural(), False
    if profile in HIGH:
        colours = bits.natural()
        planes = colours == 3 and bool(bits.number(1))
        bits.natural(), bits.natural(), bits.number(1)
        if bits.number(1):
            for table in range(12 if colours == 3 else 8):
                _skip_table(bits, 16 if table < 6 else 64)
    long = bits.natural() + 4
    order = bits.natural()
    if order == 0:
        bits.natural()
    elif order == 1:
        bits.number(1), bits.whole(), bits.whole()
        for _ in range(min(bits.natural(), 255)):
            bits.whole()
    bits.natural()
    return number, _Sequence(min(long, 16), planes, bool(bits.number(1)))


def _skip_table(bits: _Bits, size: int) -> None:
    """Weights of a transform, where they are there (7.3.2.1.1.1)."""
    if not bits.number(1):
        return
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.whole()) % 256
        last = following or last
