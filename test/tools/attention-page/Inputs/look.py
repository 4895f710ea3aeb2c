"""Opens a page of `bertc attention` in Chromium, uses it as a reader would, and says what is wrong.

    look.py PAGE RUN.json [--screenshots DIR] [--browser PROGRAM]

RUN.json is what `bertc run --json` says of the same text: its maps are those that the page must
draw. Every cell of every map is compared by colour, in the grid, enlarged and dark; so are the
lines between tokens. A page that asks for anything but itself, or complains on its console, is
wrong too. Prints what was seen; exit code 1 and a line for each fault otherwise. --screenshots
keeps pictures of each step.
"""

import argparse
import json
import math
import os
import sys

from chromium import Chromium

WIDE, NARROW = (1200, 900), (390, 780)
# The page rounds weights, to a byte where there are many tokens, and colours to whole numbers.
COLOUR_TOLERANCE = 2
TOKENS_OF_TWO_BYTES = 256
THINNEST_LINE = 0.01  # weights below are not drawn as lines

# The colour in the middle of each cell of a canvas, row by row.
CELLS = """(canvas => {
  const scale = canvas.width / parseFloat(canvas.style.width);
  const margin = Number(canvas.dataset.margin), cell = Number(canvas.dataset.cell);
  const count = Math.round((canvas.width / scale - margin) / cell);
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d",
                                                                  {willReadFrequently: true});
  copy.drawImage(canvas, 0, 0);
  const image = copy.getImageData(0, 0, canvas.width, canvas.height);
  const place = i => Math.floor((margin + (i + 0.5) * cell) * scale), cells = [];
  for (let i = 0; i < count; ++i) for (let j = 0; j < count; ++j) {
    const at = 4 * (place(i) * canvas.width + place(j));
    cells.push(Array.from(image.data.slice(at, at + 3)));
  }
  return cells;
})"""
VARIABLE = "getComputedStyle(document.documentElement).getPropertyValue('--{}').trim()"


