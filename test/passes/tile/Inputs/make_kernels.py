"""Writes a module of the bert dialect, with values, whose outputs are kernels at odd sizes.

    make_kernels.py products|epilogues|blocks [bf16|int8|int8_scaled] > FILE.mlir
    make_kernels.py hard|rows|gather|activations > FILE.mlir
    make_kernels.py rowGradients|columnGradients|derivatives|losses > FILE.mlir
    make_kernels.py productGradients|weightBlocks [bf16] > FILE.mlir
    make_kernels.py attention|attentionBf16|attentionGradients HEAD_SIZE... > FILE.mlir
    make_kernels.py dropouts|dropoutModel > FILE.mlir
    make_kernels.py dropoutAttention HEAD_SIZE... > FILE.mlir

An output is named after the kernel that made it, so `bertc verify` says which one is wrong. What
kernels read are random rows: one by token id plus one by position, so that no two of a sequence
are alike.
"""

import random
import struct
import sys

IDS = 29
SIZES = (1, 3, 4, 5, 13, 16, 17, 31, 32, 33, 64, 65, 100)
# Around the vectors that rows are walked in: 32 elements for AVX2, 64 for AVX-512.
WIDTHS = (1, 3, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129)


class Module:
    """Text of a module in the making. A value is a pair of its name and its type. With a precision
    below f32 all values are multiples of 2^-12: sums of two are exact, so that a kernel and the
    reference round the same numbers."""

    def __init__(self, positions, types=0, precision="f32"):
        self.precision = precision
        self.facts = {"vocab_size": IDS, "type_vocab_size": types, "max_positions": positions,
                      "position_offset": 0}
        self.inputs = ["input_ids", "position_ids"] + ["token_type_ids"] * (types > 0)
        self.random = random.Random(20061)
        self.parameters, self.body, self.outputs, self.made = [], [], [], {}
        self.drops = False

    def parameter(self, shape, values):
        name = f"p{len(self.parameters)}"
        kind = f"tensor<{'x'.join(map(str, shape))}xf32>"
        data = struct.pack(f"<{len(values)}f", *values).hex()
        self.parameters.append(f'  bert.parameter @{name} : {kind} = dense<"0x{data}"> : {kind}')
        self.body.append(f"    %{name} = bert.get_parameter @{name} : {kind}")
        return f"%{name}", kind

    def uniform(self, count, scale=1.0, center=0.0):
        values = [center + self.random.uniform(-scale, scale) for _ in range(count)]
        return values if self.precision == "f32" else [round(v * 4096) / 4096 for v in values]

    def matrix(self, rows, columns, scale=1.0, center=0.0):
        return self.parameter((rows, columns), self.uniform(rows * columns, scale, center))

    def vector(self, size, center=0.0):
        return self.parameter((size,), self.uniform(size, center=center))

    def norm(self, size):
        """Scale, bias and epsilon of a layer norm."""
        return self.vector(size, center=1), self.vector(size), 1e-12

    def op(self, name, parts, attributes, columns, shape=None):
        """name parts {attributes}; a part is a value or a word of the op's syntax. [?, columns], or
        a constant shape."""
        values = [part for part in parts if not isinstance(part, str)]
        text = ""
        for i, part in enumerate(parts):
            comma = i > 0 and not isinstance(part, str) and not isinstance(parts[i - 1], str)
            text += ("," if comma else "") + " " + (part if isinstance(part, str) else part[0])
        sizes = ["?", columns] if shape is None else shape
        kind = f"tensor<{'x'.join(map(str, [*sizes, 'f32']))}>"
        result = f"%v{len(self.body)}"
        attributes = ", ".join(f"{key} = {value}" for key, value in attributes.items())
        types = ", ".join(value[1] for value in values)
        elementwise = name in ("bert.gelu", "bert.relu", "bert.silu", "bert.tanh", "bert.add",
                               "bert.scale")
        types = kind if elementwise else f"({types}) -> {kind}"
        self.body.append(f"    {result} = {name}{text} {{{attributes}}} : {types}")
        return result, kind

    def embedding(self, tables, columns, norm=None):
        """tables: one for each of the first inputs, or a dictionary by input."""
        if not isinstance(tables, dict):
            tables = dict(zip(self.inputs, tables))
        parts = [(f"%{name}", "tensor<?xi32>") for name in tables] + ["from", *tables.values()]
        if not norm:
            return self.op("bert.embedding", parts, {}, columns)
        scale, bias, epsilon = norm
        return self.op("bert.fused_embedding", parts + ["layer_norm", scale, bias],
                       {"epsilon": f"{epsilon:.1e} : f64"}, columns)

    def rows(self, columns, scale=1.0):
        """Random rows, one a token: the same ones for the same arguments."""
        key = columns, scale
        if key not in self.made:
            tables = [self.matrix(count, columns, scale / 2)
                      for count in (IDS, self.facts["max_positions"])]
            self.made[key] = self.embedding(tables, columns)
        return self.made[key]

    def layerNorm(self, x, columns):
        scale, bias, epsilon = self.norm(columns)
        return self.op("bert.layer_norm", [x, scale, bias],
                       {"epsilon": f"{epsilon:.1e} : f64"}, columns)

    def product(self, x, inputs, outputs, bias=None, residual=None, norm=None, activation="none"):
        # Weights such that a sum over k is about as large as its terms' factors, whatever K.
        parts = [x, self.matrix(outputs, inputs, (3 / inputs) ** 0.5)]
        attributes = {"activation": f"#bert<activation {activation}>"}
        precision = self.precision.removesuffix("_scaled")
        if precision != self.precision:
            parts += ["input_scale", self.vector(inputs, center=2)]
        if bias:
            parts += ["bias", bias]
        if residual:
            parts += ["residual", residual]
        if norm:
            parts += ["layer_norm", norm[0], norm[1]]
            attributes["epsilon"] = f"{norm[2]:.1e} : f64"
        if precision != "f32":
            attributes["precision"] = f"#bert<precision {precision}>"
        return self.op("bert.fused_linear", parts, attributes, outputs)

    def rounding(self):
        """The attribute of gradients of products."""
        return {} if self.precision == "f32" else {"precision": f"#bert<precision {self.precision}>"}

    def key(self, *numbers):
        """A key of two equal words, then what folding numbers into it makes."""
        self.drops = True
        kind = "tensor<2xi32>"
        key = f"%v{len(self.body)}"
        self.body.append(f"    {key} = arith.constant dense<{self.random.randrange(-2**31, 2**31)}> : {kind}")
        value = key, kind
        for number in numbers:
            value = self.fold(value, number)
        return value

    def fold(self, key, number):
        folded = f"%v{len(self.body)}"
        self.body.append(f"    {folded} = bert.fold_in {key[0]} {{number = {number} : i64}} : ({key[1]}) -> {key[1]}")
        return folded, key[1]

    def output(self, name, value):
        self.outputs.append((name, *value))

    def write(self, out):
        facts = ", ".join(f"{name} = {value} : i64" for name, value in self.facts.items())
        arguments = ", ".join(f'%{name} : tensor<?xi32> {{bert.name = "{name}"}}'
                              for name in self.inputs + ["offsets"])
        if self.drops:
            arguments += ', %sequence_ids : tensor<?xi32> {bert.name = "sequence_ids", bert.rows = "sequences"}'
        results = ", ".join(f'{kind} {{bert.name = "{name}"}}' for name, _, kind in self.outputs)
        facts = f'family = "bert", task = "encode", {facts}'
        out.write(f"module attributes {{bert.model = {{{facts}}}}} {{\n")
        out.write("\n".join(self.parameters))
        out.write(f"\n  func.func @encode({arguments})\n      -> ({results})")
        out.write(" attributes {bert.entry} {\n")
        out.write("\n".join(self.body))
        out.write("\n    return " + ", ".join(value for _, value, _ in self.outputs))
        out.write(" : " + ", ".join(kind for _, _, kind in self.outputs) + "\n  }\n}\n")


