"""Makes goldens/{questions,entities,sentiment,masks}: tiny random models that read English text.

    make_text_goldens.py

Environment as for make_goldens.py. The vocabulary has every printable ASCII character and some
frequent words, so that a text is many tokens and real contexts take several windows. The heads'
weights are large, so that answers differ in score.
"""

import pathlib
import string

import torch
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForQuestionAnswering,
    BertForSequenceClassification,
    BertForTokenClassification,
)

GOLDENS = pathlib.Path(__file__).resolve().parent / "goldens"
WORDS = """the of and to in is was for on that by with as his it at are from be he which an this
were or had not have but its their one has who they been first two new her all she there can
would more when after also time other into some up no may out year what people about than""".split()
LABELS = ["O"] + [
    f"{prefix}-{kind}" for kind in ("person", "location") for prefix in "BIES"
]


def vocabulary():
    characters = [c for c in string.printable.lower() if not c.isspace()]
    characters = sorted(set(characters))
    pieces = ["##" + c for c in characters if c.isalnum()]
    pieces += ["##ing", "##ed", "##er", "##es", "##on", "##al", "##th", "##in"]
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    return special + characters + pieces + [w for w in WORDS if len(w) > 1]


def make(name, model_class, seed, **options):
    torch.manual_seed(seed)
    tokens = vocabulary()
    config = BertConfig(
        vocab_size=len(tokens),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=20,
        max_position_embeddings=400,
        initializer_range=0.5,
        **options,
    )
    model = model_class(config).eval()
    folder = GOLDENS / name
    model.save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(tokens) + "\n", encoding="utf-8")
    for extra in folder.glob("generation_config.json"):
        extra.unlink()
    print(name, sum(p.numel() for p in model.parameters()), "parameters")


if __name__ == "__main__":
    make("questions", BertForQuestionAnswering, 5)
    make(
        "entities",
        BertForTokenClassification,
        6,
        id2label=dict(enumerate(LABELS)),
        label2id={label: i for i, label in enumerate(LABELS)},
    )
    make("sentiment", BertForSequenceClassification, 7, id2label={0: "negative", 1: "positive"})
    make("masks", BertForMaskedLM, 8)
