"""What a framework answers to a sample, in a form that can be written to a file and compared."""
from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy
from ops.samples import Given, Sample, build, in_dtype, weights_for

FOLDER = Path(__file__).parent / "recorded"
DTYPES = ("float32", "float16", "bfloat16", "complex64", "int64", "bool")

Answer = dict[str, Any]


METHODS = {"strides.unfold": "unfold", "filling.fill": "fill_"}  # elsewhere the name means another function

SPACES = ("nn.functional", "", "special", "linalg", "fft")
# `torch` has other functions under these names, or says that they were removed
LINALG_ONLY = {"eigen", "ldl", "least_squares", "lu", "matrix_norms", "pseudoinverse", "qr", "singular", "solving", "vectors"}


def resolve(framework: Any, sample: Sample) -> Any:
    """The framework's public function that a sample calls; None where it has none."""
    method = METHODS.get(f"{sample.family}.{sample.name}")
    if method is not None:
        return lambda self, *args: getattr(self.clone(), method)(*args)
    for space in _spaces(sample.family):
        owner = framework
        for part in filter(None, space.split(".")):
            owner = getattr(owner, part, None)
        found = getattr(owner, sample.name, None)
        if callable(found) and not isinstance(found, type):
            return found
    return None


def _spaces(family: str) -> tuple[str, ...]:
    if family.startswith("masked_"):
        return ("masked",)
    return ("linalg",) if family in LINALG_ONLY else SPACES


def call(framework: Any, function: Any, sample: Sample, dtype: str, grad: bool = False, seed: int = 0,
         device: str = "cpu") -> Any:
    """(result, the tensors that could be differentiated)"""
    leaves = []

    def make(given: Given) -> Any:
        tensor = framework.from_numpy(numpy.array(in_dtype(given, dtype)))
        if given.is_float and dtype in ("float16", "bfloat16"):
            tensor = tensor.to(getattr(framework, dtype))
        tensor = tensor.to(device)
        if grad and given.is_float:
            leaves.append(tensor.requires_grad_())
        return tensor

    args, kwargs = sample.arguments(seed)
    args, kwargs = build(args, framework, make), {k: build(v, framework, make) for k, v in kwargs.items()}
    return function(*args, **kwargs), leaves


def tensors_in(framework: Any, result: Any) -> list[Any]:
    if isinstance(result, framework.Tensor):
        return [result]
    return [t for part in result for t in tensors_in(framework, part)] if isinstance(result, tuple | list) else []


def values(framework: Any, function: Any, sample: Sample, seed: int = 0, device: str = "cpu") -> Answer:
    """Values in float64 and gradients of a fixed projection."""
    result, leaves = call(framework, function, sample, "float64", grad=True, seed=seed, device=device)
    outputs = tensors_in(framework, result)
    answer: Answer = {"out": [_array(out) for out in outputs], "other": _plain(result) if not outputs else None}
    chosen = [(i, out) for i, out in enumerate(outputs) if out.requires_grad]
    if leaves and chosen:
        weights = [framework.from_numpy(weights_for(tuple(out.shape), i, out.is_complex())).to(out) for i, out in chosen]
        grads = framework.autograd.grad([out for _, out in chosen], leaves, weights, allow_unused=True)
        answer["grad"] = [None if g is None else _array(g) for g in grads]
    return answer


def dtypes(framework: Any, function: Any, sample: Sample) -> dict[str, str]:
    """For each dtype of the inputs those of the outputs, or the class of the error."""
    found = {}
    for dtype in DTYPES:
        try:
            result, _ = call(framework, function, sample, dtype)
            found[dtype] = ",".join(str(out.dtype) for out in tensors_in(framework, result))
        except Exception as error:
            found[dtype] = type(error).__name__
    return found


def _array(tensor: Any) -> Any:
    return numpy.array(tensor.detach().cpu().resolve_conj().resolve_neg().numpy())


def _plain(result: Any) -> Any:
    return result if isinstance(result, bool | int | float | str) else repr(result)


def packed(answer: Answer) -> Answer:
    """Arrays as [dtype, shape, base64]: exact, and a fraction of the size of decimal numbers."""
    def pack(value: Any) -> Any:
        if isinstance(value, numpy.ndarray):
            return [value.dtype.str, list(value.shape), base64.b64encode(value.tobytes()).decode()]
        return [pack(item) for item in value] if isinstance(value, list) else value

    return {key: pack(value) for key, value in answer.items()}


def unpacked(answer: Answer) -> Answer:
    def unpack(value: Any) -> Any:
        if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str):
            return numpy.frombuffer(base64.b64decode(value[2]), value[0]).reshape(value[1])
        return [unpack(item) for item in value] if isinstance(value, list) else value

    return {key: unpack(value) for key, value in answer.items()}


def recorded(family: str) -> dict[str, Answer]:
    path = FOLDER / f"{family}.json"
    return json.loads(path.read_text()) if path.exists() else {}
