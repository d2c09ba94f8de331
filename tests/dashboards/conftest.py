"""A real server on loopback and a real browser; what the machine lacks is said and skipped."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
# Without these Chromium looks for the network, or for a screen.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TALLEST = 5000  # pixels of a screenshot
ROOT = Path(__file__).parents[2]
AXE = Path(os.environ.get("AXE_CORE", ROOT / "node_modules" / "axe-core" / "axe.min.js"))


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., str]]:
    """Start a server for a source, guarded as told; returns its address."""
    import uvicorn

    from clusterer.web.app import create_app
    from clusterer.web.gate import Guard

    running: list[tuple[Any, threading.Thread]] = []

    def start(source: Any, **guard: Any) -> str:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        app = create_app(source, Guard(**guard))
        config = uvicorn.Config(
            app, host="127.0.0.1", port=port, log_level="critical", ws="none", lifespan="off"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        running.append((server, thread))
        until = time.monotonic() + 10
        while not server.started:
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.01)
        return f"http://127.0.0.1:{port}"

    yield start
    for server, thread in running:
        server.should_exit = server.force_exit = True
        thread.join(5)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here: apt-get install chromium, or set CHROMIUM to its path")
    driver = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    with driver.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Any]]:
    """Open a page whose every complaint fails the test; ``options`` are the browser context's."""
    complaints: list[str] = []
    with contextlib.ExitStack() as stack:

        def open_page(address: str, **options: Any) -> Any:
            context = browser.new_context(**options)
            stack.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(30_000)
            page.on("console", lambda told: told.type == "error" and complaints.append(told.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(address)
            if address.startswith("http"):
                settled(page)
            return page

        yield open_page
    assert complaints == []


def settled(page: Any) -> None:
    """Wait until the component has drawn what was asked."""
    page.wait_for_selector("story-cluster:not([aria-busy])")


@pytest.fixture
def picture() -> Callable[[Any, str], None]:
    """Keep a screenshot of the whole page where SCREENSHOTS names a folder."""
    folder = os.environ.get("SCREENSHOTS")

    def take(page: Any, name: str) -> None:
        if not folder:
            return
        Path(folder).mkdir(parents=True, exist_ok=True)
        size = page.viewport_size
        # What is out of view is not laid out: the view grows as high as the page.
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({**size, "height": min(height, TALLEST)})
        page.evaluate("scrollTo(0, 0)")
        page.wait_for_timeout(100)
        bottom = page.evaluate("Math.ceil(document.body.getBoundingClientRect().bottom)")
        height = min(bottom, TALLEST)
        clip = {"x": 0, "y": 0, "width": size["width"], "height": height}
        page.screenshot(path=str(Path(folder) / f"{name}.png"), clip=clip)
        page.set_viewport_size(size)

    return take


@pytest.fixture
def axe() -> Callable[[Any], list[str]]:
    """Serious and critical violations that axe-core finds on a page."""
    if not AXE.is_file():
        pytest.skip(f"no axe-core at {AXE}: make web")
    script = AXE.read_text("utf-8")

    def look(page: Any) -> list[str]:
        page.evaluate(script)
        found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
        return [
            f"{rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in found["violations"]
            if rule["impact"] in ("serious", "critical")
            for node in rule["nodes"]
        ]

    return look
