"""Files that are chosen in a window, and their way to the server."""

from playwright.sync_api import FilePayload, Locator, Route

from tests.support.pictures import picture, saved
from tests.support.window import Window

PHOTO = saved(picture((640, 400)), "JPEG")


def file_payload(name: str, data: bytes = b"Hello", kind: str = "text/plain") -> FilePayload:
    """A file as one is chosen."""
    return {"name": name, "mimeType": kind, "buffer": data}


def photo_payload(name: str = "quay.jpg") -> FilePayload:
    """A photo as one is chosen."""
    return file_payload(name, PHOTO, "image/jpeg")


def attach(window: Window, *files: FilePayload) -> None:
    """Choose files for what is being written."""
    window.page.get_by_label("Attach files").set_input_files(list(files))


def listed_files(window: Window) -> Locator:
    """The files that are to be sent, wherever they are."""
    return window.page.get_by_role("list", name="Files to send").get_by_role("listitem")


def uploaded_files(window: Window) -> Locator:
    """The files that have arrived and are still to be sent."""
    return listed_files(window).filter(has=window.page.locator("[name=attachment]"))


def hold_uploads(window: Window) -> list[Route]:
    """Keep uploads from arriving, until they are let through or broken off; what waits."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    window.page.route("**/files", keep)
    return held


def held_upload(window: Window, held: list[Route], name: str) -> Route:
    """That of these which brings a file; three that begin at once come in any order."""
    named = f'filename="{name}"'.encode()

    def its() -> list[Route]:
        return [each for each in held if named in (each.request.post_data_buffer or b"")]

    window.wait_until(lambda: bool(its()))
    return its()[0]
