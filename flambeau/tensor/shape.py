"""Shapes and views as methods."""
from __future__ import annotations

import functools
from typing import Any

from flambeau.autograd.mode import grad_mode
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.inplace import refuse_leaf
from flambeau.ops.dims import sizes_of
from flambeau.tensor.late import Family, late

flipping = Family("flipping")
permutation = Family("permutation")
shape = Family("shape")
splitting = Family("splitting")
strides = Family("strides")


@late
def with_sizes(function: Any) -> Any:
    """Make a method that takes sizes (or dims) one by one, or as one sequence."""
    @functools.wraps(function)
    def method(self: Any, *sizes: Any, **named: Any) -> Any:
        return function(self, *named.values()) if named else function(self, sizes_of(sizes))

    method.takes_sizes = True  # type: ignore[attr-defined]  # for the stub
    return method


@late
def turned(function: Any) -> Any:
    """Make the in-place form of a view: the tensor itself gets the view's shape and strides, over the same memory."""
    title = function.__name__ + "_"

    @functools.wraps(function)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        refuse_leaf(self)
        out = function(self, *args, **kwargs)
        if out is self:
            return self
        if self._view is not None and out._view is not None:
            out._view.made = self._view.made
            self._view = out._view
        self._array = out._array
        if grad_mode.enabled:
            self._node, self._number, self._requires_grad = out._node, out._number, out._requires_grad
        self._storage.bump(title)
        if self._view is None:
            self._storage.turned = self._storage.version
        return self

    method.__name__ = method.__qualname__ = title
    return method


class ShapeMethods(TensorBase):
    __slots__ = ()

    reshape, reshape_as = with_sizes(shape.reshape), shape.reshape_as
    view, view_as = shape.view, shape.view_as
    expand, expand_as, broadcast_to = shape.expand, shape.expand_as, with_sizes(shape.broadcast_to)
    squeeze, squeeze_ = shape.squeeze, turned(shape.squeeze)
    unsqueeze, unsqueeze_ = shape.unsqueeze, turned(shape.unsqueeze)
    flatten, unflatten, ravel = shape.flatten, shape.unflatten, shape.ravel

    permute = with_sizes(permutation.permute)
    transpose, transpose_ = permutation.transpose, turned(permutation.transpose)
    swapaxes, swapaxes_, swapdims, swapdims_ = transpose, transpose_, transpose, transpose_
    t, t_ = permutation.t, turned(permutation.t)
    movedim = moveaxis = permutation.movedim
    adjoint = permutation.adjoint
    T = late(property)(permutation.reversed_dims)
    mT = late(property)(permutation.matrix_transpose)
    H = late(property)(permutation.conjugate_transpose)
    mH = late(property)(permutation.matrix_adjoint)

    unbind, split, split_with_sizes = splitting.unbind, splitting.split, splitting.split_with_sizes
    chunk, tensor_split = splitting.chunk, splitting.tensor_split
    hsplit, vsplit, dsplit = splitting.hsplit, splitting.vsplit, splitting.dsplit
    unsafe_split, unsafe_chunk = splitting.unsafe_split, splitting.unsafe_chunk
    unsafe_split_with_sizes = splitting.unsafe_split_with_sizes

    flip, fliplr, flipud = with_sizes(flipping.flip), flipping.fliplr, flipping.flipud
    roll, rot90 = flipping.roll, flipping.rot90
    repeat, tile, repeat_interleave = flipping.repeat, with_sizes(flipping.tile), flipping.repeat_interleave

    as_strided, as_strided_ = strides.as_strided, turned(strides.as_strided)
    unfold = strides.unfold
    diagonal, diag, diag_embed, diagflat = strides.diagonal, strides.diag, strides.diag_embed, strides.diagflat
    storage_offset = strides.storage_offset
    fill_diagonal_ = strides.fill_diagonal_
