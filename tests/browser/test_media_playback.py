"""Recordings and videos play and seek; files with scripts are only downloaded."""

import pytest
from playwright.sync_api import Response, expect

from tests.browser.conftest import Browse
from tests.people import Person, nonce
from tests.support.accessibility import accessibility_errors
from tests.support.database_rows import upload_files
from tests.support.file_samples import riff
from tests.support.private_media import made_by_encoders
from tests.support.video_samples import webm_video
from tests.support.window import Window

PAGE = b"<!doctype html><script>fetch('/ran')</script>"
DRAWING = b"<svg xmlns='http://www.w3.org/2000/svg'><script>fetch('/ran')</script></svg>"


@pytest.mark.parametrize("place", ["folder", pytest.param("bucket", marks=pytest.mark.s3)])
def test_video_shows_duration_and_seeks(
    browse: Browse, ana: Person, bo: Person, talk: int, place: str
) -> None:
    ana.send(talk, "", attachment=upload_files(ana, ("film.webm", webm_video(60))), nonce=nonce())
    window = browse(bo)
    came: list[Response] = []
    window.page.on("response", lambda answer: "/files/" in answer.url and came.append(answer))
    window.open(f"/messaging/{talk}")
    video = window.log.locator("video")
    expect(video).to_have_js_property("duration", 60)
    before = len(came)
    assert video.evaluate(SEEK, 50) == 50
    assert len(came) > before
    assert {answer.status for answer in came} == {206}
    assert video.evaluate(SEEK, 5) == 5


SEEK = """async (video, second) => {
    const sought = new Promise((done) => video.addEventListener("seeked", done, { once: true }));
    video.currentTime = second;
    await sought;
    return video.currentTime;
}"""


def test_films_and_sound_of_phones_and_recorders_play(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    media = made_by_encoders()
    films = ("phone.mov", "phone.3gp", "pcm.mov", "fragments.mp4", "screen.webm")
    sounds = ("sound.mp4", "sound.m4a", "sound.aac", "voice.webm", "sound.opus")
    files = [(name, media[name]) for name in films + sounds]
    ana.send(talk, "", attachment=upload_files(ana, *files), nonce=nonce())
    log = browse(bo).open(f"/messaging/{talk}").log
    for kind, names in (("video", films), ("audio", sounds)):
        players = log.locator(kind)
        expect(players).to_have_count(len(names))
        for number, name in enumerate(names):
            player = players.nth(number)
            if kind == "video":
                player.scroll_into_view_if_needed()
            seconds = player.evaluate(LENGTH)
            assert 0.9 < seconds < 1.3, name
            assert player.evaluate(SEEK, 0.5) == 0.5, name
            assert kind == "audio" or player.evaluate("video => video.videoWidth") == 64, name


LENGTH = """async (player) => {
    if (player.readyState) return player.duration;
    const known = new Promise((done, fail) => {
        player.addEventListener("loadedmetadata", done, { once: true });
        player.addEventListener("error", () => fail(player.error?.message), { once: true });
    });
    player.load();
    await known;
    return player.duration;
}"""


@pytest.fixture
def tone() -> bytes:
    """Return a recording of two seconds."""
    form = bytes.fromhex("666d7420 10000000 0100 0100 401f0000 401f0000 0100 0800")
    return riff(b"WAVE", form + b"data" + (16000).to_bytes(4, "little") + b"\x80" * 16000)


def test_recording_is_played_by_keyboard_at_any_place_and_speed(
    browse: Browse, ana: Person, bo: Person, talk: int, tone: bytes
) -> None:
    window = browse(bo).open(f"/messaging/{talk}")
    window.expect_live()
    ana.send(talk, "", attachment=upload_files(ana, ("tone.wav", tone)), nonce=nonce())
    player = window.log.get_by_role("group", name="tone.wav")
    expect(player.locator("[data-time]")).to_have_text("0:00 / 0:02")
    place = player.get_by_role("slider", name="Position")
    place.focus()
    for key in ("ArrowRight", "ArrowRight", "End"):
        window.page.keyboard.press(key)
    expect(place).to_have_attribute("aria-valuetext", "0:02 of 0:02")
    window.page.keyboard.press("Home")
    expect(place).to_have_attribute("aria-valuetext", "0:00 of 0:02")
    player.get_by_role("button", name="Speed 1×").click()
    expect(player.get_by_role("button", name="Speed 1.5×")).to_be_visible()
    player.get_by_role("button", name="Play").click()
    expect(player.get_by_role("button", name="Pause")).to_be_visible()
    expect(window.log.locator("audio")).to_have_js_property("playbackRate", 1.5)
    expect(player.get_by_role("button", name="Play")).to_be_visible()
    expect(place).to_have_attribute("aria-valuetext", "0:02 of 0:02")
    assert accessibility_errors(window.page) == []


def test_recording_keeps_the_browsers_player_without_scripts(
    browse: Browse, ana: Person, bo: Person, talk: int, tone: bytes
) -> None:
    ana.send(talk, "", attachment=upload_files(ana, ("tone.wav", tone)), nonce=nonce())
    window = browse(bo, scripts=False).open(f"/messaging/{talk}")
    expect(window.log.locator("audio")).to_be_visible()
    expect(window.log.get_by_role("group", name="tone.wav")).to_be_hidden()


def test_files_with_scripts_are_downloaded_and_never_run(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    keys = upload_files(ana, ("photo.png", PAGE), ("drawing.svg", DRAWING))
    ana.send(talk, "", attachment=keys, nonce=nonce())
    window = browse(bo)
    asked: list[str] = []
    window.page.on("request", lambda request: asked.append(request.url))
    window.open(f"/messaging/{talk}")
    for name, data in (("photo.png", PAGE), ("drawing.svg", DRAWING)):
        link = window.log.get_by_role("link", name=name)
        address = str(link.get_attribute("href"))
        for go in (link.click, lambda address=address: visit(window, address.partition("?")[0])):
            with window.page.expect_download() as coming:
                go()
            assert coming.value.suggested_filename == name
            assert coming.value.path().read_bytes() == data
    assert not any(url.endswith("/ran") for url in asked)


def visit(window: Window, address: str) -> None:
    """Open an address as if typed into the address bar."""
    window.page.evaluate("address => { location.href = address }", address)
