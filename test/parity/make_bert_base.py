"""Writes a checkpoint of bert-base's size with random weights, for measurements and parity.

    make_bert_base.py FOLDER [--seed N]

Environment as for make_goldens.py. 440 MB: never committed. A given seed gives the same
weights. They are half again as large as BERT's initial ones, so that attention chooses.
"""

import argparse

import torch
from transformers import BertConfig, BertModel


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    BertModel(BertConfig(initializer_range=0.03)).eval().save_pretrained(options.folder)


if __name__ == "__main__":
    main()
