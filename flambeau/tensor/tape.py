"""A tensor's place on the tape, as attributes and methods: `requires_grad`, `grad`, `backward`, `detach`, hooks."""
from __future__ import annotations

from typing import Any

from flambeau import autograd
from flambeau.autograd import hooks
from flambeau.autograd.node import as_function
from flambeau.core.promotion import kind_of
from flambeau.core.tensor import UNRECORDED, UNRECORDED_LEAF, InferenceStorage, TensorBase, fill, wrap
from flambeau.dispatch import overriding
from flambeau.dispatch.views import refresh


class TapeMethods(TensorBase):
    __slots__ = ()

    @property
    def requires_grad(self) -> bool:
        """Whether gradients of this tensor are wanted, or flow through it."""
        view = self._view
        if view is not None:
            if view.made is not None:
                return self._requires_grad or view.base._requires_grad
            refresh(self)
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if not isinstance(wanted, bool):
            raise RuntimeError(f"requires_grad must be a bool, not {wanted!r}")
        if self._node is not None and not wanted:
            raise RuntimeError("you can only change requires_grad flags of leaf variables. If you want to use a computed "
                               "variable in a subgraph that doesn't require differentiation use var_no_grad = "
                               "var.detach().")
        if wanted and kind_of(self._array.dtype) < 2:
            raise RuntimeError(f"only Tensors of floating point and complex dtype can require gradients; this one is "
                               f"{self.dtype}")
        if wanted and self.is_inference() and not autograd.mode.grad_mode.inference:
            raise RuntimeError("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed; use a "
                               "clone() of it")
        if self._view is not None and self._view.made is UNRECORDED:
            self._view.made = UNRECORDED_LEAF
        self._requires_grad = wanted

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        if not isinstance(requires_grad, bool):
            raise TypeError(f"argument 'requires_grad' must be bool, not {type(requires_grad).__name__}")
        self.requires_grad = requires_grad
        return self

    @property
    def grad(self) -> Any:
        """What backward passes added up for this tensor; None before the first."""
        return self._grad

    @grad.setter
    def grad(self, value: Any) -> None:
        if value is not None:
            if not isinstance(value, TensorBase):
                raise TypeError(f"assigned grad expected to be a Tensor or None but got grad of type {type(value)}")
            if value is self:
                raise RuntimeError("can't assign Variable as its own grad")
            if value._array.shape != self._array.shape:
                raise RuntimeError(f"assigned grad has data of a different size: {list(value._array.shape)} for a tensor "
                                   f"of {list(self._array.shape)}")
            if value._array.dtype != self._array.dtype:
                raise RuntimeError(f"attempting to assign a gradient with dtype '{value._array.dtype}' to a tensor with "
                                   f"dtype '{self._array.dtype}'")
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    @property
    def grad_fn(self) -> Any:
        """The tape's entry that made this tensor; None for a leaf."""
        if self._view is not None:
            refresh(self)
        return None if self._node is None else as_function(self._node)

    @property
    def is_leaf(self) -> bool:
        return self.grad_fn is None

    @property
    def output_nr(self) -> int:
        return self._number

    @property
    def data(self) -> Any:
        """The same memory, off the tape and with a version of its own."""
        return wrap(self._array)

    @data.setter
    def data(self, value: Any) -> None:
        self._array = value._array
        self._storage = type(self._storage)()

    def is_inference(self) -> bool:
        """Say whether this tensor was made in inference mode, so that no gradient can go through it."""
        return isinstance(self._storage, InferenceStorage)

    @property
    def _version(self) -> int:
        if self.is_inference():
            raise RuntimeError("Inference tensors do not track version counter.")
        return self._storage.version

    @property
    def _base(self) -> Any:
        return None if self._view is None else self._view.base

    def _is_view(self) -> bool:
        return self._view is not None

    def detach(self) -> Any:
        """Return the same memory off the tape; writes to either are noticed by both."""
        return fill(object.__new__(TensorBase._public), self._array, self._storage)

    def detach_(self) -> Any:
        if self._view is not None:
            raise RuntimeError("Can't detach views in-place. Use detach() instead.")
        self._node, self._number, self._requires_grad = None, 0, False
        return self

    def backward(self, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False,
                 inputs: Any = None) -> None:
        """Add the gradient of this tensor to the `.grad` of the leaves it was made from. See `autograd.backward`."""
        autograd.backward(self, gradient, retain_graph, create_graph, inputs=inputs)

    def register_hook(self, hook: Any) -> Any:
        """Call `hook(grad)` in each backward pass; what it returns takes the gradient's place."""
        if not self.requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        return hooks.add_tensor_hook(self, hook)

    def register_post_accumulate_grad_hook(self, hook: Any) -> Any:
        """Call `hook(tensor)` each time a backward pass has added to `.grad` of this leaf."""
        if not self.requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if self.grad_fn is not None:
            raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
        return hooks.RemovableHandle.adding(hooks.leaf_hooks(self).after, hook)

    def retain_grad(self) -> None:
        """Keep `.grad` although this tensor is no leaf."""
        if not self.requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if self.grad_fn is not None and not hooks.retains_grad(self):
            hooks.retain_grad(self)

    @property
    def retains_grad(self) -> bool:
        return hooks.retains_grad(self)

    @overriding.method
    def view_as(self, other: Any) -> Any:
        """Return a view in the shape of `other`."""
        from flambeau.ops.shape import view_as_itself

        return view_as_itself(self) if other is self else self.view(other.shape)
