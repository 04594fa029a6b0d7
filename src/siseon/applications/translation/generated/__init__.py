"""Posters and comic pages of which everything is known: the clean ground, every letter's place, text and translation."""

from siseon.applications.translation.generated.page import Block, Page, Split
from siseon.applications.translation.generated.pages import page, pages

__all__ = ["Block", "Page", "Split", "page", "pages"]
