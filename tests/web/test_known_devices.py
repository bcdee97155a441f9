"""The cookie of a known device, by which others' guesses do not hold up a sign-in."""

from contextlib import nullcontext
from dataclasses import replace

import pytest
from itsdangerous import BadSignature, URLSafeSerializer

from linkmsg.web import known_devices
from linkmsg.web.invite_links import decode_link_id
from tests.people import PASSWORD, sign_in, token_in

SITE = "https://talk.example.com"


@pytest.fixture
def settings(settings):
    return replace(settings, base_url=SITE)


def sign_in_over_https(client, person):
    page = client.get("/sign-in", base_url=SITE).text
    form = {"csrf_token": token_in(page), "email": person.email, "password": PASSWORD}
    answer = client.post("/sign-in", base_url=SITE, data=form)
    assert answer.status_code == 303
    return answer


def device_in(app, person, name, value):
    """Return the id of the device that a request with this cookie comes from; "" if unknown."""
    with app.test_request_context(headers={"Cookie": f"{name}={value}"}):
        return known_devices.device_id(person.email)


def set_cookies(answer):
    return {each.partition("=")[0]: each for each in answer.headers.getlist("Set-Cookie")}


def test_cookie_of_a_device_belongs_to_this_host_on_https(app, ana):
    client = app.test_client()
    sent = set_cookies(sign_in_over_https(client, ana))
    assert "device" not in sent
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert part in sent["__Host-device"].split("; ")
    assert "Domain" not in sent["__Host-device"]
    value = sent["__Host-device"].partition("=")[2].partition(";")[0]
    assert device_in(app, ana, "__Host-device", value)


@pytest.mark.parametrize("salt", ["device", "invite-link", "cookie-session", "wtf-csrf-token"])
def test_token_of_one_purpose_is_refused_for_another(app, ana, salt):
    sign = URLSafeSerializer(app.secret_key, salt=salt).dumps
    value = sign(["an id", [known_devices._account_hash(ana.email)]])
    assert device_in(app, ana, "__Host-device", value) == ("an id" if salt == "device" else "")
    with (
        app.test_request_context(),
        nullcontext() if salt == "invite-link" else pytest.raises(BadSignature),
    ):
        assert decode_link_id(sign(1)) == 1


def test_device_with_the_old_cookie_stays_known(app, ana):
    app.extensions["linkmsg"] = replace(app.extensions["linkmsg"], base_url="")
    old_client = app.test_client()
    sign_in(old_client, ana.email)
    old = old_client.get_cookie("device").value
    app.extensions["linkmsg"] = replace(app.extensions["linkmsg"], base_url=SITE)
    device = device_in(app, ana, "device", old)
    assert device
    client = app.test_client()
    client.set_cookie("device", old, domain="talk.example.com")
    sent = set_cookies(sign_in_over_https(client, ana))
    assert "Max-Age=0" in sent["device"]
    value = sent["__Host-device"].partition("=")[2].partition(";")[0]
    assert device_in(app, ana, "__Host-device", value) == device
    assert device_in(app, ana, "device", "forged.value") == ""
