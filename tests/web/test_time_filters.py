"""Times on screen: by the clock that members chose or their language has, in words as they pass."""

from datetime import UTC, datetime

import pytest

from linkmsg import clock
from linkmsg.models import Member
from linkmsg.models.hour_clock import uses_12_hours
from linkmsg.models.session import LAST_SEEN_INTERVAL
from linkmsg.web.time_filters import clock_time, full_time, iso_time
from tests.people import sign_in
from tests.support.time_travel import travel
from tests.support.time_words import WORDS, words


@pytest.mark.parametrize(("kind", "when", "now", "zone", "hours", "expected"), WORDS)
def test_words_for_a_moment(kind, when, now, zone, hours, expected):
    assert words(kind, when, now, zone, hours) == expected


@pytest.mark.parametrize(
    ("hour", "shown"), [(0, "12:05"), (1, "1:05"), (11, "11:05"), (12, "12:05"), (23, "11:05")]
)
def test_clock_of_12_hours(hour, shown):
    member = Member(zone="UTC", hours="12")
    when = datetime(2026, 9, 7, hour, 5, tzinfo=UTC)
    half = "AM" if hour < 12 else "PM"
    assert clock_time(when, member) == f"{shown}\u00a0{half}"
    assert full_time(when, member) == f"7 September 2026, {shown}\u00a0{half}"
    assert iso_time(when) == f"2026-09-07T{hour:02}:05:00+00:00"


# Languages as browsers name them, by the clock they use.
TWELVE = (
    "en en-US en-AU en-CA en_IN EN-us en-001 es-MX es-419 ar ar-EG hi hi-IN ko ko-KR zh-TW zh-Hant "
    "zh-Hant-HK pa-Arab-PK el sq fil"
)
TWENTY_FOUR = (
    "en-GB en-IE en-ZA en-150 de de-AT fr fr-CA es es-ES pt-BR it ja ja-JP zh zh-CN zh-Hans ru "
    "ar-MA sr-Latn-RS xx * -"
)


@pytest.mark.parametrize("language", TWELVE.split())
def test_languages_of_12_hours(language):
    assert uses_12_hours(language)


@pytest.mark.parametrize("language", [*TWENTY_FOUR.split(), ""])
def test_languages_of_24_hours(language):
    assert not uses_12_hours(language)


def times(client, talk):
    """Return the times that a thread, the inbox, the devices and a search show."""
    paths = (f"/messaging/{talk}", "/messaging", "/settings/sessions", "/search?q=Hello")
    return [client.get(path).text for path in paths]


def test_clock_follows_the_language_of_the_last_browser(app, ana, talk):
    for language, has_12_hours in [("en-US,en;q=0.9", True), ("de-DE,en;q=0.5", False)]:
        client = app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        sign_in(client, ana.email)
        assert all(("AM" in page or "PM" in page) is has_12_hours for page in times(client, talk))
    sign_in(app.test_client(), ana.email)
    with app.app_context():
        assert ana.member().language == "de-DE"


def test_language_is_read_again_while_signed_in(app, ana, talk):
    client = app.test_client()
    sign_in(client, ana.email)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en-US"
    with travel(clock.now() + LAST_SEEN_INTERVAL):
        client.get("/messaging")
    assert 'data-hours="12"' in client.get("/messaging").text


def test_chosen_clock_is_used_whatever_the_language(app, ana, talk):
    for hours, shown in [("12", True), ("24", False)]:
        answer = ana.post("/settings/appearance", theme="", timezone="UTC", hours=hours, slash="y")
        assert answer.status_code == 303
        assert all(("AM" in page or "PM" in page) is shown for page in times(ana.client, talk))
        assert f'checked id="hours-{1 if shown else 2}"' in ana.get("/settings/appearance").text
    answer = ana.post("/settings/appearance", theme="", timezone="UTC", hours="13")
    assert answer.status_code == 422
