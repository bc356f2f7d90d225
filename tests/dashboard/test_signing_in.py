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
        await page.clock.install()
        async with page.expect_request("**/api/session"):
            await page.reload()
        await page.clock.run_for(7_000)
        await expect(page.locator(LAMP_CARD)).to_be_hidden()
        await page.clock.run_for(2_000)
        await expect(page.locator(LAMP_CARD)).to_be_visible()
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


async def bring(seen: Seen, token: str) -> None:
    """Open the printed address where the page is open already."""
    await seen.page.evaluate("token => { location.hash = `#token=${token}` }", token)


def test_the_printed_address_in_an_open_tab_shows_the_home_as_that_person(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.go("why")
        who = seen.page.locator("#who")
        await expect(who).to_have_text("this machine, owner")
        await bring(seen, TOKENS[Role.GUEST])
        await expect(who).to_have_text("guest-1, guest")
        await expect(seen.button("Turn on Ceiling lamp")).to_be_enabled()
        await expect(seen.button("Set guest mode")).to_have_attribute("aria-disabled", "true")
        assert seen.page.url == seen.address
        await nothing_keeps(seen.page.context, seen.page, TOKENS[Role.GUEST])
        await bring(seen, TOKENS[Role.OWNER])
        await expect(who).to_have_text("owner-1, owner")
        await expect(seen.button("Set guest mode")).not_to_have_attribute("aria-disabled", "true")
        seen.home.by_hand(LAMP, 1.0)
        await expect(seen.target("lamp/light")).to_have_attribute("data-reported", "on at 60%")

    see(scene)


def test_the_printed_address_lets_in_where_the_form_is_shown(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.button("Sign out").click()
        await expect(seen.page.get_by_label("Token")).to_be_visible()
        await bring(seen, TOKENS[Role.RESIDENT])
        await expect(seen.target("lamp/light")).to_be_visible()
        await expect(seen.page.get_by_label("Token")).to_have_count(0)

    see(scene)


def test_a_brought_token_that_lets_nobody_in_is_said_so_on_the_form(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.button("Sign out").click()
        await expect(seen.page.get_by_label("Token")).to_be_visible()
        await bring(seen, "owner-1.guess%E0")
        await expect(seen.page.get_by_role("alert")).to_have_text("This token lets nobody in.")
        await expect(seen.page.get_by_label("Token")).to_be_focused()
        assert seen.page.url == seen.address
        for number in range(12):
            await seen.page.evaluate(TRY, f"owner-1.{number}")
        await seen.page.goto(f"{seen.address}#token=owner-1.another")
        await expect(seen.page.get_by_role("alert")).to_contain_text("Not signed in: too many")
        seen.excuse("status of 4")

    see(scene)


TRY = """token => fetch("/api/session", {
  method: "POST", headers: { "Content-Type": "application/json", "X-Homectl": "1" }, body: JSON.stringify({ token }),
})"""


def test_a_brought_token_that_lets_nobody_in_is_said_so_beside_the_home_of_whoever_is_in(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await bring(seen, "owner-1.guess")
        await expect(seen.page.locator("#entry")).to_have_text("This token lets nobody in.")
        await expect(seen.page.locator("#who")).to_have_text("this machine, owner")
        await expect(seen.target("lamp/light")).to_be_visible()
        assert seen.page.url == seen.address
        await seen.go("why")
        await expect(seen.page.locator("#entry")).to_be_hidden()
        seen.excuse("401")

    see(scene)
