"""What programs save: each case makes an object with the `torch` that it is given, PyTorch or flambeau, the same with both.

tools/record_checkpoint.py writes each with PyTorch, in its present format and in that of before 1.6, into fixtures/.
"""
from __future__ import annotations

import argparse
import json
from collections import Counter, OrderedDict

CASES = {}


def case(make):
    CASES[make.__name__] = make
    return make


def _dtype(name):
    CASES[name] = lambda torch: torch.tensor([0, 1, 3, 100]).to(getattr(torch, name)).reshape(2, 2)


for _name in ("bool", "uint8", "int8", "int16", "int32", "int64", "uint16", "uint32", "uint64", "float16", "bfloat16",
              "float32", "float64", "complex64", "complex128", "float8_e4m3fn", "float8_e5m2"):
    _dtype(_name)


@case
def views_of_one_storage(torch):
    table = torch.arange(12.0).reshape(3, 4)
    return [table, table.t(), table[1:, ::2], table[2, 1], table.view(-1)[3:7]]


@case
def one_storage_in_two_dicts(torch):
    weight = torch.arange(4.0)
    return {"encoder": {"weight": weight}, "decoder": {"weight": weight}, "half": weight[:2]}


@case
def channels_last(torch):
    return torch.arange(48.0).reshape(1, 3, 4, 4).to(memory_format=torch.channels_last)


@case
def expanded(torch):
    return torch.tensor([[1.0], [2.0]]).expand(2, 5)


@case
def empty_and_zero_dimensional(torch):
    return torch.zeros(0), torch.zeros(3, 0, 2), torch.tensor(2.5), torch.tensor(True), torch.zeros(1, dtype=torch.int16)[0]


@case
def not_a_number_and_infinite(torch):
    return torch.tensor([float("nan"), float("inf"), -float("inf"), -0.0]), float("inf")


@case
def leaves_and_parameters(torch):
    return [torch.ones(2, requires_grad=True), torch.nn.Parameter(torch.zeros(2)),
            torch.nn.Parameter(torch.ones(1), requires_grad=False)]


@case
def plain_values(torch):
    return [None, True, False, 0, -1, 255, 256, 65536, -5, 2**31, 2**70, -2**70, 1.5, 1 + 2j, "", "ü", "\U0001f525", b"\xff",
            bytearray(b"x"), (), (1,), (1, 2), (1, 2, 3), (1, (2, 3, 4, 5))]


@case
def containers(torch):
    return {"set": {1, 2}, "frozen": frozenset({3}), "counter": Counter("aab"), "ordered": OrderedDict(a=1, b=[2]),
            1: "int", (1, "a"): "tuple", None: "none", 2.5: "float", "deep": [[[[{"x": [torch.ones(1)]}]]]]}


@case
def torchs_own_values(torch):
    return [torch.Size([1, 2]), torch.device("cuda:1"), torch.device("cpu"), torch.float16, torch.int64, torch.strided]


@case
def the_same_object_twice(torch):
    inner = [1, torch.ones(2)]
    loop = [inner, inner, {"again": inner}]
    loop.append(loop)
    return loop


@case
def sparse_tensors(torch):
    matrix = torch.sparse_coo_tensor([[0, 1, 1], [2, 0, 2]], [3.0, 4.0, 5.0], (2, 4))
    return [matrix, matrix.coalesce()]


@case
def many_small_tensors(torch):
    return {f"layer{i}": torch.full((3,), float(i)) for i in range(300)}


def _model(torch):
    torch.manual_seed(3)
    return torch.nn.Sequential(OrderedDict(
        conv=torch.nn.Conv2d(1, 2, 2), norm=torch.nn.BatchNorm2d(2), act=torch.nn.ReLU(), flat=torch.nn.Flatten(),
        head=torch.nn.Linear(8, 3)))


def _trained(torch, optimizer):
    model = _model(torch)
    steps = optimizer(model)
    for _ in range(3):
        steps.zero_grad()
        model(torch.arange(18.0).reshape(2, 1, 3, 3) / 18).square().sum().backward()
        steps.step()
    return model, steps


@case
def a_models_state_dict(torch):
    return _model(torch).state_dict()


@case
def a_run_with_adam(torch):
    model, optimizer = _trained(torch, lambda model: torch.optim.AdamW(model.parameters(), lr=0.01, amsgrad=True))
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)
    return {"epoch": 3, "model": model.state_dict(), "optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict(),
            "best": 0.5, "args": {"lr": 0.01, "name": "run"}}


@case
def a_run_with_momentum_in_groups(torch):
    _, optimizer = _trained(torch, lambda model: torch.optim.SGD(
        [{"params": model.conv.parameters(), "lr": 0.1}, {"params": model.head.parameters()}], lr=0.01, momentum=0.9,
        nesterov=True))
    return optimizer.state_dict()


@case
def the_state_of_the_random_numbers(torch):
    torch.manual_seed(5)
    torch.rand(3)
    return {"rng": torch.get_rng_state()}


@case
def a_whole_model(torch):
    return _model(torch)


@case
def a_whole_transformer_layer(torch):
    torch.manual_seed(1)
    return torch.nn.TransformerEncoderLayer(4, 2, 8, activation=torch.nn.functional.gelu, batch_first=True).eval()


@case
def the_arguments_of_a_program(torch):
    return {"args": argparse.Namespace(lr=0.1, layers=[1, 2]), "weight": torch.ones(1)}


OPTIONS = {"a_whole_model": {"weights_only": False}, "a_whole_transformer_layer": {"weights_only": False}}
ALLOWED = {"containers": [frozenset], "the_arguments_of_a_program": [argparse.Namespace]}


def described(obj):
    """Return as text what can be compared, whichever `torch` it is of: values, bytes, and which tensors share memory."""
    return json.dumps(_Description().of(obj), indent=0)


class _Description:
    def __init__(self):
        self.containers, self.memories = {}, {}  # by id: the number of each, and itself, to keep the id taken

    def of(self, obj):
        kind = type(obj).__name__.replace("NonDynamicallyQuantizableLinear", "Linear").replace("CooTensor", "Tensor")
        if getattr(obj, "is_sparse", False):
            return [kind, str(obj.dtype), list(obj.shape), obj.is_coalesced(), self.of(obj._indices()), self.of(obj._values())]
        if hasattr(obj, "requires_grad") and hasattr(obj, "stride"):
            return self.of_tensor(kind, obj)
        if isinstance(obj, list | dict):
            number, _ = self.containers.setdefault(id(obj), (len(self.containers), obj))
            if number < len(self.containers) - 1:
                return ["seen before", number]
        if isinstance(obj, dict):
            return [kind, [[self.of(key), self.of(value)] for key, value in obj.items()]]
        if isinstance(obj, list | tuple):
            return [kind, [self.of(item) for item in obj]]
        if isinstance(obj, set | frozenset):
            return [kind, repr(sorted(obj))]
        if hasattr(obj, "state_dict"):
            text = repr(obj).replace("NonDynamicallyQuantizableLinear", "Linear")
            return [kind, text, obj.training, self.of(obj.state_dict())]
        return [kind, repr(obj)]

    def of_tensor(self, kind, tensor):
        memory = id(tensor._storage) if hasattr(tensor, "_array") else tensor.untyped_storage().data_ptr()
        shared, _ = self.memories.setdefault(memory, (len(self.memories), tensor)) if tensor.numel() else (None, None)
        values = tensor.detach()
        values = (values.double() if values.is_floating_point() else values).tolist()
        return [kind, str(tensor.dtype), list(tensor.shape), list(tensor.stride()), tensor.requires_grad, shared, repr(values)]
