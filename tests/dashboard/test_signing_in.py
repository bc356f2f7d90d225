"""Signing in with a browser: a token is traded once, and then is nowhere in it."""

import asyncio

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from homectl.dashboard import Server
from homectl.home import Role
from tests.dashboard.doors import KEY, TOKENS, FakeAccounts, door
from tests.fakes import FakeHome

pytestmark = pytest.mark.browser

LAMP_CARD = '[data-target="lamp/light"]'


async def nothing_keeps(context: BrowserContext, page: Page, token: str) -> None:
    kept = await page.evaluate("[location.href, document.cookie, JSON.stringify(localStorage), history.length]")
    assert token not in str(kept)
    assert token not in await page.content()
    (cookie,) = await context.cookies()
    assert (cookie.get("httpOnly"), cookie.get("sameSite"), token in str(cookie)) == (True, "Strict", False)


def test_the_printed_address_opens_the_page_with_no_typing(runner: asyncio.Runner, browser: Browser) -> None:
    async def play() -> None:
        server = Server(FakeHome(), 0, door())
        address = f"http://127.0.0.1:{await server.start()}/"
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(f"{address}#token={KEY}")
        await expect(page.locator(LAMP_CARD)).to_be_visible()
        assert page.url == address
        await nothing_keeps(context, page, KEY)
        await page.reload()
        await expect(page.locator(LAMP_CARD)).to_be_visible()
        await context.close()
        await server.stop()

    runner.run(play())


def test_a_stranger_sees_nothing_until_a_token_is_right_and_again_once_it_is_revoked(
    runner: asyncio.Runner, browser: Browser
) -> None:
    async def play() -> None:
        accounts, home = FakeAccounts(), FakeHome()
        server = Server(home, 0, door(accounts))
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(f"http://127.0.0.1:{await server.start()}/")
        token = page.get_by_label("Token")
        await expect(token).to_be_focused()
        assert home.home.name not in await page.content()
        await token.fill("owner-1.guess")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_have_text("This token lets nobody in.")
        await token.fill(TOKENS[Role.RESIDENT])
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.locator(LAMP_CARD)).to_be_visible()
        await expect(token).to_have_count(0)
        await nothing_keeps(context, page, TOKENS[Role.RESIDENT])
        del accounts.known[TOKENS[Role.RESIDENT]]
        home.changed()
        await expect(token).to_be_visible(timeout=15_000)
        await context.close()
        await server.stop()

    runner.run(play())


def test_a_page_that_is_not_told_who_is_signed_in_does_not_wait_for_ever(
    runner: asyncio.Runner, browser: Browser
) -> None:
    async def play() -> None:
        server = Server(FakeHome(), 0, door())
        address = f"http://127.0.0.1:{await server.start()}/"
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(f"{address}#token={KEY}")
        await expect(page.locator(LAMP_CARD)).to_be_visible()
        answered = asyncio.Event()

        async def never(route: Route) -> None:
            await answered.wait()
            await route.abort()

        await page.route("**/api/session", never)
        await page.reload()
        await expect(page.locator(LAMP_CARD)).to_be_visible(timeout=15_000)
        answered.set()
        await page.unroute_all(behavior="ignoreErrors")
        await context.close()
        await server.stop()

    runner.run(play())
