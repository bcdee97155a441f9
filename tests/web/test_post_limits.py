"""Every form has a rate limit: a route without one fails here."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest

from linkmsg.actions import invitations, invite_links
from linkmsg.web.invite_links import invite_url
from linkmsg.web.rate_limit_table import LIMITS, POST_LIMITS
from linkmsg.web.rate_limits import RateLimitCounters
from tests.people import PASSWORD, nonce, sign_in, sign_up
from tests.support.route_access import TABLE
from tests.support.upload_requests import multipart

pytestmark = pytest.mark.any_database

VALUES = {"id": 1, "handle": "bo-lindqvist", "key": "k" * 32}


def post_routes(app):
    """Return the rules of all routes that take forms, by endpoint."""
    return {rule.endpoint: rule for rule in app.url_map.iter_rules() if "POST" in rule.methods}


def test_every_form_is_in_the_table_of_limits(app):
    assert sorted(post_routes(app)) == sorted(POST_LIMITS)
    assert {each for limits in POST_LIMITS.values() for each in limits} <= set(LIMITS)


class TestWithOneOfEach:
    """One event of each kind is allowed, and then none."""

    @pytest.fixture
    def settings(self, settings):
        return replace(
            settings,
            registration="open",
            **dict.fromkeys(
                (
                    "actions_minutely",
                    "signals_minutely",
                    "messages_minutely",
                    "uploads",
                    "sign_ups_hourly",
                    "invited_sign_ups_hourly",
                    "address_failures",
                ),
                1,
            ),
        )

    @pytest.fixture
    def used_up(self, app, clock, ana, bo, cy, talk):
        """Use up what Ana may do, and what may be done signed out from one address."""
        assert ana.token  # signing in is an action
        with app.app_context():
            assert invitations.invite(cy.member(), ana.member(), "Hello").id == VALUES["id"]
        file = (BytesIO(b"Hello"), "plan.txt")
        assert ana.send(talk, "Hello").status_code == 303
        assert ana.post("/files", file=file).status_code == 201
        assert ana.post(f"/messaging/{talk}/read", seq="1").status_code == 303
        visitor = app.test_client()
        assert sign_in(visitor, "nobody@example.com", "not the password").status_code == 422
        assert sign_up(visitor, "eli@example.com").status_code == 303
        return ana

    def test_no_form_is_accepted_after_that(self, app, used_up):
        """Each route is asked once: nothing that is refused has an effect."""
        for endpoint, rule in post_routes(app).items():
            if endpoint in ("accounts.sign_in", "accounts.sign_up"):
                continue  # see test_signed_out_forms_count_by_address
            path = rule.build({each: VALUES[each] for each in rule.arguments})[1]
            form = {**TABLE[f"POST {rule.rule}"].form, "nonce": nonce(), "to": VALUES["handle"]}
            if endpoint in ("files.upload", "photos.choose"):
                form["file"] = (BytesIO(b"Hello"), "plan.txt")
            answer = used_up.post(path, **form)
            assert (answer.status_code, endpoint) == (429, endpoint)
            assert int(answer.headers["Retry-After"]) >= 1
            assert "Wait " in answer.text

    @pytest.mark.parametrize("partial", [False, True])
    def test_refused_form_is_returned_with_its_text(self, used_up, partial):
        for path, form in {
            "/in/bo-lindqvist/connect": {"note": "A note to keep"},
            "/messaging/new": {"body": "A note to keep", "nonce": nonce(), "to": "bo-lindqvist"},
            "/settings/profile": {"name": "Ana", "headline": "A note to keep"},
        }.items():
            answer = used_up.post(path, partial=partial, **form)
            assert (answer.status_code, "A note to keep" in answer.text) == (429, True)

    def test_signed_out_forms_count_by_address(self, app, used_up):
        visitor = app.test_client()
        answer = sign_in(visitor, "cy@example.com", PASSWORD)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
        answer = sign_up(visitor, "fay@example.com")
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
        assert "fay@example.com" in answer.text
        assert PASSWORD not in answer.text
        elsewhere = app.test_client()
        elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.9"
        assert sign_up(elsewhere, "fay@example.com").status_code == 303


def test_small_actions_stop_at_two_a_second(clock, ana, bo, talk):
    """Marking as unread 321 times in 5 seconds was possible."""
    assert ana.token
    answers = [ana.post(f"/messaging/{talk}/unread") for _ in range(120)]
    assert [each.status_code for each in answers] == [303] * 119 + [429]
    assert answers[-1].headers["Retry-After"] == "60"
    assert ana.post(f"/messaging/{talk}/read", seq="1").status_code == 303
    assert ana.send(talk, "Hello").status_code == 303
    assert bo.post(f"/messaging/{talk}/unread").status_code == 303
    clock.shift(timedelta(seconds=61))
    assert ana.post(f"/messaging/{talk}/unread").status_code == 303


def test_form_without_a_token_does_not_count(clock, ana, talk):
    for _ in range(130):
        assert ana.client.post(f"/messaging/{talk}/unread").status_code == 400
    assert ana.post(f"/messaging/{talk}/unread").status_code == 303


def test_sign_ups_by_one_invite_link_stop_at_the_burst(clock, app, admin):
    """Twenty-four in 5 seconds were possible; a company's three hundred in a morning still are."""
    with app.test_request_context():
        link = invite_links.make(admin.member(), max_uses=None, days=7)
        invite = parse_qs(urlsplit(invite_url(link)).query)["invite"][0]
    given = [sign_up(app.test_client(), f"p{each}@example.com", invite) for each in range(21)]
    assert [each.status_code for each in given] == [303] * 20 + [429]
    assert given[-1].headers["Retry-After"] == "10"
    assert "p20@example.com" in given[-1].text
    for number in range(30):
        clock.shift(timedelta(seconds=1))
        answer = sign_up(app.test_client(), f"later{number}@example.com", invite)
        assert answer.status_code == (429 if number < 9 else 303)


@pytest.mark.parametrize("path", ["/settings/photo", "/messaging/{talk}", "/messaging/new"])
def test_every_refused_upload_says_when_to_retry(app, clock, ana, bo, talk, path):
    uploads = RateLimitCounters.of(replace(app.extensions["linkmsg"], uploads=1)).windows["uploads"]
    app.extensions["linkmsg.limits"].windows["uploads"] = uploads
    form = {"csrf_token": ana.token, "nonce": nonce(), "body": "A word", "to": bo.handle}
    files = [("a.txt", b"Hello"), ("b.txt", b"Hello")]
    answer = ana.client.post(path.format(talk=talk), **multipart(form, *files))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "180")
