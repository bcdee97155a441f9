"""Attach files to a message in a browser, and delay their uploads."""

from playwright.sync_api import FilePayload, Locator, Route

from tests.support.image_samples import coloured_image, encoded
from tests.support.window import Window

PHOTO = encoded(coloured_image((640, 400)), "JPEG")


def file_payload(name: str, data: bytes = b"Hello", kind: str = "text/plain") -> FilePayload:
    """Return a file as Playwright needs it, to choose it in a file input."""
    return {"name": name, "mimeType": kind, "buffer": data}


def photo_payload(name: str = "quay.jpg") -> FilePayload:
    """Return a JPEG as Playwright needs it, to choose it in a file input."""
    return file_payload(name, PHOTO, "image/jpeg")


def attach(window: Window, *files: FilePayload) -> None:
    """Choose files in the file input of the message form, which uploads them."""
    window.page.get_by_label("Attach files").set_input_files(list(files))


def listed_files(window: Window) -> Locator:
    """Return the list items of the files attached to the unsent message."""
    return window.page.get_by_role("list", name="Files to send").get_by_role("listitem")


def uploaded_files(window: Window) -> Locator:
    """Return the list items of attached files whose upload is complete."""
    return listed_files(window).filter(has=window.page.locator("[name=attachment]"))


def hold_uploads(window: Window) -> list[Route]:
    """Let all uploads wait; return a list to which each is added when the page begins it."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    window.page.route("**/files", keep)
    return held


def held_upload(window: Window, held: list[Route], name: str) -> Route:
    """Wait until the upload of the file `name` is in the list of `hold_uploads`; return it."""
    named = f'filename="{name}"'.encode()

    def its() -> list[Route]:
        return [each for each in held if named in (each.request.post_data_buffer or b"")]

    window.wait_until(lambda: bool(its()))
    return its()[0]
