"""Measure the bytes transferred by a first visit to a conversation's page, and by the next."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin

from bench.instances import FEW, BenchBrowser, conversation_sizes, instance_with

AIM, AIM_SCRIPTS, AIM_NEXT = 60.0, 25.0, 8.0
REFERENCE = re.compile(r"<(?:script|link|img|use|source|image)\b[^>]*?\s(?:src|href)=\"([^\"]+)\"")
IMPORT = re.compile(r"""(?:\bfrom\s*|\bimport\s*)["']([^"']+)["']""")


@dataclass(frozen=True)
class Resource:
    """A file that a page loads; `size` is its compressed bytes, without headers."""

    path: str
    kind: str
    size: int
    encoding: str

    @property
    def is_script(self) -> bool:
        return self.kind == "text/javascript"


def figures() -> Iterator[str]:
    with instance_with(conversation_sizes(FEW, messages=FEW)) as small:
        browser, last = small.browser(), small.conversation_ids[-1]
        files = list(load_page(browser, f"/messaging/{last}"))
        for file in sorted(files, key=lambda file: -file.size):
            yield f"{kilobytes(file.size)}  {file.encoding:<8}  {file.path}"
        whole = sum(file.size for file in files)
        scripts = sum(file.size for file in files if file.is_script)
        yield f"{kilobytes(whole)}  first visit to a thread, {len(files)} requests (aim: {AIM:.0f})"
        yield f"{kilobytes(scripts)}  scripts of it (aim: {AIM_SCRIPTS:.0f})"
        following = f"/messaging/{small.conversation_ids[-2]}"
        fragment = browser.get(following, partial=True)
        size = kilobytes(len(fragment.data))
        yield f"{size}  the next thread, beside the inbox (aim: {AIM_NEXT:.0f})"
        page = browser.get(following)
        yield f"{kilobytes(len(page.data))}  the next thread as a page (aim: {AIM_NEXT:.0f})"


def load_page(browser: BenchBrowser, path: str) -> Iterator[Resource]:
    """Load a page and all scripts, styles and images that it needs, each once.

    Fail if one is on another host.
    """
    waiting, known = [path], {path}
    while waiting:
        path = waiting.pop(0)
        answer = browser.get(path)
        encoding = answer.headers.get("Content-Encoding", "")
        yield Resource(path, answer.mimetype or "", len(answer.data), encoding)
        for address in referenced_urls(path, browser.client.get(path).text):
            if address not in known:
                known.add(address)
                waiting.append(address)


def referenced_urls(path: str, text: str) -> Iterator[str]:
    """Return the URLs that a browser with JavaScript loads for a page or a script."""
    text = re.sub(r"<noscript>.*?</noscript>", "", text, flags=re.DOTALL)
    for address in IMPORT.findall(text) if path.endswith(".js") else REFERENCE.findall(text):
        assert not re.match(r"\w+:|//", address), f"{path} loads {address} from another host"
        yield urldefrag(urljoin(path, address)).url


def kilobytes(size: int) -> str:
    return f"{size / 1000:>6.2f} kB"