def products(precision="f32"):
    """Each K and each N once."""
    module = Module(40, precision=precision)
    for inputs, outputs in zip(SIZES, SIZES[6:] + SIZES[:6]):
        bias = module.vector(outputs) if outputs % 2 else None
        value = module.product(module.rows(inputs), inputs, outputs, bias)
        module.output(f"{inputs}x{outputs}{'_bias' if bias else ''}", value)
    return module


def epilogues(precision="f32"):
    """What may follow a product: every activation, with and without the other parts."""
    module = Module(40, precision=precision)
    cases = [(13, 33, "none", "residual"), (13, 33, "none", "norm"),
             (13, 33, "none", "residual norm"), (5, 17, "relu", ""),
             (5, 31, "relu", "bias residual"),
             (16, 32, "tanh", "bias"), (16, 5, "tanh", "residual norm"), (33, 64, "silu", "bias"),
             (33, 3, "silu", "residual"), (31, 65, "gelu", "bias"),
             (31, 4, "gelu", "bias residual norm"), (17, 100, "gelu_tanh", "bias"),
             (17, 13, "gelu_tanh", "bias residual norm")]
    for inputs, outputs, activation, others in cases:
        value = module.product(module.rows(inputs, 2.0), inputs, outputs,
                               module.vector(outputs) if "bias" in others else None,
                               module.rows(outputs) if "residual" in others else None,
                               module.norm(outputs) if "norm" in others else None, activation)
        module.output("_".join([f"{inputs}x{outputs}", activation, *others.split()]), value)
    return module


