"""same_labels.py CONFIG: gives all labels of a config.json one name, in place."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    config = json.load(file)
config["id2label"] = {key: "x" for key in config["id2label"]}
config["label2id"] = {"x": 0}
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(config, file)
