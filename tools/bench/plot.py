"""The figures of a table of compare as bars, in SVG: one group a shape, one bar a peer.

A bar's length is the time relative to the fastest peer that is not bertc, so that shapes of a
millisecond and of a second stand in one picture; its label is the time.
"""

from html import escape

BAR, GAP, GROUP_GAP, LEFT, WIDTH, RIGHT = 14, 4, 18, 150, 460, 90
# Ours, then a colour a peer: told apart in either scheme and by those who see no red or green.
COLOURS = ["#0072b2", "#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#d55e00", "#999999"]
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1a1a1a; }
  .title { font-weight: 600; font-size: 14px; }
  .line { stroke: #999; stroke-dasharray: 3 3; }
  .paper { fill: #ffffff; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e8e8e8; } .paper { fill: #161616; } .line { stroke: #777; }
  }"""


def times(row, names):
    """[(name, ms)] of the peers that have a figure."""
    return [(name, row["peers"][name][0]) for name in names
            if isinstance(row["peers"].get(name), tuple)]


def svg(title, rows, names):
    """rows as compare has them; names of peers in their order, bertc the first."""
    colours = {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(names)}
    parts, y = [], 50
    for row in rows:
        bars = times(row, names)
        others = [ms for name, ms in bars if name != "bertc"]
        if not bars:
            continue
        unit = min(others) if others else bars[0][1]
        # A peer many times slower would squeeze the rest: its bar is cut, its label is not.
        longest = min(2.5, max(ms / unit for _, ms in bars))
        scale = WIDTH / max(longest, 1.0)
        height = len(bars) * (BAR + GAP)
        parts.append(f'<text x="{LEFT - 10}" y="{y + height / 2 + 2:.0f}" text-anchor="end">'
                     f'{escape(row["shape"])}</text>')
        parts.append(f'<line class="line" x1="{LEFT + scale:.1f}" x2="{LEFT + scale:.1f}" '
                     f'y1="{y - 4}" y2="{y + height}"/>')
        for name, ms in bars:
            length = min(ms / unit, longest) * scale
            parts.append(f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR}" '
                         f'fill="{colours[name]}"><title>{escape(name)}</title></rect>')
            label = f"{ms:.1f} ms" + (" (cut)" if ms / unit > longest else "")
            parts.append(f'<text x="{LEFT + length + 5:.1f}" y="{y + BAR - 2}">{label}</text>')
            y += BAR + GAP
        y += GROUP_GAP
    x = LEFT
    for name in names:
        if not any(name in dict(times(row, names)) for row in rows):
            continue
        parts.append(f'<rect x="{x}" y="{y}" width="12" height="12" fill="{colours[name]}"/>')
        parts.append(f'<text x="{x + 16}" y="{y + 11}">{escape(name)}</text>')
        x += 30 + 7 * len(name)
    width, height = max(LEFT + WIDTH + RIGHT, x), y + 30
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img">\n<style>{STYLE}\n</style>\n'
            f'<rect class="paper" width="100%" height="100%"/>\n'
            f'<text class="title" x="{LEFT}" y="24">{escape(title)}</text>\n'
            + "\n".join(parts) + "\n</svg>\n")
