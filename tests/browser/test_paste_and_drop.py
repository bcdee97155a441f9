"""Files are attached by dropping and pasting them, or refused in a sentence."""

from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.browser_uploads import attach, file_payload, uploaded_files
from tests.support.private_media import refused

GIVE = """(target, [kind, files, text]) => {
    const data = new DataTransfer();
    if (text) data.setData("text/plain", text);
    for (const [name, type] of files) data.items.add(new File(["Hello"], name, { type }));
    const event = kind === "paste"
        ? new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data })
        : new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data });
    target.dispatchEvent(event);
}"""

SIZES = """async (pairs) => {
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    const { formatSize } = await import(loaded.find((name) => name.endsWith("/upload.js")));
    return pairs.map(([bytes, scale]) => formatSize(bytes, scale));
}"""


def test_files_can_be_dropped_and_pasted(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    files = [["one.txt", "text/plain"], ["two.txt", "text/plain"]]
    dropping = window.page.locator("#thread.drop-target")
    for _ in range(5):
        window.log.evaluate(GIVE, ["dragover", files])
    expect(dropping).to_be_attached()
    window.log.evaluate(GIVE, ["drop", files])
    expect(dropping).to_have_count(0)
    window.field.evaluate(GIVE, ["paste", [["image.png", "image/png"]]])
    expect(uploaded_files(window)).to_have_count(3)
    window.field.evaluate(GIVE, ["paste", [["table.png", "image/png"]], "Two cells"])
    window.field.evaluate(GIVE, ["paste", [["plan.pdf", "application/pdf"]], "plan.pdf"])
    several = [["a b.txt", "text/plain"], ["c.txt", "text/plain"]]
    window.field.evaluate(GIVE, ["paste", several, "/media/card/a b.txt\r\n/media/card/c.txt"])
    expect(uploaded_files(window)).to_have_count(6)
    names = uploaded_files(window).locator("strong").all_inner_texts()
    assert sorted(names) == ["a b.txt", "c.txt", "image.png", "one.txt", "plan.pdf", "two.txt"]


def test_sizes_are_whole_numbers(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    attach(window, file_payload("notes.txt"))
    expect(uploaded_files(window)).to_have_count(1)
    shown = window.page.evaluate(SIZES, [[95.81314878892734, 390], [12.5, 12.5], [48400.5, 48400]])
    assert shown == ["96 bytes", "13 bytes", "48 kB"]


def test_raw_photo_is_refused_for_good(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    window.expect_error("Failed to load resource")
    attach(window, file_payload("IMG_1.DNG", refused()["IMG_1.dng"], "image/x-adobe-dng"))
    card = window.page.locator(".attachment-list .failed")
    expect(card).to_contain_text("IMG_1.DNG is a raw photo")
    expect(card.get_by_role("button", name="Try again")).to_be_hidden()
    card.get_by_role("button", name="Cancel IMG_1.DNG").click()
    expect(card).to_have_count(0)
