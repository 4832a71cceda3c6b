"""Rules of matrix products and convolutions."""
from __future__ import annotations

from typing import Any

from flambeau.dispatch.batching.call import Call, aligned


def matmul(call: Call) -> Any:
    """One product for the whole batch where only one side varies and the other is a matrix or vector; else a stack of them."""
    input, other = call["input"], call["other"]
    if not input.ndim or not other.ndim or input.shape[-1] != other.shape[-2 if other.ndim > 1 else 0]:
        return NotImplemented  # for the words of the error
    if not call.varies("other") and other.ndim <= 2:
        return call.go()
    if not call.varies("input") and input.ndim <= 2 and other.ndim == 1:
        return call.go(input=call.inner("other"), other=call.inner("input").T)
    return _stacks(call)


def _stacks(call: Call) -> Any:
    """As `torch.matmul` does within each example: a vector is a row or column, and stacks line up from the last."""
    input, other = call["input"], call["other"]
    row, column = input.ndim == 1, other.ndim == 1
    left = input[None, ...] if row else input
    right = other[..., None] if column else other
    ndim = max(left.ndim, right.ndim)
    product = call.go(input=aligned(left, ndim) if call.varies("input") else call.inner("input")[_row_key(row)],
                      other=aligned(right, ndim) if call.varies("other") else call.inner("other")[_column_key(column)])
    if row:
        product = product[..., 0, :]
    return product[..., 0] if column else product


def _row_key(is_vector: bool) -> Any:
    return (None, ...) if is_vector else (...,)


def _column_key(is_vector: bool) -> Any:
    return (..., None) if is_vector else (...,)


def linear(call: Call) -> Any:
    if not call.varies("weight") and (call["bias"] is None or not call.varies("bias")):
        return call.go()
    input, weight, bias = call["input"], call["weight"], call["bias"]
    if weight.ndim != 2 or not input.ndim or input.shape[-1] != weight.shape[-1]:
        return NotImplemented
    product = input @ weight.T
    return product if bias is None else product + bias


def convolve(call: Call) -> Any:
    """One weight for all examples: these are more images. Weights of their own: example by example."""
    if call.varies("weight") or not call.level.size:
        return NotImplemented
    bias, size = call["bias"], call.level.size
    images = call.front("input")
    own_bias = bias is not None and call.varies("bias")
    result = call.go(input=images.reshape((-1, *images.shape[2:])), bias=None if own_bias else _plain(call, "bias"))
    result = result.reshape((size, images.shape[1], *result.shape[1:]))
    if own_bias:
        result = result + call.inner("bias").reshape((size, 1, -1, *(1,) * (result.ndim - 3)))
    return result


def _plain(call: Call, name: str) -> Any:
    return None if call[name] is None else call.inner(name)
