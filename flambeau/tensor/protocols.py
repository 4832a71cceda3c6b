"""What Python and NumPy ask of a tensor: shape, len, iteration, truth, numbers, arrays, copies, text."""
from __future__ import annotations

from typing import Any

import numpy

from flambeau.core import dtype as dtypes
from flambeau.core.arrays import strides_in_elements
from flambeau.core.size import Size
from flambeau.core.tensor import TensorBase, fill, wrap
from flambeau.dispatch import overriding

method = overriding.method  # what Python calls by itself is looked up on the class, unwatched


class ProtocolMethods(TensorBase):
    __slots__ = ()

    @property
    def shape(self) -> Size:
        return Size(self._array.shape)

    @property
    def dtype(self) -> dtypes.dtype:
        return dtypes.from_numpy(self._array.dtype)

    @property
    def ndim(self) -> int:
        return int(self._array.ndim)

    @property
    def layout(self) -> Any:
        from flambeau.core.layout import strided

        return strided

    @property
    def itemsize(self) -> int:
        return int(self._array.itemsize)

    @property
    def nbytes(self) -> int:
        return int(self._array.nbytes)

    def size(self, dim: int | None = None) -> Any:
        return self.shape if dim is None else self._array.shape[dim]

    def stride(self, dim: int | None = None) -> Any:
        """Return how many elements apart neighbours along each dim are."""
        strides = strides_in_elements(self._array)
        return strides if dim is None else strides[dim]

    def dim(self) -> int:
        return int(self._array.ndim)

    ndimension = dim

    def numel(self) -> int:
        return int(self._array.size)

    nelement = numel

    def element_size(self) -> int:
        return int(self._array.itemsize)

    def is_floating_point(self) -> bool:
        return self.dtype.is_floating_point

    def is_complex(self) -> bool:
        return self.dtype.is_complex

    def is_signed(self) -> bool:
        return self.dtype.is_signed

    __hash__ = object.__hash__

    @method
    def __len__(self) -> int:
        if self._array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return len(self._array)

    def __iter__(self) -> Any:
        if self._array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind(0))

    def __reversed__(self) -> Any:
        """Return the parts along the first dim in the opposite order, as one tensor."""
        return self.flip(0) if self._array.ndim else self

    @method
    def __bool__(self) -> bool:
        if self._array.size != 1:
            amount = "no values" if self._array.size == 0 else "more than one value"
            raise RuntimeError(f"Boolean value of Tensor with {amount} is ambiguous; use .any() or .all()")
        return bool(self._array.item())

    @method
    def __int__(self) -> int:
        return int(self._one_number())

    @method
    def __float__(self) -> float:
        return float(self._one_number())

    @method
    def __complex__(self) -> complex:
        return complex(self._one_number())

    def _one_number(self) -> Any:
        if self._array.size != 1:
            raise ValueError(f"only one element tensors can be converted to Python scalars; this one is of {self.shape}")
        return self.item()

    @method
    def __contains__(self, element: Any) -> bool:
        """Say whether any element equals a number, or any part a tensor that broadcasts."""
        if not isinstance(element, TensorBase | bool | int | float | complex):
            raise RuntimeError(f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}.")
        return bool((self == element).any())  # type: ignore[attr-defined]

    @method
    def __index__(self) -> int:
        if self._array.size != 1 or self._array.dtype.kind not in "iub":
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self._array.item())

    @method
    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        array = self.numpy()
        return numpy.array(array, dtype=dtype, copy=copy)

    __array_priority__ = 1000  # `array * tensor` is the tensor's business

    @method
    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        """Return what NumPy computed from this tensor's values as a tensor."""
        return wrap(array)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from flambeau.tensor.ufuncs import array_ufunc

        return array_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        from flambeau.tensor.array_functions import array_function

        return array_function(func, types, args, kwargs)

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        """Say where this tensor's memory is, in the words of CUDA libraries. AttributeError where it is not on a GPU."""
        if self.is_sparse or not self.is_cuda:
            raise AttributeError(f"Can't get __cuda_array_interface__ on non-CUDA tensor type: {self.type()} "
                                 "If CUDA data is required use tensor.cuda() to copy tensor to device memory.")
        if self.requires_grad:
            raise RuntimeError("Can't get __cuda_array_interface__ on Variable that requires grad. "
                               "If gradients aren't required, use var.detach() to get Variable that doesn't require grad.")
        array = self._array
        return {"typestr": array.dtype.str, "shape": array.shape, "version": 2,
                "strides": None if array.flags.c_contiguous else array.strides,
                "data": (self.data_ptr() if array.size else 0, False)}

    @method
    def __dlpack__(self, *, stream: Any = None, max_version: Any = None, dl_device: Any = None,
                   copy: bool | None = None) -> Any:
        from flambeau.core import dlpack

        self._refuse_export(stream)
        if dl_device is not None and tuple(dl_device) != dlpack.device_pair(self._array):
            return self._elsewhere(dl_device, copy).__dlpack__(stream=stream, max_version=max_version)
        stream = stream if self.is_cuda else None
        return dlpack.exported(self._array, stream=stream, max_version=max_version, dl_device=dl_device, copy=copy)

    def _refuse_export(self, stream: Any) -> None:
        if self.requires_grad:
            raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
        if self.is_sparse:
            raise BufferError("Can't export tensors with layout other than torch.strided")
        if stream is not None and type(stream) is not int:
            raise TypeError(f"stream must be ``int`` or ``none``, not {type(stream).__name__}")
        if stream not in (None, -1) and not self.is_cuda:
            raise AssertionError(f"stream should be None on cpu, not {stream}")

    def _elsewhere(self, dl_device: Any, copy: bool | None) -> Any:
        kind, index = dl_device
        if kind not in (1, 2):
            raise BufferError(f"this tensor is on {self.device}; DLPack's device {tuple(dl_device)} is none that it can go to")
        if copy is False:
            raise ValueError(f"cannot go from {self.device} to DLPack's device {tuple(dl_device)} without copying")
        return self.to("cpu" if kind == 1 else f"cuda:{index}")

    @method
    def __dlpack_device__(self) -> Any:
        from flambeau.core import dlpack

        return dlpack.device_pair(self._array)

    @method
    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """Copy a leaf with its gradient. Raises RuntimeError for what was computed: its history cannot be copied."""
        if self._node is not None:
            raise RuntimeError("Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol "
                               "at the moment; use .detach().clone()")
        import copy

        twin = fill(object.__new__(type(self)), self._array.copy())
        memo[id(self)] = twin
        twin._requires_grad = self._requires_grad
        twin._grad = copy.deepcopy(self._grad, memo)
        twin.__dict__.update(copy.deepcopy(self.__dict__, memo))
        return twin

    @method
    def __reduce_ex__(self, protocol: Any) -> Any:
        """Pickle the values, and whether a gradient is wanted; not how they were computed."""
        return _rebuilt, (type(self), numpy.asarray(self.detach().cpu()._array), self._requires_grad,
                          self.__dict__)

    @method
    def __repr__(self, *, tensor_contents: Any = None) -> str:
        from flambeau.tensor.printing import tensor_str

        return tensor_str(self)  # type: ignore[arg-type]

    @method
    def __format__(self, spec: str) -> str:
        from flambeau.tensor import Tensor

        if self._array.ndim == 0 and (spec or type(self) is Tensor):  # a subclass has a text of its own
            return format(self.item(), spec)
        return object.__format__(self, spec)


def _rebuilt(kind: Any, array: Any, requires_grad: bool, attributes: dict[str, Any]) -> Any:
    tensor = fill(object.__new__(kind), array)
    tensor._requires_grad = requires_grad
    tensor.__dict__.update(attributes)
    return tensor
