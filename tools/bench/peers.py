"""One class a peer: it loads a checkpoint and computes last_hidden_state on a padded batch.

A peer is `Peer(folder, threads, dtype, cache)`, the dtype of products "f32", "bf16" or "int8", with

    version()             for the table
    prepare(batches)      compiles for these batches of (ids, mask), untimed
    run(number)           last_hidden_state [B,S,H] f32 of that batch, timed

Peers are imported in processes of their own (worker.py): their thread pools spin.
"""

import ctypes
import json
import os
import subprocess

import numpy as np


class Bertc:
    """The artifact of `bertc compile`, through its C API; takes a ragged batch as it is."""

    packs = True

    def __init__(self, folder, threads, dtype, cache):
        self.artifact = os.path.join(cache, "bertc.so")
        subprocess.run(["bertc", "compile", folder, "-o", self.artifact, "--no-tokenizer",
                        "--dtype", dtype, "--outputs", "last_hidden_state"], check=True,
                       stdout=subprocess.DEVNULL)
        library = self.library = ctypes.CDLL(self.artifact)
        for name in ("bertc_open", "bertc_session_create", "bertc_last_error", "bertc_version"):
            getattr(library, name).restype = ctypes.c_void_p
        self.model = ctypes.c_void_p(library.bertc_open(None))
        self.threads = threads
        self.sessions = []

    def version(self):
        return ctypes.string_at(self.library.bertc_version()).decode()

    def prepare(self, batches):
        for session, *_ in self.sessions:
            self.library.bertc_session_destroy(session)
        self.sessions = []
        for ids, mask in batches:
            session = ctypes.c_void_p(self.library.bertc_session_create(
                self.model, ctypes.c_int64(int(mask.sum())), ctypes.c_int64(len(ids)),
                ctypes.c_int64(self.threads), None))
            self.sessions.append((session, ids, mask))

    def run(self, number):
        session, ids, mask = self.sessions[number]
        int64s = ctypes.POINTER(ctypes.c_int64)
        if self.library.bertc_run_padded_i64(
                session, ids.ctypes.data_as(int64s), mask.ctypes.data_as(int64s), None,
                ctypes.c_int64(ids.shape[0]), ctypes.c_int64(ids.shape[1])):
            raise RuntimeError(ctypes.string_at(self.library.bertc_last_error()).decode())
        return lambda: self.read(session)

    def read(self, session):
        shape = (ctypes.c_int64 * 4)()
        rank = self.library.bertc_output_shape(session, ctypes.c_int64(0), shape)
        out = np.empty(tuple(shape)[:rank], np.float32)
        self.library.bertc_read_output_padded(
            session, ctypes.c_int64(0), out.ctypes.data_as(ctypes.POINTER(ctypes.c_float)),
            ctypes.c_int64(out.size))
        return out


class Torch:
    packs = False

    def __init__(self, folder, threads, dtype, cache):
        import torch
        import transformers

        if dtype == "int8":
            raise ValueError("has int8 for transformers in other packages only")
        torch.set_num_threads(threads)
        self.torch = torch
        self.model = transformers.AutoModel.from_pretrained(folder).eval()
        if dtype == "bf16":
            self.model = self.model.to(torch.bfloat16)

    def version(self):
        return self.torch.__version__

    def prepare(self, batches):
        self.batches = [self.torch.from_numpy(np.stack(batch)) for batch in batches]

    def call(self, ids, mask):
        with self.torch.inference_mode():
            return self.model(input_ids=ids, attention_mask=mask).last_hidden_state

    def run(self, number):
        ids, mask = self.batches[number]
        # As users do: no mask where nothing is padded, which is faster.
        states = self.call(ids, None if mask.all() else mask)
        return lambda: states.float().numpy()


class TorchCompile(Torch):
    def __init__(self, folder, threads, dtype, cache):
        # torch.compile needs a C++ compiler that has OpenMP: g++, which torch takes by itself.
        os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", os.path.join(cache, "inductor"))
        super().__init__(folder, threads, dtype, cache)
        self.model = self.torch.compile(self.model)

    def prepare(self, batches):
        super().prepare(batches)
        # A graph for each shape, as static shapes run fastest; one graph for many.
        self.torch._dynamo.reset()
        self.torch._dynamo.config.automatic_dynamic_shapes = len(batches) > 4


