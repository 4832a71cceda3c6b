"""`Tensor`: the state of `TensorBase` with PyTorch's names, one mixin per family of ops."""
from __future__ import annotations

from typing import Any

from flambeau.core.dtype import get_default_dtype
from flambeau.core.tensor import TensorBase
from flambeau.tensor.activation import ActivationMethods
from flambeau.tensor.comparison import ComparisonMethods
from flambeau.tensor.conversion import ConversionMethods
from flambeau.tensor.creation import CreationMethods
from flambeau.tensor.indexing import IndexingMethods
from flambeau.tensor.kinds import KindMethods
from flambeau.tensor.linalg import LinalgMethods
from flambeau.tensor.overriding import OverridingMethods
from flambeau.tensor.pointwise import PointwiseMethods
from flambeau.tensor.protocols import ProtocolMethods
from flambeau.tensor.random import RandomMethods
from flambeau.tensor.reduction import ReductionMethods
from flambeau.tensor.shape import ShapeMethods
from flambeau.tensor.sorting import SortingMethods
from flambeau.tensor.sparse import SparseMethods
from flambeau.tensor.tape import TapeMethods


class Tensor(
    OverridingMethods, TapeMethods, ProtocolMethods, ConversionMethods, KindMethods, SparseMethods, CreationMethods,
    PointwiseMethods, ComparisonMethods, ReductionMethods, ShapeMethods, IndexingMethods, SortingMethods, LinalgMethods,
    ActivationMethods, RandomMethods, TensorBase,
):
    """An array of numbers of one dtype on one device, that can record what is computed from it."""

    __slots__ = ()

    def __new__(cls, *data: Any, device: Any = None) -> Any:
        """Make a float32 tensor the old way: from a list or tensor, or uninitialised from sizes. Prefer `tensor`, `empty`."""
        from flambeau.ops import creation

        if len(data) == 1 and not isinstance(data[0], int):
            given = data[0]
            made = given if isinstance(given, TensorBase) else creation.tensor(given, dtype=get_default_dtype(), device=device)
        else:
            made = creation.empty(*data or (0,), device=device)
        return cls._make_subclass(cls, made)


TensorBase._public = Tensor
