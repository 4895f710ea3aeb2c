"""The families and the classes that transformers has for their heads."""

FAMILIES = {
    "bert": ("Bert", ("Model", "ForMaskedLM", "ForPreTraining", "ForSequenceClassification",
                      "ForTokenClassification", "ForQuestionAnswering", "ForMultipleChoice")),
    "roberta": ("Roberta", ("Model", "ForMaskedLM", "ForSequenceClassification",
                            "ForTokenClassification", "ForQuestionAnswering",
                            "ForMultipleChoice")),
    "albert": ("Albert", ("Model", "ForMaskedLM", "ForPreTraining",
                          "ForSequenceClassification", "ForTokenClassification",
                          "ForQuestionAnswering", "ForMultipleChoice")),
    "distilbert": ("DistilBert", ("Model", "ForMaskedLM", "ForSequenceClassification",
                                  "ForTokenClassification", "ForQuestionAnswering",
                                  "ForMultipleChoice")),
}
# Names of their own for RoBERTa's classes.
RELATIVES = {
    "camembert": ("Camembert", FAMILIES["roberta"][1]),
    "xlm-roberta": ("XLMRoberta", FAMILIES["roberta"][1]),
}


def head_of(architecture):
    """"BertForMaskedLM" -> "ForMaskedLM", "BertModel" -> "Model"."""
    return architecture[architecture.index("For"):] if "For" in architecture else "Model"