def blocks(precision="f32"):
    """K in several blocks for L1, of the same size or not, and rows in several for L2: 2100 tokens
    are five blocks for AVX2, whose L2 holds 510 rows of 256, and two for AVX-512, 2044 of 128."""
    module = Module(2100, precision=precision)
    for inputs, outputs in ((129, 17), (256, 33), (257, 32), (300, 5), (384, 33)):
        x = module.embedding([module.matrix(IDS, inputs)], inputs)
        value = module.product(x, inputs, outputs, module.vector(outputs), activation="relu")
        module.output(f"{inputs}x{outputs}_relu_bias", value)
    return module


def selfAttention(module, heads, size, qkv):
    attributes = {"num_heads": f"{heads} : i64"}
    if module.precision != "f32":
        attributes["precision"] = f"#bert<precision {module.precision}>"
    return module.op("bert.self_attention", [qkv, ("%offsets", "tensor<?xi32>")], attributes,
                     heads * size)


def attentionMaps(module, heads, size, qkv, positions):
    return module.op("bert.self_attention_probs", [qkv, ("%offsets", "tensor<?xi32>")],
                     {"num_heads": f"{heads} : i64", "head_size": f"{size} : i64",
                      "max_positions": f"{positions} : i64"}, heads * positions)


def attention(*sizes):
    """Heads of these sizes, two or three of each, and their maps, from queries and keys with and
    without values beside them."""
    module = Module(66)
    for size in map(int, sizes):
        heads = 2 + size % 2
        qkv = module.rows(3 * heads * size, 2.0)
        module.output(f"{heads}_heads_of_{size}", selfAttention(module, heads, size, qkv))
        if size % 4 == 0:
            qkv = module.rows(2 * heads * size, 2.0)
        module.output(f"{heads}_maps_of_{size}", attentionMaps(module, heads, size, qkv, 66))
    return module


def attentionBf16(*sizes):
    """Heads of these sizes, in bf16."""
    module = Module(66, precision="bf16")
    for size in map(int, sizes):
        heads = 2 + size % 2
        value = selfAttention(module, heads, size, module.rows(3 * heads * size, 2.0))
        module.output(f"{heads}_heads_of_{size}", value)
    return module


def hard():
    """Inputs for which a careless formula loses digits or overflows."""
    module = Module(66)
    # Scores some hundreds apart: weights from one to where exp leaves the range of f32.
    hidden = 32
    tables = []
    for count in (IDS, 66):
        values = [module.uniform(2 * hidden, 6.0) + module.uniform(hidden) for _ in range(count)]
        tables.append(module.parameter((count, 3 * hidden), sum(values, [])))
    qkv = module.embedding(tables, 3 * hidden)
    module.output("2_heads_of_16", selfAttention(module, 2, 16, qkv))
    # Rows far from zero: the mean of squares less the squared mean keeps three digits of their
    # variance.
    for columns in (33, 100, 129):
        table = module.matrix(IDS, columns, center=32.0)
        module.output(f"fused_embedding_{columns}",
                      module.embedding([table], columns, module.norm(columns)))
    return module


def rows():
    """Kernels that treat each row by itself, where no product takes them in."""
    module = Module(40)

    def elementwise(name, columns, *values):
        module.output(f"{name}_{columns}", module.op(f"bert.{name}", values, {}, columns))

    for columns in WIDTHS:
        x = module.rows(columns)
        module.output(f"layer_norm_{columns}", module.layerNorm(x, columns))
        # Norms above epsilon and, in the narrower rows, below it.
        module.output(f"l2_normalize_{columns}",
                      module.op("bert.l2_normalize", [x], {"epsilon": "3.0e+00 : f64"}, columns))
        elementwise("add", columns, x, module.rows(columns, 2.0))
    for i, name in enumerate(("relu", "silu", "tanh")):
        for columns in WIDTHS[i::3]:
            elementwise(name, columns, module.rows(columns))
    return module


