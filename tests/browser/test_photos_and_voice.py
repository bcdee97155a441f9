"""Photos and voice messages: viewed, recorded, cropped, loaded on request."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from linkmsg.storage import stored_files
from tests.browser.conftest import Browse
from tests.people import Person, nonce
from tests.support.accessibility import accessibility_errors
from tests.support.database_rows import upload_files
from tests.support.image_samples import coloured_image, corner_colours, encoded

PHOTO = encoded(coloured_image((640, 400)), "JPEG")


def test_photo_viewer_works_by_keyboard(browse: Browse, ana: Person, talk: int) -> None:
    keys = upload_files(ana, *((f"{number}.jpg", PHOTO) for number in range(6)))
    ana.send(talk, "", attachment=keys, nonce=nonce())
    window = browse(ana).open(f"/messaging/{talk}")
    expect(window.log.locator(".photo:visible")).to_have_count(4)
    third = window.log.get_by_role("link", name="2.jpg")
    third.focus()
    keyboard = window.page.keyboard
    keyboard.press("Enter")
    viewer = window.page.get_by_role("dialog", name="Photo")
    expect(viewer.get_by_role("img", name="2.jpg")).to_be_visible()
    expect(viewer.get_by_role("button", name="Close")).to_be_focused()
    for _ in range(9):
        keyboard.press("ArrowRight")
    expect(viewer.get_by_role("img", name="5.jpg")).to_be_visible()
    expect(viewer.get_by_role("button", name="Next photo")).to_be_disabled()
    keyboard.press("ArrowLeft")
    expect(viewer.get_by_text("4.jpg")).to_be_visible()
    assert accessibility_errors(window.page) == []
    keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    expect(third).to_be_focused()


def test_voice_message_can_be_played_before_sending(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    window.page.evaluate(A_TONE)
    window.button("Record a voice message").click()
    expect(window.page.get_by_role("timer")).to_contain_text("0:01")
    assert accessibility_errors(window.page) == []
    window.button("Stop").click()
    listed = window.page.locator(".attachment-list li:has([name=attachment])")
    expect(listed.get_by_role("group", name="Voice message")).to_be_visible()
    listed.get_by_role("button", name="Play").click()
    expect(listed.get_by_role("button", name="Pause")).to_be_visible()
    window.send_button.click()
    expect(window.log.get_by_text("Voice message", exact=True)).to_be_visible()
    expect(window.log.get_by_role("button", name="Play")).to_be_visible()
    expect(window.rows.first).to_contain_text("You: Voice message")


A_TONE = """navigator.mediaDevices.getUserMedia = async () => {
    const audio = new AudioContext();
    const [tone, recorded] = [audio.createOscillator(), audio.createMediaStreamDestination()];
    tone.connect(recorded);
    tone.start();
    return recorded.stream;
}; true"""


def test_blocked_microphone_is_explained(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    window.page.evaluate(REFUSED)
    window.button("Record a voice message").click()
    expect(window.page.get_by_text("The microphone is blocked.").first).to_be_visible()


def test_photos_do_not_shift_the_layout_on_a_phone(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    for number in range(20):
        keys = upload_files(ana, *((f"{number}-{each}.jpg", PHOTO) for each in range(3)))
        ana.send(talk, "", attachment=keys, nonce=nonce())
    window = browse(ana, phone=True)
    window.page.add_init_script(SHIFTS)
    window.open(f"/messaging/{talk}")
    expect(window.log.locator(".photo")).to_have_count(60)
    for _ in range(12):
        window.log.evaluate("log => log.scrollBy(0, -600)")
        window.page.wait_for_timeout(100)
    expect(window.log.locator(".photo img").first).to_have_js_property("complete", True)
    assert window.page.evaluate("shifts") < 0.01


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "wide"])
def test_profile_photo_is_cropped_as_previewed(browse: Browse, ana: Person, phone: bool) -> None:
    window = browse(ana, phone=phone).open("/settings/profile")
    data = encoded(coloured_image((800, 400)), "PNG")
    photo = {"name": "me.png", "mimeType": "image/png", "buffer": data}
    window.page.get_by_label("Choose a photo").set_input_files(photo)
    view = window.page.get_by_role("application", name="Your photo.")
    # The photo can be moved once it is decoded.
    expect(view.locator("img")).to_have_js_property("naturalWidth", 800)
    window.page.get_by_label("Zoom").fill("2")
    box = view.bounding_box()
    assert box
    assert (box["width"], box["height"]) == (256, 256)
    view.focus()
    for key in ("ArrowRight", "ArrowDown"):
        for _ in range(40):
            window.page.keyboard.press(key)
    assert accessibility_errors(window.page) == []
    window.button("Use this photo").click()
    expect(window.page.get_by_text("Photo updated")).to_be_visible()
    with ana.app.app_context():
        blob = b"".join(stored_files.blob_store().open(f"{ana.member().photo}-256"))
    assert set(corner_colours(Image.open(BytesIO(blob)))) == {"white"}


REFUSED = """navigator.mediaDevices.getUserMedia = async () => {
    throw new DOMException("", "NotAllowedError");
}; true"""
SHIFTS = """window.shifts = 0;
new PerformanceObserver((list) => {
    for (const each of list.getEntries()) window.shifts += each.value;
}).observe({ type: "layout-shift", buffered: true });"""


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_data_saver_loads_photos_on_request(
    browse: Browse, ana: Person, bo: Person, talk: int, scripts: bool
) -> None:
    ana.send(talk, "", attachment=upload_files(ana, ("quay.jpg", PHOTO)), nonce=nonce())
    window = browse(bo, scripts=scripts, extra_http_headers={"Save-Data": "on"})
    window.expect_error("Applying inline style", "Blocked script")
    asked: list[str] = []
    window.page.on("request", lambda sent: "/files/" in sent.url and asked.append(sent.url))
    window.open(f"/messaging/{talk}")
    if scripts:
        window.expect_live()
        ana.send(talk, "", attachment=upload_files(ana, ("crane.jpg", PHOTO)), nonce=nonce())
        expect(window.log.get_by_role("link", name="crane.jpg")).to_be_visible()
    expect(window.log.get_by_role("link", name=re.compile("quay.jpg .* kB"))).to_be_visible()
    assert asked == []
    window.log.get_by_role("link", name="quay.jpg").click()
    expect(window.page.get_by_role("img")).to_be_visible()
    assert asked
