"""Measure the memory of the server and its children while four members upload large pictures."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import Image

from bench.abuse import watching_memory
from bench.hostile_images import encoded, gif_of_two_frames
from bench.instances import conversation_sizes, instance_with
from bench.sends import CLIENT_CORE, SERVER_CORE, pinned_to
from bench.server_process import HOST, HttpClient, serving

CLIENTS, ROUNDS = 4, 2
PATIENCE = 300.0  # seconds until an answer
SETTINGS = {"UPLOADS": "100000", "QUOTA": "1000000"}
SQUARE, PHONE, USUAL = (5000, 5000), (8064, 6048), (4032, 3024)


def figures() -> Iterator[str]:
    with (
        instance_with(conversation_sizes(CLIENTS)) as instance,
        serving(instance.folder, SERVER_CORE, SETTINGS) as served,
        pinned_to(CLIENT_CORE),
    ):
        clients = [HttpClient(served.port, id + 1) for id in instance.conversation_ids[:CLIENTS]]
        for name, make in PICTURES.items():
            pictures = make()
            with watching_memory(served) as peak, ThreadPoolExecutor(CLIENTS) as crowd:
                before = peak[0]
                shown = list(
                    crowd.map(lambda each: show_all(*each), zip(clients, pictures, strict=True))
                )
            yield (
                f"{CLIENTS} × {name}: memory {before:.0f} MB before, {peak[0]:.0f} MB at most; "
                f"{sum(shown)} of {CLIENTS * ROUNDS} shown"
            )


def show_all(client: HttpClient, picture: bytes) -> int:
    """Upload a picture several times; return how often it got its copies."""
    return sum(b"size=thumb" in upload(client, picture) for _ in range(ROUNDS))


def upload(client: HttpClient, picture: bytes) -> bytes:
    """Upload a picture as the page does; return the answer."""
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="picture"\r\n\r\n'
    connection = HTTPConnection(HOST, client.port, timeout=PATIENCE)
    headers = {
        "Cookie": "; ".join(f"{name}={text}" for name, text in client.cookies.items()),
        "X-CSRFToken": client.token,
        "Content-Type": "multipart/form-data; boundary=b",
    }
    connection.request("POST", "/files", head + picture + b"\r\n--b--\r\n", headers)
    answer = connection.getresponse().read()
    connection.close()
    return answer


def noise(size: tuple[int, int]) -> Image.Image:
    """Return an image of three colours that are different at each point."""
    small = Image.effect_noise((size[0] // 8, size[1] // 8), 60)
    bands = (small, small.transpose(Image.Transpose.ROTATE_180), small)
    return Image.merge("RGB", [each.resize(size, Image.Resampling.BICUBIC) for each in bands])


def squares() -> list[bytes]:
    image = noise(SQUARE)
    flat = encoded(image.quantize(16), "PNG")
    return [gif_of_two_frames(SQUARE), encoded(image.quantize(16), "GIF"), flat, jpeg(image)]


def jpeg(image: Image.Image, **options: Any) -> bytes:
    return encoded(image, "JPEG", quality=80, **options)


def heif(size: tuple[int, int]) -> bytes:
    file, shades = BytesIO(), Image.linear_gradient("L").resize(size).convert("RGB")
    pillow_heif.from_pillow(shades).save(file, quality=30, tile_size=512)
    return file.getvalue()


PICTURES: dict[str, Callable[[], list[bytes]]] = {
    "5000 × 5000 pixels (two GIF, PNG, JPEG)": squares,
    "JPEG of 48 megapixels": lambda: [jpeg(noise(PHONE))] * CLIENTS,
    "progressive JPEG of 48 megapixels": lambda: [jpeg(noise(PHONE), progressive=True)] * CLIENTS,
    "HEIC of 12 megapixels": lambda: [heif(USUAL)] * CLIENTS,
    "HEIC of 48 megapixels": lambda: [heif(PHONE)] * CLIENTS,
}