def gather():
    """The two ends of an encoder: rows by id, and a row for each sequence."""
    module = Module(40, types=2)
    offsets = ("%offsets", "tensor<?xi32>")
    for columns in WIDTHS:
        tables = [module.matrix(count, columns) for count in (IDS, 40, 2)]
        module.output(f"embedding_{columns}", module.embedding(tables[:1], columns))
        x = module.embedding(tables, columns)
        module.output(f"embedding_of_three_{columns}", x)
        normed = module.embedding(tables, columns, module.norm(columns))
        module.output(f"fused_embedding_{columns}", normed)
        first = module.op("bert.first_token", [x, offsets], {}, columns)
        module.output(f"first_token_{columns}", first)
        mean = module.op("bert.mean_pool", [x, offsets], {}, columns)
        module.output(f"mean_pool_{columns}", mean)
        if columns > 2:
            middle = module.op("bert.slice_columns", [x], {"first": "1 : i64",
                               "count": f"{columns - 2} : i64"}, columns - 2)
            module.output(f"slice_{columns}", middle)
        # On rows that are sequences.
        module.output(f"tanh_of_mean_{columns}", module.op("bert.tanh", [mean], {}, columns))
    return module


EPSILON = {"epsilon": "1.0e-02 : f64"}
OFFSETS = ("%offsets", "tensor<?xi32>")


def rowGradients():
    """Backward kernels that treat each row by itself, or take it from a sequence's."""
    module = Module(40)
    for columns in WIDTHS:
        x, g = module.rows(columns), module.rows(columns, 2.0)

        def output(name, parts, attributes, width=columns):
            module.output(f"{name}_{columns}",
                          module.op(f"bert.{name}", parts, attributes, width))

        output("layer_norm_gradient", [g, x, module.vector(columns, center=1)], EPSILON)
        # Norms above epsilon and, in the narrower rows, below it.
        output("l2_normalize_gradient", [g, x], {"epsilon": "3.0e+00 : f64"})
        limit = {"epsilon": "1.0e+00 : f64"}
        output("cosine", [x, g], limit, 1)
        output("cosine_gradient", [module.rows(1), x, g], limit)
        output("scale", [x], {"factor": "-2.5e-01 : f64"})
        output("place_columns", [x], {"first": "3 : i64", "columns": f"{columns + 5} : i64"},
               columns + 5)
        for pool in ("first_token", "mean_pool"):
            pooled = module.op(f"bert.{pool}", [g, OFFSETS], {}, columns)
            output(f"{pool}_gradient", [pooled, OFFSETS, "like", x], {})
    for i, name in enumerate(("relu", "silu", "tanh", "gelu", "gelu_tanh")):
        for columns in WIDTHS[i::5]:
            value = module.op("bert.activation_gradient",
                              [module.rows(columns), module.rows(columns, 4.0)],
                              {"activation": f"#bert<activation {name}>"}, columns)
            module.output(f"{name}_gradient_{columns}", value)
    return module


def columnGradients():
    """Backward kernels that sum over the rows of a batch."""
    module = Module(40)
    for columns in WIDTHS:
        x, g = module.rows(columns), module.rows(columns, 2.0)

        def output(name, parts, attributes, shape):
            value = module.op(f"bert.{name}", parts, attributes, 0, shape)
            module.output(f"{name}_{columns}", value)
            return value

        one = output("column_sums", [g], {}, [columns])
        two = output("layer_norm_scale_gradient", [g, x], EPSILON, [columns])
        output("add", [one, two], {}, [columns])
        output("scale", [one], {"factor": "3.0e-01 : f64"}, [columns])
        ids = ("%input_ids", "tensor<?xi32>")
        table = [g, ids], {"rows": f"{IDS} : i64"}, [IDS, columns]
        output("embedding_gradient", *table)
        padded = {"rows": f"{IDS} : i64", "padding": "7 : i64"}
        value = module.op("bert.embedding_gradient", [g, ids], padded, 0, [IDS, columns])
        module.output(f"embedding_gradient_padding_{columns}", value)
    return module


