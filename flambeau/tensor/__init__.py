"""`Tensor`: the state of `TensorBase` with PyTorch's names, one mixin per family of ops."""
from __future__ import annotations

from typing import Any

from flambeau.core.tensor import TensorBase
from flambeau.tensor.activation import ActivationMethods
from flambeau.tensor.comparison import ComparisonMethods
from flambeau.tensor.conversion import ConversionMethods
from flambeau.tensor.creation import CreationMethods
from flambeau.tensor.indexing import IndexingMethods
from flambeau.tensor.linalg import LinalgMethods
from flambeau.tensor.pointwise import PointwiseMethods
from flambeau.tensor.protocols import ProtocolMethods
from flambeau.tensor.random import RandomMethods
from flambeau.tensor.reduction import ReductionMethods
from flambeau.tensor.shape import ShapeMethods
from flambeau.tensor.sorting import SortingMethods
from flambeau.tensor.tape import TapeMethods


class Tensor(
    TapeMethods, ProtocolMethods, ConversionMethods, CreationMethods, PointwiseMethods, ComparisonMethods,
    ReductionMethods, ShapeMethods, IndexingMethods, SortingMethods, LinalgMethods, ActivationMethods, RandomMethods,
    TensorBase,
):
    """An array of numbers of one dtype on one device, that can record what is computed from it."""

    __slots__ = ()

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return super().__new__(cls)


TensorBase.public = Tensor
