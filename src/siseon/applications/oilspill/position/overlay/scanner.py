"""A cursor over one line of burned-in text: it moves on and never back, so that no text costs more than its length."""

from __future__ import annotations

from dataclasses import dataclass

MAX_TEXT = 64
"""Characters of a field; longer ones are not looked at."""
ZEROS = "0OQDØΘθ○〇@①◎⊙"
TWINS = str.maketrans(
    dict.fromkeys(ZEROS, "0") | {"I": "1", "L": "1", "|": "1", "!": "1", "S": "5", "Z": "2", "/": "7"}
)
"""What a recogniser takes digits for, where only a digit can stand. B is not 8: a dotted or slashed zero gives it
too."""
DEGREES = "°º˚*'`’′"
"""A degree sign and what is read of one."""
_SAME = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "：": ":", "．": ".", "，": ",", "·": ".", "”": '"', "“": '"', "″": '"'}
    | dict.fromkeys(" \t_", None)
)


def tidied(text: str) -> str:
    """In capitals, without spaces, with one sign for each kind of dash, colon and quote; empty when it is too long."""
    return "" if len(text) > MAX_TEXT else text.translate(_SAME).upper()


@dataclass(slots=True)
class Scanner:
    """Takes what it is asked for from the front of a tidied text."""

    text: str
    at: int = 0

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.text)

    def one_of(self, signs: str) -> str:
        """The next sign if it is one of these, else nothing."""
        if self.done or self.text[self.at] not in signs:
            return ""
        self.at += 1
        return self.text[self.at - 1]

    def skip(self, signs: str) -> None:
        """Pass over any number of these."""
        while self.one_of(signs):
            pass

    def last(self) -> None:
        """Pass over one sign, whatever it is, if it is the last."""
        self.at += self.at + 1 == len(self.text)

    def word(self, *words: str) -> str:
        """The first of these that the text goes on with, else nothing."""
        for word in words:
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return word
        return ""

    def digits(self, most: int = 12) -> str:
        """The digits that follow, their look-alikes too, at most so many."""
        taken = ""
        while len(taken) < most and not self.done:
            sign = self.text[self.at].translate(TWINS)
            if not ("0" <= sign <= "9"):
                break
            taken += sign
            self.at += 1
        return taken

    def decimals(self, points: str = ".,", most: int = 12) -> str | None:
        """The digits behind a point, which may be read as two, at most so many; None without a point."""
        if not self.one_of(points):
            return None
        self.skip(points)
        return self.digits(most)
