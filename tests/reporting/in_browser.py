"""A page opened in a real browser, and what can be asked of any page there."""

import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

MOST_TABS = 200

CONTRASTS = """
() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const pixel = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const over = (top, alpha, below) => top.map((value, i) => value * alpha + below[i] * (1 - alpha));
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].filter((n) => n.nodeType === 3 && n.textContent.trim());
    if (!text.length || !element.checkVisibility() || element.matches(".skip, script, style, option")) continue;
    const style = getComputedStyle(element);
    let back = null, opacity = 1;
    for (let at = element; at && !back; at = at.parentElement) {
      const [r, g, b, a] = pixel(getComputedStyle(at).backgroundColor);
      if (a === 255) back = [r, g, b];
      opacity *= parseFloat(getComputedStyle(at).opacity);
    }
    const colour = element.namespaceURI.endsWith("svg") ? style.fill : style.color;
    const ink = over(pixel(colour).slice(0, 3), opacity, back);
    const [low, high] = [luminance(ink), luminance(back)].sort((one, other) => one - other);
    const name = `${element.tagName}.${element.className}: ${text[0].textContent.trim()}`;
    found.push([(high + 0.05) / (low + 0.05), name]);
  }
  return found.sort((one, other) => one[0] - other[0]);
}
"""

TOO_WIDE = """
() => [...document.querySelectorAll("body *")]
  .filter((element) => !element.closest(".scroll") && !element.matches(".skip"))
  .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 0.5)
  .map((element) => `${element.tagName}.${element.className}: ${element.textContent.trim().slice(0, 50)}`)
"""


class Opened:
    """The page in a window of its own, and all that it asked for and complained of."""

    def __init__(self, browser: Browser, file: Path, **window: Any) -> None:
        self.context: BrowserContext = browser.new_context(**window)
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        began = time.monotonic()
        self.page.goto(file.as_uri(), wait_until="load")
        self.seconds = time.monotonic() - began

    def check_fit(self, width: int, texts: int) -> None:
        """All of it fits a window of this width, and each of more than so many texts stands out from its background."""
        assert self.page.evaluate(TOO_WIDE) == []
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width
        contrasts = self.page.evaluate(CONTRASTS)
        assert len(contrasts) > texts
        assert contrasts[0][0] >= 4.5, contrasts[:5]

    def tab_to(self, selector: str) -> None:
        """Press Tab until an element that fits has the focus."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{selector} can't be reached by keyboard")

    def until(self, condition: str) -> None:
        """Wait until it holds. Playwright's own way to wait is forbidden by the page's content security policy."""
        for _ in range(50):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{condition} does not hold")
