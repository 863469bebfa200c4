"""From a tap to the painted answer in Chromium, against an empty application in the same run: ``just bench-bedside``.

The clock is the page's own: from the click to the frame after the marker's text changed. Medians over interleaved
rounds; nothing passes or fails by it.

    floor    the button of an empty page, until its counter changed
    field    an answer of CIWA-B, until the bar counts it
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from statistics import median

from measured_servers import application, filled_ward, floor
from playwright.sync_api import Page, sync_playwright

_CLOCK = """([marker]) => {
  const said = () => document.querySelector(marker)?.textContent ?? null;
  window.__painted = null;
  document.addEventListener('click', () => {
    const began = performance.now(), before = said();
    window.__painted = null;
    const look = () => {
      if (said() !== null && said() !== before) {
        requestAnimationFrame(() => { window.__painted = performance.now() - began; });
        return;
      }
      if (performance.now() - began < 10000) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, true);
}"""


def tapped(page: Page, target: str, times: int) -> list[float]:
    """Milliseconds of each tap."""
    found = []
    for _ in range(times):
        page.locator(target).first.click()
        page.wait_for_function("() => window.__painted !== null", timeout=10_000)
        found.append(float(page.evaluate("window.__painted")))
        page.wait_for_timeout(250)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=15, help="taps in a round")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    times: dict[str, list[float]] = {"floor": [], "field": []}
    with tempfile.TemporaryDirectory() as folder:
        ward = filled_ward(Path(folder))
        with floor("empty") as empty, application(ward) as app, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            context = browser.new_context(viewport={"width": 820, "height": 1180})
            context.add_cookies(
                [{"name": "__Host-taper", "value": ward.token, "domain": "127.0.0.1", "path": "/", "secure": True}]
            )
            low, chart = context.new_page(), context.new_page()
            low.goto(empty.url)
            low.wait_for_selector("#marker")
            chart.goto(app.url)
            chart.get_by_role("button", name="Open", exact=True).last.click()
            answer = '[class*="st-key-set-ciwa_b-1-"] button'
            bar = '[class*="st-key-save-bar-"] [data-testid="stMarkdown"]'
            chart.wait_for_selector(answer)
            low.evaluate(_CLOCK, ["#marker"])
            chart.evaluate(_CLOCK, [bar])
            for page, target in ((low, "button:has-text('Save')"), (chart, answer)):
                page.bring_to_front()
                tapped(page, target, 3)
            for _ in range(asked.rounds):
                low.bring_to_front()
                times["floor"] += tapped(low, "button:has-text('Save')", asked.n)
                chart.bring_to_front()
                times["field"] += tapped(chart, answer, asked.n)
            browser.close()
    for name, found in times.items():
        ratio = median(found) / median(times["floor"])
        print(f"{name:8} painted after {median(found):6.1f} ms (fastest {min(found):.1f})   P5 {ratio:.2f}")


if __name__ == "__main__":
    main()
