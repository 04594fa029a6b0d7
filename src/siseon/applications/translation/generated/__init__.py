"""Posters and comic pages of which everything is known: clean ground, places, texts and translations."""

from siseon.applications.translation.generated.page import Block, Page, Split
from siseon.applications.translation.generated.pages import page, pages

__all__ = ["Block", "Page", "Split", "page", "pages"]
