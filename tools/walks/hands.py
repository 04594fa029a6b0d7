"""Two hands for the console: keys alone, and a pointer. What is done with either is written once, in ``tasks.py``.

The hand with keys goes to a thing with Tab as a person does, and looks at each place where it stops: whether one sees
that the focus is there, and whether what has it is in sight, not cut off at a side and not behind something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from playwright.async_api import Locator, Page, Position

MOST_TABS = 200
"""To one thing."""
STOP = """
(goal) => {
  const at = document.activeElement, wanted = goal.control ?? goal, main = document.getElementById("main");
  const follows = Boolean(at.compareDocumentPosition(wanted) & Node.DOCUMENT_POSITION_FOLLOWING);
  const skips = at.className === "skip" && main.contains(wanted);
  const said = { there: at === wanted, before: at === document.body || follows, skips };
  if (at === document.body || at === main) return said;
  const name = at.getAttribute("aria-label") || at.labels?.[0]?.innerText || at.innerText || at.id;
  const fault = (what) => ({ ...said, fault: `${at.localName} "${name.trim().slice(0, 60)}": ${what}` });
  const shown = at.getBoundingClientRect().width < 3 ? at.closest("label") ?? at : at;
  const ring = (each) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1;
  };
  const around = [at, at.parentElement, at.parentElement?.parentElement, at.closest("article")];
  // Buttons of a video have rings of their own, which are not to be asked for.
  const seen = at.controls || around.some((each) => each && ring(each));
  if (!seen) return fault("one does not see that it has the focus");
  const { left, right, top, bottom, width, height } = shown.getBoundingClientRect();
  if (!width || !height) return fault("it has no size");
  if (left < -1 || right > innerWidth + 1) return fault(`it is cut off: from ${left} to ${right} of ${innerWidth}`);
  if (top > innerHeight || bottom < 0) return fault("it is out of sight");
  const middle = [(left + right) / 2, (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2];
  const over = document.elementFromPoint(...middle);
  const is_own = !over || shown.contains(over) || over.contains(shown) || at.closest("svg")?.contains(over);
  return is_own ? said : fault(`${over.outerHTML.slice(0, 60)} is before it`);
}
"""


class Hand(Protocol):
    """What a person can do with a page."""

    page: Page
    name: str
    counted: int
    """Keys or clicks so far; what is typed into a field does not count."""

    async def press(self, what: Locator) -> None:
        """A button, a link, a box to tick."""

    async def write(self, what: Locator, text: str) -> None:
        """Into a field, in place of what stands there."""

    async def choose(self, what: Locator, option: str) -> None:
        """One of a list, by its words."""

    async def give(self, what: Locator, *files: Path) -> None:
        """Files, to a button that asks for them."""

    async def use(
        self, keyed: Locator, keys: Sequence[str], clicked: Locator, at: Position | None = None
    ) -> None:
        """A thing that has keys of its own, or a place to click."""


class Keys:
    """Tab and Shift+Tab, Enter, Space, arrows."""

    name = "keys"

    def __init__(self, page: Page) -> None:
        self.page, self.counted = page, 0
        self.faults: list[str] = []
        """Of the places where it has stopped."""
        page.on("filechooser", lambda _: None)  # asked for in time, it comes to us

    async def reach(self, what: Locator) -> None:
        """To it, from where the focus is now.

        Raises:
            AssertionError: no key leads there.
        """
        for pressed in range(MOST_TABS):
            stop = await what.evaluate(STOP)
            if pressed and (fault := stop.get("fault")):
                self.faults.append(fault)
            if stop["there"]:
                return
            await self._key("Enter" if stop["skips"] else "Tab" if stop["before"] else "Shift+Tab")
        raise AssertionError(f"{what} is not reached by {MOST_TABS} keys")

    async def press(self, what: Locator) -> None:
        """Enter; Space where it is a box to tick."""
        await self.reach(what)
        is_box = await what.evaluate("(each) => (each.control ?? each).type === 'checkbox'")
        await self._key("Space" if is_box else "Enter")

    async def write(self, what: Locator, text: str) -> None:
        """In place of what stands there."""
        await self.reach(what)
        await self.page.keyboard.press("Control+A")
        await self.page.keyboard.type(text)

    async def choose(self, what: Locator, option: str) -> None:
        """By arrows."""
        await self.reach(what)
        by = await what.evaluate(
            "(list, option) => [...list.options].findIndex((one) => one.label === option) - list.selectedIndex",
            option,
        )
        for _ in range(abs(by)):
            await self._key("ArrowDown" if by > 0 else "ArrowUp")

    async def give(self, what: Locator, *files: Path) -> None:
        """Enter opens the choice of files."""
        await self.reach(what)
        async with self.page.expect_file_chooser() as asked:
            await self._key("Enter")
        await (await asked.value).set_files(list(files))

    async def use(
        self, keyed: Locator, keys: Sequence[str], clicked: Locator, at: Position | None = None
    ) -> None:
        """Its own keys."""
        await self.reach(keyed)
        for key in keys:
            await self._key(key)

    async def _key(self, key: str) -> None:
        await self.page.keyboard.press(key)
        self.counted += 1


class Pointer:
    """Clicks."""

    name = "clicks"

    def __init__(self, page: Page) -> None:
        self.page, self.counted = page, 0
        page.on("filechooser", lambda _: None)

    async def press(self, what: Locator) -> None:
        """One click."""
        await what.click()
        self.counted += 1

    async def write(self, what: Locator, text: str) -> None:
        """Into the field that was clicked."""
        await self.press(what)
        await what.fill(text)

    async def choose(self, what: Locator, option: str) -> None:
        """The list and one of it, which a browser draws itself."""
        await what.select_option(label=option)
        self.counted += 2

    async def give(self, what: Locator, *files: Path) -> None:
        """The button, and the file in the browser's own window."""
        async with self.page.expect_file_chooser() as asked:
            await what.click()
        await (await asked.value).set_files(list(files))
        self.counted += 2

    async def use(
        self, keyed: Locator, keys: Sequence[str], clicked: Locator, at: Position | None = None
    ) -> None:
        """One click where it is; in its middle, if nothing else is said."""
        await clicked.click(position=at, force=True)
        self.counted += 1
