"""What a first visit to a thread weighs, file by file as it is sent, and what the next costs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin

from bench.place import FEW, Browser, conversations, place

AIM, AIM_SCRIPTS, AIM_NEXT = 60.0, 25.0, 8.0
ASKED_FOR = re.compile(r"<(?:script|link|img|use|source|image)\b[^>]*?\s(?:src|href)=\"([^\"]+)\"")
IMPORTED = re.compile(r"""(?:\bfrom\s*|\bimport\s*)["']([^"']+)["']""")


@dataclass(frozen=True)
class File:
    """What one request brings: its bytes as they are sent, without the headers."""

    path: str
    kind: str
    sent: int
    packed: str

    @property
    def is_script(self) -> bool:
        return self.kind == "text/javascript"


def figures() -> Iterator[str]:
    with place(conversations(FEW, messages=FEW)) as small:
        browser, talk = small.browser(), small.talks[-1]
        files = list(visit(browser, f"/messaging/{talk}"))
        for file in sorted(files, key=lambda file: -file.sent):
            yield f"{kilo(file.sent)}  {file.packed:<8}  {file.path}"
        whole = sum(file.sent for file in files)
        scripts = sum(file.sent for file in files if file.is_script)
        yield f"{kilo(whole)}  first visit to a thread, {len(files)} requests (aim: {AIM:.0f})"
        yield f"{kilo(scripts)}  of it scripts (aim: {AIM_SCRIPTS:.0f})"
        following = f"/messaging/{small.talks[-2]}"
        fragment = browser.get(following, partial=True)
        yield f"{kilo(len(fragment.data))}  the next thread, beside the inbox (aim: {AIM_NEXT:.0f})"
        page = browser.get(following)
        yield f"{kilo(len(page.data))}  the next thread as a page (aim: {AIM_NEXT:.0f})"


def visit(browser: Browser, path: str) -> Iterator[File]:
    """The page and all that it asks for, each once; another host would be a fault."""
    waiting, known = [path], {path}
    while waiting:
        path = waiting.pop(0)
        answer = browser.get(path)
        packed = answer.headers.get("Content-Encoding", "")
        yield File(path, answer.mimetype or "", len(answer.data), packed)
        for address in asked_for(path, browser.client.get(path).text):
            if address not in known:
                known.add(address)
                waiting.append(address)


def asked_for(path: str, text: str) -> Iterator[str]:
    """What a page or a script of this path makes a browser with JavaScript ask for."""
    text = re.sub(r"<noscript>.*?</noscript>", "", text, flags=re.DOTALL)
    for address in IMPORTED.findall(text) if path.endswith(".js") else ASKED_FOR.findall(text):
        assert not re.match(r"\w+:|//", address), f"{path} asks another host for {address}"
        yield urldefrag(urljoin(path, address)).url


def kilo(size: int) -> str:
    return f"{size / 1000:>6.2f} kB"
