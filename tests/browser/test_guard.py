"""What no page may do is noticed by the guard of every browser test."""

import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.guard import Guard

FORBIDDEN = (
    ("console.error('the sky falls')", "the console says: the sky falls"),
    ("console.warn('it may fall')", "the console says: it may fall"),
    ("setTimeout(() => { throw new Error('it fell') })", "a script broke: it fell"),
    ("setTimeout(() => alert('look up'))", "a dialog (alert) said: look up"),
    ("fetch('http://127.0.0.1:1/').catch(() => null)", "content security policy: connect-src refused"),
    ("document.body.innerHTML = '<b>up</b>'", "content security policy: require-trusted-types-for"),
    ("location.href = location.href.replace('127.0.0.1', 'localhost')", "a request left for http://localhost:"),
)


def test_what_no_page_may_do_is_noticed(page_at: Callable[[str, str], Page], guard: Guard) -> None:
    page = page_at("Amara Okafor", "app")
    expect(page.locator("#person")).to_be_visible()
    for script, noticed in FORBIDDEN:
        assert not any(noticed in one for one in guard.broken)
        page.evaluate(f"() => {{ try {{ {script} }} catch {{ /* refused, and reported */ }} }}")
        until = time.monotonic() + 5
        while not any(noticed in one for one in guard.broken):
            assert time.monotonic() < until, (noticed, guard.broken)
            page.wait_for_timeout(20)
    guard.expects.append(".")
    assert guard.broken == []
