"""Writes `docs/pictures/page.png`, the page of a run as a browser shows it.

After `convtranspose run`: `python docs/made/pictures/page.py conformance-report`. Needs playwright,
a Chromium, and Pillow, which matplotlib brings.
"""

import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).resolve().parents[2] / "pictures" / "page.png"
WIDTH, HEIGHT = 1180, 925
QUESTION = "does ONNX Runtime handle SAME_UPPER with stride 4 kernel 2?"
COLOURS = 64  # a page of text has no more, and is a quarter of the size so


def main() -> int:
    """0, or 2 where there is no page."""
    page_of_run = Path(*sys.argv[1:2] or ["conformance-report"]).resolve() / "index.html"
    if not page_of_run.is_file():
        print(f"error: {page_of_run}: no page of a run is there", file=sys.stderr)
        return 2
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light", device_scale_factor=1
        )
        page.goto(page_of_run.as_uri())
        page.wait_for_load_state("networkidle")
        page.fill("#asked [name=layer]", QUESTION)
        page.screenshot(path=PICTURE)
        browser.close()
    with Image.open(PICTURE) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(PICTURE, optimize=True)
    print(f"{PICTURE}: {PICTURE.stat().st_size // 1024} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
