"""Signing in with a browser: a token is traded once, and then is nowhere in it."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from homectl.dashboard import Server
from homectl.home import Role
from tests.dashboard.doors import KEY, TOKENS, FakeAccounts, door
from tests.dashboard.seen import See, Seen
from tests.fakes import LAMP, FakeHome

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


REFUSED = {"status": 503, "json": {"rule": "state", "finding": "the disk is full"}}
SIGN_OUT_FAILS: dict[str, tuple[Callable[[Route], Awaitable[None]], str, str]] = {
    "a lost answer": (lambda route: route.abort(), "Not signed out: homectl does not answer.", "net::ERR_FAILED"),
    "a refusal": (lambda route: route.fulfill(**REFUSED), "Not signed out: the disk is full", "status of 503"),
    "no sentence": (lambda route: route.fulfill(status=502), "Not signed out: homectl does not answer.", "502"),
}


@pytest.mark.parametrize("how", SIGN_OUT_FAILS)
def test_a_sign_out_that_fails_says_so_and_the_home_is_heard_on(see: See, how: str) -> None:
    fails, said, logged = SIGN_OUT_FAILS[how]

    async def scene(seen: Seen) -> None:
        await seen.page.route("**/api/session", fails)
        await seen.button("Sign out").click()
        notice = seen.page.get_by_role("alert").filter(has_text="Not signed out")
        await expect(notice).to_have_text(said)
        seen.excuse(logged)
        seen.home.by_hand(LAMP, 1.0)
        await expect(seen.target("lamp/light")).to_have_attribute("data-reported", "on at 60%")
        await expect(seen.page.get_by_label("Token")).to_have_count(0)
        await seen.page.unroute("**/api/session")
        await seen.button("Sign out").click()
        await expect(seen.page.get_by_label("Token")).to_be_focused()
        await expect(notice).to_be_hidden()
        await expect(seen.target("lamp/light")).to_have_count(0)

    see(scene)


def test_who_was_signed_out_already_is_shown_the_form(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.page.context.clear_cookies()
        await seen.button("Sign out").click()
        await expect(seen.page.get_by_label("Token")).to_be_focused()
        await expect(seen.page.locator("#entry")).to_be_hidden()
        seen.excuse("401")

    see(scene)
