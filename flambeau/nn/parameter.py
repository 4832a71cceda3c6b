"""Tensors that a module owns: parameters, which are trained, and buffers, which are not."""
from __future__ import annotations

from typing import Any

from flambeau.core.tensor import TensorBase, wrap
from flambeau.dispatch.overriding import asks, disabled
from flambeau.ops.creation import empty
from flambeau.tensor import Tensor


class _ParameterKind(type):
    """A tensor of a class of the user's keeps its class, and is marked as a parameter."""

    def __instancecheck__(cls, instance: Any) -> bool:
        if super().__instancecheck__(instance):
            return True
        return cls is Parameter and isinstance(instance, TensorBase) and instance.__dict__.get("_is_param", False)


class Parameter(Tensor, metaclass=_ParameterKind):
    """A tensor that a module lists among its parameters when it is assigned as an attribute.

    It shares the memory of `data`, and its class where that is one of the user's.
    """

    __torch_function__ = disabled

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Any:
        data = empty(0) if data is None else data
        if requires_grad and not (data.is_floating_point() or data.is_complex()):
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients; this one is "
                               f"{data.dtype}: pass requires_grad=False")
        if type(data) in (Tensor, Parameter) or not asks(type(data)):
            return cls._make_subclass(cls, data, requires_grad)
        made = data.detach().requires_grad_(requires_grad)
        if type(made) is not type(data):
            raise RuntimeError(f"Creating a Parameter from an instance of type {type(data).__name__} requires that detach() "
                               f"returns an instance of the same type, but return type {type(made).__name__} was found "
                               "instead. Let __torch_function__ keep the type of detach()")
        made._is_param = True
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if id(self) not in memo:
            twin = type(self)(self.data.clone(), self.requires_grad)
            memo[id(self)] = twin
            twin.__dict__.update(self.__dict__)
        return memo[id(self)]

    def __repr__(self, *, tensor_contents: Any = None) -> str:  # type: ignore[override]
        return "Parameter containing:\n" + super().__repr__()


class _BufferKind(type):
    """A buffer is a tensor that is marked as one, so that it prints and computes as any tensor."""

    def __instancecheck__(cls, instance: Any) -> bool:
        if cls is Buffer:
            return isinstance(instance, TensorBase) and getattr(instance, "_is_buffer", False)
        return super().__instancecheck__(instance)


class Buffer(Tensor, metaclass=_BufferKind):
    """A tensor that a module lists among its buffers when it is assigned as an attribute.

    It shares the memory of `data`.
    """

    __torch_function__ = disabled
    persistent: bool

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Any:
        data = empty(0) if data is None else data
        made = data.detach().requires_grad_(data.requires_grad)
        made.persistent, made._is_buffer = persistent, True
        return made


_slot: Any = TensorBase.__dict__["_array"]


class UninitializedTensorMixin:
    """A tensor whose shape is not known yet: it has a dtype, a device and a place in its module, but no values."""

    __torch_function__ = disabled
    _becomes: Any  # the class after `materialize`

    @property
    def _array(self) -> Any:
        raise ValueError("Attempted to use an uninitialized parameter. This error happens when you are using a `LazyModule` or "
                         "explicitly manipulating `torch.nn.parameter.UninitializedParameter` objects. When using LazyModules "
                         "Call `forward` with a dummy batch to initialize the parameters before calling torch functions")

    @_array.setter
    def _array(self, value: Any) -> None:
        _slot.__set__(self, value)

    @property
    def data(self) -> Any:
        """An empty tensor of the same dtype and place."""
        return wrap(_slot.__get__(self))

    @data.setter
    def data(self, value: Any) -> None:
        _slot.__set__(self, value._array)

    @property
    def shape(self) -> Any:
        raise RuntimeError("Can't access the shape of an uninitialized parameter or buffer. This error usually happens in "
                           "`load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call "
                           "`forward` to initialize the parameters before accessing their attributes.")

    @property
    def dtype(self) -> Any:
        return self.data.dtype

    @property
    def device(self) -> Any:
        return self.data.device

    def is_floating_point(self) -> bool:
        return bool(self.data.is_floating_point())

    def is_complex(self) -> bool:
        return bool(self.data.is_complex())

    def detach(self) -> Any:
        return self

    def to(self, *args: Any, **kwargs: Any) -> Any:
        self.data = self.data.to(*args, **kwargs)
        return self

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Take a shape, with whatever values are in memory, and become an ordinary parameter or buffer."""
        like = self.data
        self.data = empty(tuple(shape), device=like.device if device is None else device,
                          dtype=like.dtype if dtype is None else dtype)
        self.__class__ = self._becomes

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return f"<{type(self).__name__}>"

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if id(self) not in memo:
            memo[id(self)] = _uninitialized(type(self), self.data.clone(), self._requires_grad)  # type: ignore[attr-defined]
        return memo[id(self)]

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _uninitialized, (type(self), self.data, self._requires_grad)  # type: ignore[attr-defined]


def _uninitialized(kind: Any, data: Any, requires_grad: bool) -> Any:
    return Tensor._make_subclass(kind, data, requires_grad)


class UninitializedParameter(UninitializedTensorMixin, Parameter):  # type: ignore[misc]  # both have a __repr__
    """A parameter whose shape is not known yet; `materialize(shape)` makes it an ordinary one."""

    _becomes = Parameter

    def __new__(cls, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> Any:
        return _uninitialized(cls, empty(0, device=device, dtype=dtype), requires_grad)


class UninitializedBuffer(UninitializedTensorMixin, Tensor):  # type: ignore[misc]  # both have a __repr__
    """A buffer whose shape is not known yet; `materialize(shape)` makes it an ordinary tensor."""

    _becomes = Tensor

    def __new__(cls, requires_grad: bool = False, device: Any = None, dtype: Any = None, persistent: bool = True) -> Any:
        made = _uninitialized(cls, empty(0, device=device, dtype=dtype), requires_grad)
        made.persistent, made._is_buffer = persistent, True
        return made


def is_lazy(value: Any) -> bool:
    """Say whether a parameter's or buffer's shape is still to come."""
    return isinstance(value, UninitializedTensorMixin)


def is_parameter(value: Any) -> bool:
    return isinstance(value, Parameter)


def is_tensor(value: Any) -> bool:
    return isinstance(value, TensorBase)
