"""Letters of five by seven dots, as character generators of turrets have them; a dot or a stroke parts 0 from O."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

COLUMNS, ROWS = 5, 7
LETTERS = MappingProxyType(
    {
        "0": "0E11151515110E", "1": "040C040404040E", "2": "0E11010204081F", "3": "1F02040201110E",
        "4": "02060A121F0202", "5": "1F101E0101110E", "6": "0608101E11110E", "7": "1F010204080808",
        "8": "0E11110E11110E", "9": "0E11110F01020C", "A": "0E11111F111111", "B": "1E11111E11111E",
        "C": "0E11101010110E", "D": "1E11111111111E", "E": "1F10101E10101F", "F": "1F10101E101010",
        "G": "0E11101711110F", "H": "1111111F111111", "I": "0E04040404040E", "J": "0702020202120C",
        "K": "11121418141211", "L": "1010101010101F", "M": "111B1515111111", "N": "11111915131111",
        "O": "0E11111111110E", "P": "1E11111E101010", "Q": "0E11111115120D", "R": "1E11111E141211",
        "S": "0F10100E01011E", "T": "1F040404040404", "U": "1111111111110E", "V": "11111111110A04",
        "W": "11111115151B11", "X": "11110A040A1111", "Y": "11110A04040404", "Z": "1F01020408101F",
        ":": "00040400040400", ".": "00000000000C0C", "-": "0000001F000000", "+": "0004041F040400",
        "°": "0C12120C000000", "'": "04040800000000", '"': "0A0A0A00000000", " ": "00000000000000",
    }
)  # fmt: skip
"""Seven rows from the top, each a byte in hexadecimal whose lowest five bits are dots."""
STROKED_ZERO = "0E11131519110E"


def letter(sign: str, *, stroked: bool = False) -> NDArray[np.uint8]:
    """(ROWS, COLUMNS) of 0 and 1.

    Raises:
        KeyError: there is no such letter.
    """
    code = STROKED_ZERO if stroked and sign == "0" else LETTERS[sign]
    rows = np.frombuffer(bytes.fromhex(code), np.uint8)
    return np.asarray((rows[:, None] >> np.arange(COLUMNS - 1, -1, -1)) & 1, np.uint8)
