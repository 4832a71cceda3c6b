"""Tensors that a module owns: parameters, which are trained, and buffers, which are not; some of a shape still unknown."""
from __future__ import annotations

from typing import Any

from flambeau.core.tensor import TensorBase, wrap
from flambeau.ops.creation import empty
from flambeau.tensor import Tensor


class Parameter(Tensor):
    """A tensor that a module lists among its parameters when it is assigned as an attribute.

    It shares the memory of `data`.
    """

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Any:
        return cls._make_subclass(cls, empty(0) if data is None else data, requires_grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if id(self) not in memo:
            twin = type(self)(self.data.clone(), self.requires_grad)
            memo[id(self)] = twin
            twin.__dict__.update(self.__dict__)
        return memo[id(self)]

    def __repr__(self, *, tensor_contents: Any = None) -> str:  # type: ignore[override]
        return "Parameter containing:\n" + super().__repr__()


class Buffer(Tensor):
    """A tensor that a module lists among its buffers when it is assigned as an attribute."""

    persistent: bool

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Any:
        made = cls._make_subclass(cls, empty(0) if data is None else data, getattr(data, "requires_grad", False))
        made.persistent = persistent
        return made


class UninitializedTensorMixin(TensorBase):
    """A tensor of a shape that is not known yet; `materialize` gives it one and makes it an ordinary tensor.

    Its empty array says only which dtype and device it will have, so ops must not see it.
    """

    __slots__ = ()

    cls_to_become: type

    @property
    def _array(self) -> Any:  # every op asks for it
        raise ValueError("Attempted to use an uninitialized parameter. This error happens when you are using a `LazyModule` "
                         f"or explicitly manipulating `torch.nn.parameter.{type(self).__name__}` objects. When using "
                         "LazyModules Call `forward` with a dummy batch to initialize the parameters before calling torch "
                         "functions")

    @_array.setter
    def _array(self, array: Any) -> None:
        _ARRAY.__set__(self, array)

    @property
    def data(self) -> Any:
        return wrap(_ARRAY.__get__(self))

    @data.setter
    def data(self, value: Any) -> None:
        self._array = value._array

    @property
    def dtype(self) -> Any:
        return self.data.dtype

    @property
    def device(self) -> Any:
        return self.data.device

    def is_floating_point(self) -> bool:
        return bool(self.dtype.is_floating_point)

    def is_complex(self) -> bool:
        return bool(self.dtype.is_complex)

    def detach(self) -> Any:
        return self

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Give it a shape, with no values in particular."""
        self.data = empty(shape, device=device or self.device, dtype=dtype or self.dtype)
        self.__class__ = self.cls_to_become

    @property
    def shape(self) -> Any:
        raise RuntimeError("Can't access the shape of an uninitialized parameter or buffer. This error usually happens in "
                           "`load_state_dict` when trying to load an uninitialized parameter into an initialized one. "
                           "Call `forward` to initialize the parameters before accessing their attributes.")

    def share_memory_(self) -> Any:
        raise RuntimeError("Can't share memory on an uninitialized parameter or buffer. Call `forward` to initialize the "
                           "parameters before calling `module.share_memory()`.")

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return f"<{type(self).__name__}>"

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.requires_grad, self.device, self.dtype)  # type: ignore[call-arg]
        return memo[id(self)]

    def __reduce_ex__(self, protocol: Any) -> Any:
        return type(self), (self.requires_grad,)


_ARRAY: Any = TensorBase.__dict__["_array"]  # the slot itself


class UninitializedParameter(UninitializedTensorMixin, Parameter):  # type: ignore[misc]  # whose text differs
    """A parameter of a shape that is not known yet."""

    cls_to_become = Parameter

    def __new__(cls, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> Any:
        return cls._make_subclass(cls, empty(0, device=device, dtype=dtype), requires_grad)


class UninitializedBuffer(UninitializedTensorMixin, Tensor):  # type: ignore[misc]  # whose text differs
    """A buffer of a shape that is not known yet."""

    cls_to_become = Tensor
    persistent: bool

    def __new__(cls, requires_grad: bool = False, device: Any = None, dtype: Any = None, persistent: bool = True) -> Any:
        made = cls._make_subclass(cls, empty(0, device=device, dtype=dtype), requires_grad)
        made.persistent = persistent
        return made


def is_lazy(value: Any) -> bool:
    return isinstance(value, UninitializedTensorMixin)


def is_parameter(value: Any) -> bool:
    return isinstance(value, Parameter)


def is_tensor(value: Any) -> bool:
    return isinstance(value, TensorBase)