def export_onnx(folder, path, batch=None):
    """The checkpoint as ONNX: sizes are dynamic, or those of `batch`."""
    if os.path.exists(path):
        return path
    import torch
    import transformers

    model = transformers.AutoModel.from_pretrained(folder, attn_implementation="eager").eval()

    class States(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, input_ids, attention_mask):
            return self.model(input_ids=input_ids, attention_mask=attention_mask)[0]

    ids, mask = batch or (np.ones((2, 8), np.int64), np.ones((2, 8), np.int64))
    axes = None if batch else {name: {0: "batch", 1: "length"}
                               for name in ("input_ids", "attention_mask", "states")}
    torch.onnx.export(States(), (torch.from_numpy(ids), torch.from_numpy(mask)), path + ".part",
                      input_names=["input_ids", "attention_mask"], output_names=["states"],
                      dynamic_axes=axes, opset_version=17, dynamo=False)
    os.rename(path + ".part", path)
    return path


class OnnxRuntime:
    packs = False

    def __init__(self, folder, threads, dtype, cache):
        if dtype == "bf16":
            raise ValueError("has no bf16 on CPUs")
        import onnxruntime

        self.runtime = onnxruntime
        path = export_onnx(folder, os.path.join(cache, "dynamic.onnx"))
        if dtype == "int8":
            path = self.quantized(path)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options,
                                                    providers=["CPUExecutionProvider"])

    @staticmethod
    def quantized(path):
        """Weights by channel, activations when they are there, as its documentation advises for
        transformers."""
        made = path.replace(".onnx", ".int8.onnx")
        if not os.path.exists(made):
            from onnxruntime.quantization import QuantType, quantize_dynamic

            quantize_dynamic(path, made + ".part", per_channel=True,
                             weight_type=QuantType.QInt8)
            os.rename(made + ".part", made)
        return made

    def version(self):
        return self.runtime.__version__

    def prepare(self, batches):
        self.feeds = [dict(input_ids=ids, attention_mask=mask) for ids, mask in batches]

    def run(self, number):
        states = self.session.run(None, self.feeds[number])[0]
        return lambda: states


class OpenVino:
    packs = False

    def __init__(self, folder, threads, dtype, cache):
        import openvino

        self.openvino = openvino
        self.core = openvino.Core()
        self.path = export_onnx(folder, os.path.join(cache, "dynamic.onnx"))
        self.config = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": threads,
        }
        # What is not int8 runs in what OpenVINO takes by itself: bf16 where the CPU has it.
        if dtype != "int8":
            self.config["INFERENCE_PRECISION_HINT"] = dtype
        else:
            self.path = self.quantized(self.path, folder)
        self.dynamic = None

    def quantized(self, path, folder):
        """By NNCF, calibrated on random ids: the scales of a model of random weights are what they
        are, and no figure here depends on them."""
        made = path.replace(".onnx", ".int8.xml")
        if not os.path.exists(made):
            import nncf

            with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
                words = json.load(file)["vocab_size"]
            draw = np.random.default_rng(1)
            samples = [draw.integers(0, words, (1, 16 * (1 + i % 8))) for i in range(32)]
            model = nncf.quantize(
                self.core.read_model(path),
                nncf.Dataset(samples, lambda ids: {"input_ids": ids,
                                                   "attention_mask": np.ones_like(ids)}),
                model_type=nncf.ModelType.TRANSFORMER, subset_size=len(samples))
            self.openvino.save_model(model, made, compress_to_fp16=False)
        return made

    def version(self):
        return self.openvino.__version__.split("-")[0]

    def compile(self, batch=None):
        model = self.core.read_model(self.path)
        if batch is not None:
            shape = list(batch[0].shape)
            model.reshape({"input_ids": shape, "attention_mask": shape})
        return self.core.compile_model(model, "CPU", self.config).create_infer_request()

    def prepare(self, batches):
        self.requests = []
        for batch in batches:
            if len(batches) == 1:
                request = self.compile(batch)
            else:
                self.dynamic = self.dynamic or self.compile()
                request = self.dynamic
            self.requests.append((request, dict(input_ids=batch[0], attention_mask=batch[1])))

    def run(self, number):
        request, feeds = self.requests[number]
        states = request.infer(feeds)[0]
        return lambda: np.array(states)