def productGradients(precision="f32"):
    """Both gradients of products of odd sizes."""
    module = Module(40, precision=precision)
    for inputs, outputs in zip(SIZES, SIZES[6:] + SIZES[:6]):
        x, g = module.rows(inputs), module.rows(outputs, 2.0)
        weight = module.matrix(outputs, inputs, (3 / outputs) ** 0.5)
        module.output(f"input_{inputs}x{outputs}",
                      module.op("bert.linear_input_gradient", [g, weight], module.rounding(), inputs))
        module.output(f"weight_{inputs}x{outputs}", module.op(
            "bert.linear_weight_gradient", [g, x], module.rounding(), 0, [outputs, inputs]))
    return module


def derivatives():
    """The derivative of every activation from -16 to 16, and far from zero on both sides."""
    count, columns = 2048, 64
    module = Module(count)
    step = 32 / (count * columns)
    x = module.embedding({"position_ids": module.parameter(
        (count, columns), [-16 + step * i for i in range(count * columns)])}, columns)
    far = module.embedding({"position_ids": module.parameter(
        (count, 1), [(-1) ** i * 1.5 ** (1 + i % 60) for i in range(count)])}, 1)
    ones = [module.embedding({"position_ids": module.parameter((count, width), [1.0] * count * width)},
                             width) for width in (columns, 1)]
    for name in ("relu", "silu", "tanh", "gelu", "gelu_tanh"):
        for where, value, one, width in (("", x, ones[0], columns), ("_far", far, ones[1], 1)):
            module.output(f"{name}{where}", module.op(
                "bert.activation_gradient", [one, value],
                {"activation": f"#bert<activation {name}>"}, width))
    return module


def losses():
    """Losses and their gradients. Ids are labels of the first classes of many, and rows the teacher's of others."""
    module = Module(40)
    ids = ("%input_ids", "tensor<?xi32>")

    def output(name, operands, attributes, columns, kind=""):
        loss = module.op(f"bert.{name}", operands, attributes, 0, [])
        label = f"{name}_{columns}{kind}"
        module.output(label, loss)
        module.output(f"{label}_gradient",
                      module.op(f"bert.{name}_gradient", [loss, *operands], attributes, columns))

    for columns in (29, 31, 32, 33, 64, 65, 100, 129):
        # Some labels are nearly sure, some all but ruled out.
        logits = module.rows(columns, 30.0)
        output("cross_entropy", [logits, ids], {}, columns)
        output("cross_entropy", [logits, ids], {"ignore_label": "7 : i64"}, columns, "_without_7")
    for columns in WIDTHS:
        pair = [module.rows(columns, 8.0), module.rows(columns)]
        output("binary_cross_entropy", pair, {}, columns)
        output("mean_squared_error", pair, {}, columns)
        # A teacher who is nearly sure, too.
        output("distillation", [pair[0], module.rows(columns, 20.0)], {"temperature": "1.5e+00 : f64"}, columns)
        # Rows above epsilon and, the narrower ones, below it, and a cosine near one.
        output("cosine_embedding", pair, {"epsilon": "3.0e+00 : f64"}, columns)
        near = module.op("bert.add", [pair[0], module.rows(columns, 0.01)], {}, columns)
        output("cosine_embedding", [pair[0], near], {"epsilon": "1.0e-08 : f64"}, columns, "_near")
    return module


def weightBlocks(precision="f32"):
    """Gradients of weights in several blocks of the batch's rows and of the weight's."""
    module = Module(2100, precision=precision)
    for inputs, outputs in ((33, 300), (64, 517), (100, 31)):
        x = module.embedding([module.matrix(IDS, inputs)], inputs)
        g = module.embedding([module.matrix(IDS, outputs)], outputs)
        module.output(f"{inputs}x{outputs}", module.op(
            "bert.linear_weight_gradient", [g, x], module.rounding(), 0, [outputs, inputs]))
    return module


def attentionGradients(*sizes):
    """Heads of these sizes, two or three of each. One of the longest sequences has several blocks
    of queries where L2 is small."""
    module = Module(300)
    for size in map(int, sizes):
        heads = 2 + size % 2
        rows = [module.rows(heads * size, scale) for scale in (1.0, 2.0, 2.5, 1.5)]
        value = module.op("bert.attention_gradient", [*rows, OFFSETS],
                          {"num_heads": f"{heads} : i64"}, 3 * heads * size)
        module.output(f"{heads}_heads_of_{size}", value)
    return module


