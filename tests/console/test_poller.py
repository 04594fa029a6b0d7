"""One question for all pages, none without one, and silence where nothing has changed."""

from __future__ import annotations

import asyncio

from siseon.console.api import ApiFailure, Problem
from siseon.console.poller import Feed


class Source:
    def __init__(self) -> None:
        self.asked = 0
        self.value = 0
        self.failing = False

    async def ask(self) -> int:
        self.asked += 1
        if self.failing:
            raise ApiFailure(Problem(code="overloaded", detail="full", trace_id=str(self.asked)))
        return self.value


async def turns(source: Source, more: int) -> None:
    until = source.asked + more
    while source.asked < until:
        await asyncio.sleep(0)


async def test_fifty_pages_ask_once_and_are_told_only_what_has_changed() -> None:
    source = Source()
    feed = Feed(source.ask, 0.0)
    told: list[list[int | Problem]] = [[] for _ in range(50)]
    for news in told:
        feed.follow(id(news), news.append)
    await turns(source, 5)
    assert all(news == [0] for news in told)
    source.value = 1
    await turns(source, 3)
    assert all(news == [0, 1] for news in told)
    assert source.asked < 20
    await feed.close()


async def test_without_a_page_nothing_is_asked_and_the_next_page_gets_no_old_news() -> None:
    source = Source()
    feed = Feed(source.ask, 0.0)
    first: list[int | Problem] = []
    feed.follow("page", first.append)
    await turns(source, 2)
    feed.leave("page")
    asked, source.value = source.asked, 7
    for _ in range(10):
        await asyncio.sleep(0)
    assert source.asked == asked
    second: list[int | Problem] = []
    feed.follow("other", second.append)
    await turns(source, 2)
    assert second == [7]
    await feed.close()


async def test_the_same_failure_is_told_once_and_then_what_came_after_it() -> None:
    source = Source()
    source.failing = True
    feed = Feed(source.ask, 0.0)
    news: list[int | Problem] = []
    feed.follow("page", news.append)
    await turns(source, 4)
    source.failing = False
    await turns(source, 3)
    assert [each.code if isinstance(each, Problem) else each for each in news] == ["overloaded", 0]
    await feed.close()


async def test_a_page_that_cannot_show_it_does_not_keep_it_from_the_others() -> None:
    source = Source()
    feed = Feed(source.ask, 0.0)
    news: list[int | Problem] = []

    def broken(_: int | Problem) -> None:
        raise RuntimeError("this page is broken")

    feed.follow("broken", broken)
    feed.follow("sound", news.append)
    await turns(source, 2)
    assert news == [0]
    await feed.close()


async def test_an_answer_that_comes_after_that_of_a_later_question_is_old_and_tells_nothing() -> None:
    """Who has just changed something asks again, while the page's own question is still under way."""
    asked: list[asyncio.Future[int]] = []

    async def ask() -> int:
        asked.append(asyncio.get_running_loop().create_future())
        return await asked[-1]

    feed = Feed(ask, 60.0)
    news: list[int | Problem] = []
    feed.follow("page", news.append)
    await asyncio.sleep(0)
    again = asyncio.create_task(feed.ask_again())
    await asyncio.sleep(0)
    before, after = asked
    after.set_result(1)
    await again
    before.set_result(0)
    for _ in range(5):
        await asyncio.sleep(0)
    assert news == [1]
    await feed.close()
