"""What axe-core finds on a page (``npm install --prefix tests/console``)."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).parents[2] / "tests" / "console" / "node_modules" / "axe-core" / "axe.min.js"
OPTIONS = "{resultTypes: ['violations'], preload: {assets: ['media']}}"
"""Style sheets are loaded again for rules that are still tried out by axe, and do not run."""


async def serious(page: Page) -> list[str]:
    """What is serious or worse."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate(f"axe.run(document, {OPTIONS})")
    return [
        f"{each['id']} ({each['impact']}): {node['html'][:200]} {node['failureSummary'][:300]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