SEQUENCE_IDS = ("%sequence_ids", "tensor<?xi32>")


def dropouts():
    """Rows of tokens and of sequences at several rates. Of rows without a zero what is dropped is zero in both or in
    neither, or they differ by as much as the rows' elements."""
    module = Module(300)
    for columns in WIDTHS:
        x = module.embedding([module.matrix(count, columns, 0.4, 1) for count in (IDS, 300)], columns)
        for rate in (0.1, 0.5, 1 - 2**-40) if columns == 100 else (0.3,):
            key = module.key(*range(columns % 3))
            module.output(f"tokens_{columns}_{rate}", module.op(
                "bert.dropout", [x, key, SEQUENCE_IDS, "offsets", OFFSETS], {"rate": f"{rate:.17e} : f64"}, columns))
        first = module.op("bert.first_token", [x, OFFSETS], {}, columns)
        module.output(f"sequences_{columns}", module.op(
            "bert.dropout", [first, module.key(2**32 - 1), SEQUENCE_IDS], {"rate": "2.5e-01 : f64"}, columns))
    return module


def dropoutAttention(*sizes):
    """Heads of these sizes, two or three of each, forward and backward."""
    module = Module(300)
    for size in map(int, sizes):
        heads = 2 + size % 2
        rows = [module.rows(heads * size, scale) for scale in (1.0, 2.0, 2.5, 1.5)]
        attributes = {"num_heads": f"{heads} : i64", "rate": f"{0.1 + size % 4 / 5:.3f} : f64"}
        where = [OFFSETS, "dropout", module.key(size), SEQUENCE_IDS]
        module.output(f"{heads}_heads_of_{size}", module.op(
            "bert.dropout_attention", [*rows[1:], *where], attributes, heads * size))
        module.output(f"gradient_{heads}_heads_of_{size}", module.op(
            "bert.dropout_attention_gradient", [*rows, *where], attributes, 3 * heads * size))
    return module


def dropoutModel():
    """Every op that drops, one behind the other."""
    module = Module(40)
    key = module.key()

    def fold(number):
        return module.fold(key, number)

    rate = {"rate": "3.0e-01 : f64"}
    heads = {"num_heads": "3 : i64", **rate}
    where = [OFFSETS, "dropout", fold(1), SEQUENCE_IDS]
    x = module.op("bert.dropout", [module.rows(36), fold(0), SEQUENCE_IDS, "offsets", OFFSETS], rate, 36)
    y = module.op("bert.dropout_attention", [x, module.rows(36, 2.0), x, *where], heads, 36)
    module.output("attention", y)
    module.output("gradient", module.op(
        "bert.dropout_attention_gradient", [y, x, module.rows(36, 2.0), x, *where], heads, 108))
    first = module.op("bert.first_token", [y, OFFSETS], {}, 36)
    module.output("sequences", module.op("bert.dropout", [first, fold(2), SEQUENCE_IDS], rate, 36))
    return module


def activations():
    """Every activation on 128 Ki numbers from -16 to 16, and on some far below zero, where all but
    tanh are zero."""
    count, columns = 2048, 64
    module = Module(count)
    step = 32 / (count * columns)
    values = [-16 + step * i for i in range(count * columns)]
    x = module.embedding({"position_ids": module.parameter((count, columns), values)}, columns)
    values = [-1.5 ** (1 + i % 200) for i in range(count)]
    far = module.embedding({"position_ids": module.parameter((count, 1), values)}, 1)
    for name, attributes in (("gelu", {"approximate": "#bert<gelu_form none>"}),
                             ("gelu_tanh", {"approximate": "#bert<gelu_form tanh>"}),
                             ("silu", {}), ("tanh", {})):
        op = "bert." + name.split("_")[0]
        module.output(name, module.op(op, [x], attributes, columns))
        module.output(f"{name}_far", module.op(op, [far], attributes, 1))
    return module


if __name__ == "__main__":
    MAKERS = {make.__name__: make for make in
              (products, epilogues, blocks, attention, attentionBf16, hard, rows, gather,
               activations, rowGradients, columnGradients, productGradients, derivatives, losses,
               weightBlocks, attentionGradients, dropouts, dropoutAttention,
               dropoutModel)}
    MAKERS[sys.argv[1]](*sys.argv[2:]).write(sys.stdout)
