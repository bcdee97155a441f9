"""What scripts say when a proxy answers in place of the server."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.browser_uploads import attach, file_payload, listed_files
from tests.support.database_rows import message_bodies

TOO_LARGE = "The server’s proxy refuses files this large. Ask an administrator"


def answer_as_proxy(status: int, text: str) -> Callable[[Route], None]:
    """Return a handler of a route that answers as nginx does, to POST requests."""

    def answer(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        page = f"<html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>"
        return route.fulfill(status=status, content_type="text/html", body=page)

    return answer


@pytest.mark.parametrize(
    ("status", "text", "sentence"),
    [
        (413, "413 Request Entity Too Large", TOO_LARGE),
        (502, "502 Bad Gateway", "The server can’t be reached."),
        (504, "504 Gateway Time-out", "The server can’t be reached."),
    ],
)
def test_upload_says_what_the_proxy_means(
    browse: Browse, ana: Person, talk: int, status: int, text: str, sentence: str
) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    window.expect_error(f"status of {status}")
    window.page.route("**/files", answer_as_proxy(status, text))
    attach(window, file_payload("film.mp4"))
    expect(listed_files(window)).to_contain_text(sentence)


@pytest.mark.parametrize("status", [502, 504])
def test_message_is_sent_when_the_proxy_reaches_the_server(
    browse: Browse, ana: Person, talk: int, status: int
) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    window.expect_error(f"status of {status}")
    window.page.route(f"**/messaging/{talk}", answer_as_proxy(status, "Bad Gateway"))
    window.write("Across the restart")
    waiting = window.log.locator(".pending")
    expect(waiting).to_contain_text("Not sent yet. The server can’t be reached.")
    window.page.unroute_all()
    expect(window.texts.filter(has_text="Across the restart")).to_have_count(1)
    expect(window.log.locator(".pending, .failed")).to_have_count(0)
    assert message_bodies(ana)[2:] == ["Across the restart"]
