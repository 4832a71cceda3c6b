"""PyTorch's internal names of the ops, as tables: `aten.mm`, `aten.add.Tensor`."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flambeau.core.arrays import is_array
from flambeau.core.tensor import TensorBase

Args = tuple[Any, ...]


def packet(name: str, args: Args) -> str:
    """Say what PyTorch calls the op `name` for these arguments; the main part, where PyTorch runs several."""
    found = _RENAMED.get(name, name)
    return found if isinstance(found, str) else found(args)


def overloads(name: str) -> tuple[str, ...]:
    """Return the overloads of a packet, the usual one first."""
    return _OVERLOADS.get(name, ("default",))


def overload(name: str, args: Args) -> str:
    """Say which overload of a packet these arguments are for."""
    choose = _CHOICES.get(name)
    return choose(args) if choose else overloads(name)[0]


def _times(args: Args) -> str:
    """What a product of matrices, vectors or stacks of them comes down to."""
    left, right = args[0].ndim, args[1].ndim
    if right == 1:
        return "dot" if left == 1 else "mv"
    return "mm" if right == 2 and left > 1 else "mv" if left == 1 and right == 2 else "bmm"


def _standardized(args: Args) -> str:
    axes, weight_shape = args[3], args[4]
    if 0 in axes:
        return "native_batch_norm"
    return "native_layer_norm" if len(weight_shape) == len(axes) else "native_group_norm"


def _attention(args: Args) -> str:
    query, mask = args[0], args[3]
    if query.device.type == "cpu":
        return "_scaled_dot_product_flash_attention_for_cpu"
    is_flash = mask is None and query.element_size() == 2
    return "_scaled_dot_product_flash_attention" if is_flash else "_scaled_dot_product_efficient_attention"


# By the op's name here: PyTorch's, or what finds it from the arguments.
_RENAMED: dict[str, str | Callable[[Args], str]] = {
    "attention": _attention,
    "avg_pool": lambda args: f"avg_pool{len(args[1].sizes)}d",
    "bag_of_each": "_embedding_bag",
    "cast": "_to_copy",
    "choose": "where",
    "constant": "constant_pad_nd",
    "convolve": "convolution",
    "convolve_transposed": "convolution",
    "cross_entropy": "nll_loss_forward",
    "elu_of": "elu",
    "linear": lambda args: "mm" if args[2] is None else "addmm",
    "log_softmax": "_log_softmax",
    "looked_up": "embedding",
    "matmul": _times,
    "max_pool": lambda args: f"max_pool{len(args[1].sizes)}d_with_indices",
    "p_norm": "linalg_vector_norm",
    "part": "slice",
    "pick": "index",
    "rescaled": "_fused_rms_norm",
    "reshape": "view",
    "softmax": "_softmax",
    "standardized": _standardized,
    "tanh_gelu": "gelu",
    "true_divide": "div",
    "trunc_divide": "div",
    "view_as_itself": "alias",
    "with_logits": "binary_cross_entropy_with_logits",
    "with_statistics": "native_batch_norm",
}
PACKETS = {
    "_embedding_bag", "_fused_rms_norm", "_log_softmax", "_scaled_dot_product_efficient_attention",
    "_scaled_dot_product_flash_attention", "_scaled_dot_product_flash_attention_for_cpu", "_softmax", "_to_copy", "addmm",
    "bmm", "convolution", "dot", "max_pool1d_with_indices", "max_pool2d_with_indices", "max_pool3d_with_indices", "mm", "mv",
    "native_batch_norm", "native_group_norm", "native_layer_norm", "nll_loss_forward",
    *(name for name in _RENAMED.values() if isinstance(name, str)),
}


def _is_tensor(value: Any) -> bool:
    return isinstance(value, TensorBase) or is_array(value)


def _by_other(args: Args) -> str:
    return "Tensor" if _is_tensor(args[1]) else "Scalar"


def _by_both(args: Args) -> str:
    if not _is_tensor(args[0]):
        return "Scalar"
    return "Tensor_Tensor" if _is_tensor(args[1]) else "Tensor_Scalar"


def _by_last(args: Args) -> str:
    return "Tensor" if _is_tensor(args[2]) else "Scalar"


def _by_dim(name: str) -> Callable[[Args], str]:
    return lambda args: "default" if args[1] is None else name


_SCALAR_OR_TENSOR = "bitwise_and bitwise_or bitwise_xor copysign eq fmod ge gt le lt ne remainder"
# By PyTorch's name: its overloads, the usual one first.
_OVERLOADS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(["add", "div", "mul", "sub"], ("Tensor", "Scalar")),
    **dict.fromkeys(_SCALAR_OR_TENSOR.split(), ("Tensor", "Scalar")),
    **dict.fromkeys(["all", "any", "max", "mean", "median", "min", "nanmedian"], ("default", "dim")),
    **dict.fromkeys(["std", "var"], ("correction", "default", "dim")),
    **dict.fromkeys(["bitwise_left_shift", "bitwise_right_shift", "fill", "index", "ldexp", "split", "xlogy"], ("Tensor",)),
    "clamp": ("default", "Tensor"),
    "count_nonzero": ("default", "dim_IntList"),
    "lerp": ("Scalar", "Tensor"),
    "masked_fill": ("Scalar", "Tensor"),
    "pow": ("Tensor_Tensor", "Tensor_Scalar", "Scalar"),
    "prod": ("default", "dim_int"),
    "round": ("default", "decimals"),
    "select": ("int",),
    "slice": ("Tensor",),
    "squeeze": ("default", "dim", "dims"),
    "sum": ("default", "dim_IntList"),
    "transpose": ("int",),
    "where": ("self", "ScalarSelf", "ScalarOther", "Scalar"),
}
# What finds the overload from the arguments; without it, the usual one.
_CHOICES: dict[str, Callable[[Args], str]] = {
    **dict.fromkeys(_SCALAR_OR_TENSOR.split(), _by_other),
    **dict.fromkeys(["all", "any", "max", "mean", "min"], _by_dim("dim")),
    "count_nonzero": _by_dim("dim_IntList"),
    "lerp": _by_last,
    "masked_fill": _by_last,
    "pow": _by_both,
    "prod": _by_dim("dim_int"),
    "sum": _by_dim("dim_IntList"),
}