class Reader:
    def __init__(self, page, maps, screenshots):
        self.page, self.maps, self.screenshots = page, maps, screenshots
        self.heads, self.tokens = len(maps[0]), len(maps[0][0])
        self.faults, self.pictures = [], 0

    def expect(self, what, found, wanted):
        if found != wanted:
            self.faults.append(f"{what} is {found!r:.200}, expected {wanted!r:.200}")

    def require(self, truth, fault):
        if not truth:
            self.faults.append(fault)

    def picture(self, name):
        if self.screenshots:
            self.pictures += 1
            self.page.screenshot(os.path.join(self.screenshots, f"{self.pictures:02}-{name}.png"))

    def thumb(self, layer, head):
        return f"document.querySelectorAll('#grid canvas')[{layer * self.heads + head}]"

    def check_map(self, what, canvas, layer, head):
        """Its cells have the colours of the weights."""
        low, high = ([int(c) for c in self.page.evaluate(VARIABLE.format(name)).split()]
                     for name in ("low", "high"))
        found = self.page.evaluate(f"{CELLS}({canvas})")
        weights = [w for row in self.maps[layer][head] for w in row]
        self.expect(f"{what}: the number of its cells", len(found), len(weights))
        rounding = 0.5 / (255 if self.tokens > TOKENS_OF_TWO_BYTES else 65535)

        def shade(w):
            return [a + (b - a) * math.sqrt(min(1, max(0, w))) for a, b in zip(low, high)]

        for i, (colour, w) in enumerate(zip(found, weights)):
            least, most = shade(w - rounding), shade(w + rounding)
            if any(not min(a, b) - COLOUR_TOLERANCE <= c <= max(a, b) + COLOUR_TOLERANCE
                   for a, b, c in zip(least, most, colour)):
                place = divmod(i, self.tokens)
                self.faults.append(f"{what}: the cell {place} of weight {w:.4f} is {colour}, "
                                   f"expected {[round(c) for c in shade(w)]}")
                return

    def check_grid(self):
        self.expect("the number of maps",
                    self.page.evaluate("document.querySelectorAll('#grid canvas').length"),
                    len(self.maps) * self.heads)
        self.picture("grid")
        for layer in range(len(self.maps)):
            for head in range(self.heads):
                name = f"layer {layer}, head {head}"
                self.page.middle(self.thumb(layer, head))  # maps are drawn when they come into view
                self.page.settle()
                self.expect("a map's name", self.page.evaluate(
                    self.thumb(layer, head) + ".getAttribute('aria-label')"), name)
                self.check_map(name, self.thumb(layer, head), layer, head)
        self.page.evaluate("scrollTo(0, 0)")

    def check_enlarged(self):
        self.page.click(self.thumb(0, 0))
        self.expect("after a click, the dialog", self.page.evaluate(
            "document.getElementById('one').open"), True)
        self.expect("the title", self.page.evaluate(
            "document.getElementById('title').textContent"), "Layer 0, head 0")
        self.check_map("the enlarged map", "document.getElementById('large')", 0, 0)
        width = "{}.getBoundingClientRect().width"
        self.require(self.page.evaluate(width.format("document.getElementById('large')") + " > "
                                        + width.format(self.thumb(0, 0))),
                     "the enlarged map is no larger than the one in the grid")
        self.picture("enlarged")
        last = len(self.maps) - 1, self.heads - 1
        for _ in range(last[0]):
            self.page.press("ArrowDown")
        for _ in range(last[1]):
            self.page.press("ArrowRight")
        self.check_map("the map that arrow keys lead to", "document.getElementById('large')", *last)

    def check_lines(self):
        """Of the map that is enlarged: the last one."""
        self.page.click("document.getElementById('asLines')")
        self.require(self.page.evaluate("document.getElementById('lines').checkVisibility()"),
                     "the lines do not show")
        self.require(not self.page.evaluate("document.getElementById('large').checkVisibility()"),
                     "the map still shows beside the lines")
        rows = self.maps[-1][-1]
        opacities = ("Array.from(document.querySelectorAll('#lines line'),"
                     " l => Number(l.getAttribute('stroke-opacity')))")
        found = self.page.evaluate(opacities)
        self.require(drawn_as([w for row in rows for w in row], found),
                     f"{len(found)} lines are not as opaque as the weights")
        self.expect("the number of names beside the lines", self.page.evaluate(
            "document.querySelectorAll('#lines text').length"), 2 * self.tokens)
        self.picture("lines")
        self.page.move_to("document.querySelectorAll('#lines .hit')[0]")
        self.page.settle()
        found = self.page.evaluate(opacities)
        self.require(drawn_as(rows[0], found),
                     f"{len(found)} lines from the first token are not as opaque as its weights")
        self.picture("lines-of-one")
        self.page.press("Escape")
        self.expect("after Escape, the dialog", self.page.evaluate(
            "document.getElementById('one').open"), False)

    def background(self):
        return self.page.evaluate("getComputedStyle(document.body).backgroundColor")

    def check_dark(self):
        light = self.background()
        self.page.prefer("dark")
        self.page.settle()
        dark = self.background()
        self.require(brightness(dark) < 64 < 192 < brightness(light),
                     f"the page is {light} in a light system and {dark} in a dark one")
        self.page.middle(self.thumb(0, 0))
        self.page.settle()
        self.check_map("the first map, dark", self.thumb(0, 0), 0, 0)
        self.picture("dark")
        self.page.click(self.thumb(0, 0))
        self.picture("dark-enlarged")
        self.page.click("document.getElementById('asLines')")
        self.picture("dark-lines")
        self.page.press("Escape")
        self.page.click("document.getElementById('theme')")
        self.expect("after a click on its button, the background", self.background(), light)

    def check_narrow(self):
        self.page.resize(*NARROW)
        self.page.settle()
        self.require(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"),
                     "the page is wider than a narrow window")
        self.picture("narrow")
        self.page.click(self.thumb(0, 0))
        for view in ("asMap", "asLines"):
            self.page.click(f"document.getElementById('{view}')")
            self.require(self.page.evaluate(
                "(b => b.left >= 0 && b.top >= 0 && b.right <= innerWidth && b.bottom <= innerHeight)"
                "(document.getElementById('one').getBoundingClientRect())"),
                f"{view}: the dialog is larger than a narrow window")
            self.picture("narrow-" + view)
        self.page.press("Escape")

    def use(self):
        self.check_grid()
        self.check_enlarged()
        self.check_lines()
        self.check_dark()
        self.check_narrow()
        self.faults += self.page.complaints
        return self.faults


def drawn_as(weights, opacities):
    """A line for each weight that is large enough, those next to the limit with it or not."""
    rounding = 2e-3  # of weights to 1/255, and of opacities to three digits
    weights, opacities = sorted(weights, reverse=True), sorted(opacities, reverse=True)
    must = sum(w >= THINNEST_LINE + rounding for w in weights)
    may = sum(w >= THINNEST_LINE - rounding for w in weights)
    return must <= len(opacities) <= may and all(
        abs(w - opacity) < rounding + 1e-3 for w, opacity in zip(weights, opacities))


def brightness(colour):
    return sum(int(c) for c in colour[colour.index("(") + 1:-1].split(",")[:3]) / 3


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page")
    parser.add_argument("run", help="what `bertc run --json` says of the same text")
    parser.add_argument("--screenshots", help="folder for pictures")
    parser.add_argument("--browser", default="chromium")
    options = parser.parse_args()
    if options.screenshots:
        os.makedirs(options.screenshots, exist_ok=True)
    with open(options.run, encoding="utf-8") as file:
        said = json.load(file)
    maps = [value for name, value in said.items() if name.startswith("attentions.")]
    with Chromium(options.browser, options.page, *WIDE) as page:
        faults = Reader(page, maps, options.screenshots).use()
    if faults:
        sys.exit("\n".join(faults))
    print(f"{len(maps)} layers of {len(maps[0])} heads, {len(maps[0][0])} tokens: as they should be")


if __name__ == "__main__":
    main()
