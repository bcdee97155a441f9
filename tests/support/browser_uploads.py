"""Files to attach in a browser, and their uploads."""

from playwright.sync_api import FilePayload, Locator, Route

from tests.support.image_samples import coloured_image, encoded
from tests.support.window import Window

PHOTO = encoded(coloured_image((640, 400)), "JPEG")


def file_payload(name: str, data: bytes = b"Hello", kind: str = "text/plain") -> FilePayload:
    """Return a file to choose."""
    return {"name": name, "mimeType": kind, "buffer": data}


def photo_payload(name: str = "quay.jpg") -> FilePayload:
    """Return a photo to choose."""
    return file_payload(name, PHOTO, "image/jpeg")


def attach(window: Window, *files: FilePayload) -> None:
    """Attach files to the message being written."""
    window.page.get_by_label("Attach files").set_input_files(list(files))


def listed_files(window: Window) -> Locator:
    """Return the items of the attachment list."""
    return window.page.get_by_role("list", name="Files to send").get_by_role("listitem")


def uploaded_files(window: Window) -> Locator:
    """Return the items that have been uploaded."""
    return listed_files(window).filter(has=window.page.locator("[name=attachment]"))


def hold_uploads(window: Window) -> list[Route]:
    """Hold uploads back; return them as they come."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    window.page.route("**/files", keep)
    return held


def held_upload(window: Window, held: list[Route], name: str) -> Route:
    """Return the held upload of a file; parallel ones come in any order."""
    named = f'filename="{name}"'.encode()

    def its() -> list[Route]:
        return [each for each in held if named in (each.request.post_data_buffer or b"")]

    window.wait_until(lambda: bool(its()))
    return its()[0]
