"""What `flambeau bench --ops` times: single ops on the sizes that networks give them, forward and with their gradients."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flambeau.cli.bench.workloads import Step, Workload

LEAST = 1.0
SIZES = {"4x4": (4, 4), "128x512": (128, 512), "32x64x56x56": (32, 64, 56, 56)}


def forward(call: Callable[..., Any], inputs: Callable[[Any], tuple[Any, ...]]) -> Any:
    """The op alone, without a tape. `call` takes the library and the inputs."""
    def make(torch: Any, options: dict[str, Any]) -> Step:
        given = inputs(torch)

        def step() -> Any:
            with torch.no_grad():
                return call(torch, *given)

        return step

    return make


def with_gradients(call: Callable[..., Any], inputs: Callable[[Any], tuple[Any, ...]]) -> Any:
    """The op, and from a gradient of ones those of all its inputs that can have one."""
    def make(torch: Any, options: dict[str, Any]) -> Step:
        given = inputs(torch)
        leaves = [one.requires_grad_() for one in given if one.is_floating_point()]
        ones = torch.ones_like(call(torch, *given))

        return lambda: torch.autograd.grad(call(torch, *given), leaves, ones)

    return make


def normal(*shapes: tuple[int, ...]) -> Callable[[Any], tuple[Any, ...]]:
    return lambda torch: tuple(torch.randn(*shape) for shape in shapes)


def functional(name: str, **settings: Any) -> Callable[..., Any]:
    return lambda torch, *given: getattr(torch.nn.functional, name)(*given, **settings)


def listed(rows: int, count: int, *shapes: tuple[int, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """Indices of so many rows, then arrays."""
    return lambda torch: (torch.randint(0, rows, (count,)), *normal(*shapes)(torch))


def _calls() -> Iterator[tuple[str, Callable[..., Any], Callable[[Any], tuple[Any, ...]]]]:
    for label, shape in SIZES.items():
        yield f"add {label}", lambda torch, a, b: a + b, normal(shape, shape)
        yield f"relu {label}", functional("relu"), normal(shape)
        yield f"gelu {label}", functional("gelu"), normal(shape)
        yield f"sigmoid {label}", functional("sigmoid"), normal(shape)
        yield f"sum {label}", lambda torch, a: a.sum(), normal(shape)
        yield f"mean over the last dim {label}", lambda torch, a: a.mean(-1), normal(shape)
        yield f"dropout {label}", functional("dropout", p=0.5), normal(shape)
    yield "linear 128x784 to 512", functional("linear"), normal((128, 784), (512, 784), (512,))
    yield "linear 1x784 to 512", functional("linear"), normal((1, 784), (512, 784), (512,))
    yield "bmm 48x256x64x256", lambda torch, a, b: a @ b, normal((48, 256, 64), (48, 64, 256))
    yield "conv2d 16x64x32x32, 3x3", functional("conv2d", padding=1), normal((16, 64, 32, 32), (64, 64, 3, 3))
    yield ("conv2d 16x64x32x32, 3x3, stride 2", functional("conv2d", stride=2, padding=1),
           normal((16, 64, 32, 32), (128, 64, 3, 3)))
    yield "conv2d 16x256x16x16, 1x1", functional("conv2d"), normal((16, 256, 16, 16), (64, 256, 1, 1))
    yield ("conv2d 16x64x32x32, depthwise", functional("conv2d", padding=1, groups=64),
           normal((16, 64, 32, 32), (64, 1, 3, 3)))
    yield "max_pool2d 16x64x32x32", functional("max_pool2d", kernel_size=2), normal((16, 64, 32, 32))
    yield "avg_pool2d 16x64x32x32", functional("avg_pool2d", kernel_size=2), normal((16, 64, 32, 32))
    yield "batch_norm 16x64x32x32", functional("batch_norm", running_mean=None, running_var=None, training=True), normal(
        (16, 64, 32, 32))
    yield "group_norm 16x64x32x32", functional("group_norm", num_groups=8), normal((16, 64, 32, 32))
    yield "layer_norm 1024x384", functional("layer_norm", normalized_shape=(384,)), normal((1024, 384))
    yield "softmax 1024x1000", functional("softmax", dim=-1), normal((1024, 1000))
    yield "log_softmax 1024x1000", functional("log_softmax", dim=-1), normal((1024, 1000))
    yield "cross_entropy 1024x1000", lambda torch, aim, a: torch.nn.functional.cross_entropy(a, aim), listed(
        1000, 1024, (1024, 1000))
    yield "attention 4x6x256x64, causal", functional("scaled_dot_product_attention", is_causal=True), normal(
        *[(4, 6, 256, 64)] * 3)
    yield "embedding 700 of 10000x200", functional("embedding"), listed(10000, 700, (10000, 200))
    yield "index_add 700 to 10000x200", lambda torch, rows, a, b: a.index_add(0, rows, b), listed(
        10000, 700, (10000, 200), (700, 200))


def _workloads() -> Iterator[tuple[str, Workload]]:
    for name, call, inputs in _calls():
        yield name, Workload(forward(call, inputs), LEAST, 10)
        yield f"{name}, gradients", Workload(with_gradients(call, inputs), LEAST, 10)
    for label, shape in SIZES.items():
        yield f"randn {label}", Workload(forward(lambda torch, a: torch.randn_like(a), normal(shape)), LEAST, 10)
        yield f"sort {label}", Workload(forward(lambda torch, a: a.sort(), normal(shape)), LEAST)
        yield f"topk 3 of {label}", Workload(forward(lambda torch, a: a.topk(3), normal(shape)), LEAST)


OPS = dict(_workloads())
