"""name_labels.py CONFIG NAME...: names the labels of a config.json, in place."""

import json
import sys

path, *names = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    config = json.load(file)
assert len(names) == len(config["id2label"])
config["id2label"] = {str(i): name for i, name in enumerate(names)}
config["label2id"] = {name: i for i, name in enumerate(names)}
with open(path, "w", encoding="utf-8") as file:
    json.dump(config, file)
