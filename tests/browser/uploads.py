"""Files that are chosen in a window, and their way to the server."""

from playwright.sync_api import FilePayload, Locator, Route

from tests.browser.window import Window
from tests.support.image_samples import coloured_image, encoded

PHOTO = encoded(coloured_image((640, 400)), "JPEG")


def a_file(name: str, data: bytes = b"Hello", kind: str = "text/plain") -> FilePayload:
    """A file as one is chosen."""
    return {"name": name, "mimeType": kind, "buffer": data}


def a_photo(name: str = "quay.jpg") -> FilePayload:
    """A photo as one is chosen."""
    return a_file(name, PHOTO, "image/jpeg")


def attach(window: Window, *files: FilePayload) -> None:
    """Choose files for what is being written."""
    window.page.get_by_label("Attach files").set_input_files(list(files))


def tray(window: Window) -> Locator:
    """The files that are to be sent, wherever they are."""
    return window.page.get_by_role("list", name="Files to send").get_by_role("listitem")


def here(window: Window) -> Locator:
    """The files that have arrived and are still to be sent."""
    return tray(window).filter(has=window.page.locator("[name=attachment]"))


def hold(window: Window) -> list[Route]:
    """Keep uploads from arriving, until they are let through or broken off; what waits."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    window.page.route("**/files", keep)
    return held


def upload_of(window: Window, held: list[Route], name: str) -> Route:
    """That of these which brings a file; three that begin at once come in any order."""
    named = f'filename="{name}"'.encode()

    def its() -> list[Route]:
        return [each for each in held if named in (each.request.post_data_buffer or b"")]

    window.until(lambda: bool(its()))
    return its()[0]
