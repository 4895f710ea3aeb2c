"""Compares the maps in a page of `bertc attention` with those of `bertc run --json`.

    check_page.py PAGE RUN.json

Prints the page's facts, its texts, its tokens (those of a second text with a 1) and its layers.
"""

import base64
import json
import re
import sys

import numpy as np

page = open(sys.argv[1], encoding="utf-8").read()
run = json.load(open(sys.argv[2], encoding="utf-8"))

assert page.startswith("<!DOCTYPE html>") and page.endswith("</html>\n"), "no page"
assert not re.search(r'(src|href)\s*=|url\(|@import|fetch\(|XMLHttp', page), "the page loads something"
assert "http" not in page.replace("http://www.w3.org/2000/svg", ""), "the page names an address"
scripts = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)
assert len(scripts) == 2, "a text ends a script element"
data = json.loads(scripts[0])

count = len(data["tokens"])
print(data["facts"])
print(" | ".join(data["texts"]))
print(" ".join(token["label"] + (" 1" if token["text"] == 1 else "") for token in data["tokens"]),
      data["tokens"][-2]["text"])
maps = [name for name in run if name.startswith("attentions.")]
assert [layer["number"] for layer in data["layers"]] == [name.split(".")[1] for name in maps]
for layer in data["layers"]:
    wanted = np.array(run["attentions." + layer["number"]])
    found = np.stack([np.frombuffer(base64.b64decode(head), f"<u{data['bits'] // 8}")
                      for head in layer["heads"]]).reshape(-1, count, count) / data["scale"]
    assert found.shape == wanted.shape, (found.shape, wanted.shape)
    apart = np.abs(found - wanted).max()
    assert apart <= 0.51 / data["scale"], f"layer {layer['number']} differs by {apart}"
    print(f"layer {layer['number']}: {len(found)} heads")
