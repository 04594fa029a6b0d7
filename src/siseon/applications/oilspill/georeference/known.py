"""The facts of a frame that a pose is made of: where they come from, and the reason why one is missing."""

from __future__ import annotations

from siseon.applications.oilspill.contracts import FactName, Metadata, Source


class Unknown(Exception):
    """A pose cannot be made; its text is for a person."""


class Missing(Unknown):
    """Something that it needs is not known; nothing contradicts what is."""


class Known:
    """Facts by name; remembers the sources of those that were used."""

    def __init__(self, metadata: Metadata) -> None:
        self._metadata = metadata
        self.used: dict[FactName, Source] = {}

    def get(self, name: FactName) -> float | None:
        """The value of a fact, which counts as used."""
        fact = self._metadata.facts.get(name)
        if fact is None:
            return None
        self.used[name] = fact.source
        return fact.value

    def pair(self, one: FactName, other: FactName) -> tuple[float, float] | None:
        """Both values, or None where one is not known."""
        first, second = self.get(one), self.get(other)
        return None if first is None or second is None else (first, second)

    def has(self, *names: FactName) -> bool:
        """Whether all of them are known."""
        return all(name in self._metadata.facts for name in names)

    def sources(self, *names: FactName) -> tuple[Source, ...]:
        """Of those of them that were used."""
        return tuple(self.used[name] for name in names if name in self.used)

    def why(self, *names: FactName) -> str:
        """In brackets, what was refused of them; nothing where none was."""
        reasons: dict[str, list[str]] = {}
        for fact in self._metadata.refused:
            if fact.name in names:
                detail = f", {fact.detail}" if fact.detail else ""
                reasons.setdefault(fact.reason.replace("_", " ") + detail, []).append(fact.name)
        said = []
        for reason, of in reasons.items():
            each = list(dict.fromkeys(of))
            said.append(f"{' and '.join(each)} {'was' if len(each) == 1 else 'were'} refused: {reason}")
        return f" ({'; '.join(said)})" if said else ""