class CTranslate2:
    packs = False
    TYPES = {"f32": "float32", "bf16": "bfloat16", "int8": "int8_float32"}

    def __init__(self, folder, threads, dtype, cache):
        import ctranslate2

        self.ctranslate2 = ctranslate2
        kind = self.TYPES[dtype]
        if kind not in ctranslate2.get_supported_compute_types("cpu"):
            raise ValueError(f"has no {dtype} on this CPU")
        path = os.path.join(cache, "model")
        if not os.path.exists(path):
            import transformers
            from ctranslate2.converters import TransformersConverter

            # What the converter asks for, transformers 5 has no more: all are absolute.
            transformers.BertConfig.position_embedding_type = "absolute"
            TransformersConverter(folder).convert(
                path + ".part", quantization=kind if dtype != "f32" else None)
            os.rename(path + ".part", path)
        self.encoder = ctranslate2.Encoder(path, device="cpu", compute_type=kind,
                                           inter_threads=1, intra_threads=threads)

    def version(self):
        return self.ctranslate2.__version__

    def prepare(self, batches):
        """Padding is at the end of a sequence: the lengths say where it begins."""
        view = self.ctranslate2.StorageView.from_array
        self.batches = [(view(ids.astype(np.int32)), view(mask.sum(1).astype(np.int32)))
                        for ids, mask in batches]

    def run(self, number):
        states = self.encoder.forward_batch(*self.batches[number]).last_hidden_state
        return lambda: np.array(states)


class Iree:
    packs = False

    def __init__(self, folder, threads, dtype, cache):
        if dtype != "f32":
            raise ValueError(f"{dtype} is not measured")
        import iree.compiler
        import iree.runtime

        self.folder, self.threads, self.cache = folder, threads, cache
        self.compiler, self.runtime = iree.compiler, iree.runtime
        iree.runtime.flags.FUNCTION_INPUT_VALIDATION = False
        iree.runtime.flags.parse_flags(f"--task_topology_group_count={threads}")

    def version(self):
        import importlib.metadata

        return importlib.metadata.version("iree-base-runtime")

    def compile(self, batch):
        """Static shapes only: dynamic ones are several times slower."""
        name = "x".join(str(n) for n in batch[0].shape)
        binary = os.path.join(self.cache, f"iree-{name}.vmfb")
        if not os.path.exists(binary):
            onnx = export_onnx(self.folder, os.path.join(self.cache, f"{name}.onnx"), batch)
            mlir = binary + ".mlir"
            subprocess.run(["iree-import-onnx", onnx, "-o", mlir], check=True)
            made = subprocess.run(["iree-compile", mlir, "-o", binary + ".part",
                                   "--iree-hal-target-device=local",
                                   "--iree-hal-local-target-device-backends=llvm-cpu",
                                   "--iree-llvmcpu-target-cpu=host", "--iree-opt-level=O3"])
            if made.returncode:
                raise ValueError("its compiler fails on this shape")
            os.rename(binary + ".part", binary)
            os.remove(mlir)
            os.remove(onnx)
        config = self.runtime.Config("local-task")
        module = self.runtime.VmModule.mmap(config.vm_instance, binary)
        context = self.runtime.SystemContext(vm_modules=[
            self.runtime.create_hal_module(config.vm_instance, config.device), module],
            config=config)
        return next(context.modules[module.name][name]
                    for name in module.function_names
                    if not name.startswith("__") and not name.endswith("$async"))

    def prepare(self, batches):
        if len(batches) > 1 or len(batches[0][0]) > 8:
            raise ValueError("not measured: one compilation of minutes for each shape")
        self.functions = [(self.compile(batch), batch) for batch in batches]

    def run(self, number):
        function, batch = self.functions[number]
        states = function(*batch)
        return lambda: states.to_host()


PEERS = {
    "bertc": Bertc,
    "openvino": OpenVino,
    "onnxruntime": OnnxRuntime,
    "torch": Torch,
    "torch-compile": TorchCompile,
    "iree": Iree,
    "ctranslate2": CTranslate2,
}
