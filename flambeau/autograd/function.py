"""`autograd.Function`: a user's own forward with its own backward."""
from __future__ import annotations

from typing import Any

from flambeau.autograd import listeners
from flambeau.autograd.mode import grad_mode, no_grad
from flambeau.autograd.node import Node, next_order
from flambeau.autograd.packing import Packed
from flambeau.core.arrays import namespace_of
from flambeau.core.tensor import TensorBase, fill, wrap


class FunctionCtx:
    """What a forward leaves for its backward."""

    def __init__(self) -> None:
        self._saved: tuple[Any, ...] = ()
        self._dirty: tuple[Any, ...] = ()
        self._not_differentiable: tuple[Any, ...] = ()
        self._materialize = True
        self._node: Any = None
        self.needs_input_grad: tuple[bool, ...] = ()

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors for the backward; a later in-place change of one is noticed there."""
        self._saved = tensors

    def save_for_forward(self, *tensors: Any) -> None:
        self._saved = tensors

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        node = self._node
        return self._saved if node is None else node.unpack_saved()

    def mark_dirty(self, *tensors: Any) -> None:
        """Say which inputs the forward wrote to in place."""
        self._dirty = tensors

    def mark_non_differentiable(self, *outputs: Any) -> None:
        self._not_differentiable = outputs

    def set_materialize_grads(self, value: bool) -> None:
        """Choose whether an unused output's gradient arrives as zeros (the default) or as None."""
        self._materialize = value


class FunctionNode(Node):
    """The tape's entry for a `Function`."""

    __slots__ = ("count", "ctx", "function", "own")

    function: Any  # the subclass of `Function`
    ctx: FunctionCtx
    count: int  # of the arguments, each of which gets a gradient
    own: dict[int, int]  # which of the saved tensors are outputs of this very node, and which outputs they are

    def name(self) -> str:
        return f"{self.function.__name__}Backward"

    def made_by(self, op: Any) -> bool:
        return self.function is op

    def gradients(self, g: Any, tensors: bool) -> list[Any]:
        """Call the user's backward, on tensors in any case."""
        assert self.outputs is not None
        grads = [self._given(part, about) for part, about in zip(g, self.outputs, strict=True)]
        before, grad_mode.enabled = grad_mode.enabled, tensors
        try:
            results = self.function.backward(self.ctx, *grads)
        finally:
            grad_mode.enabled = before
        results = results if isinstance(results, tuple) else (results,)
        if len(results) < self.count or any(part is not None for part in results[self.count:]):
            raise RuntimeError(f"function {self.name()} returned an incorrect number of gradients "
                               f"(expected {self.count}, got {len(results)})")
        # a view of the array: the user may keep the tensor, so nobody must take its memory for a fresh one
        return [part if part is None or tensors else part._array.view() for part in results[:self.count]]

    def _given(self, g: Any, about: Any) -> Any:
        if g is None and self.ctx._materialize and about is not None:
            shape, dtype, namespace = about
            g = namespace.zeros(shape, dtype)
        return g if g is None or isinstance(g, TensorBase) else wrap(g)

    def free(self) -> None:
        self.saved = None if self.saved else self.saved

    def unpack_saved(self) -> tuple[Any, ...]:
        if self.saved is None:
            raise self.freed()
        entries = [(entry[0].tensor(), None, 0) if isinstance(entry[0], Packed) else entry for entry in self.saved]
        for tensor, storage, version in entries:
            if storage is not None and storage.version != version:
                raise RuntimeError(
                    "one of the variables needed for gradient computation has been modified by an inplace operation: "
                    f"a tensor of shape {list(tensor.shape)} that {self.function.__name__} saved is at version "
                    f"{storage.version}; expected version {version} instead. It was written to by {storage.writer}")
        return tuple(self._placed(i, entry[0]) for i, entry in enumerate(entries))

    def _placed(self, i: int, tensor: Any) -> Any:
        """Give one of this node's own outputs its place on the tape again."""
        if i not in self.own:
            return tensor
        output = fill(object.__new__(TensorBase.public), tensor._array, tensor._storage)
        output._node, output._number, output._requires_grad = self, self.own[i], True
        return output


class Function:
    """Derive from this, and give `forward` and `backward` as static methods; call through `apply`.

    Either `forward(ctx, *args)`, or `forward(*args)` with `setup_context(ctx, inputs, output)`.
    """

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        raise NotImplementedError("You must implement either the backward or vjp method for your custom "
                                  "autograd.Function to use it with backward mode AD.")

    setup_context: Any = None

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run the forward, unrecorded inside, and record it as one node."""
        if listeners.count and not kwargs:
            heard = listeners.hear(lambda function, args: function._apply(*args), cls, args)
            if heard is not listeners.UNHEARD:
                return heard
        return cls._apply(*args, **kwargs)

    @classmethod
    def _apply(cls, *args: Any, **kwargs: Any) -> Any:
        ctx = FunctionCtx()
        ctx.needs_input_grad = tuple(isinstance(arg, TensorBase) and arg._requires_grad for arg in args)
        recorded = grad_mode.enabled and any(ctx.needs_input_grad)
        with no_grad():
            if cls.setup_context is None:
                result = cls.forward(ctx, *args, **kwargs)
            else:
                result = cls.forward(*args, **kwargs)
                cls.setup_context(ctx, args, result)
        several = isinstance(result, tuple | list)
        outs = [_own(out, args, ctx) for out in (result if several else [result])]
        if recorded:
            _record(cls, ctx, args, outs)
        return tuple(outs) if several else outs[0]


def _own(out: Any, args: tuple[Any, ...], ctx: FunctionCtx) -> Any:
    """An input that comes out unchanged is another tensor on the tape; one written to stays itself."""
    if not isinstance(out, TensorBase) or any(out is dirty for dirty in ctx._dirty):
        return out
    if any(out is arg for arg in args) or out._requires_grad:
        return fill(object.__new__(TensorBase.public), out._array, out._storage)
    return out


def _record(cls: Any, ctx: FunctionCtx, args: tuple[Any, ...], outs: list[Any]) -> None:
    node = FunctionNode()
    node.op = node.plan = None
    node.hooks = node.post_hooks = None
    node.function, node.ctx, node.count, node.order = cls, ctx, len(args), next_order()
    node.edges = [
        (arg._node or arg, arg._number, arg._array.shape, arg._array.dtype) if needed else None
        for arg, needed in zip(args, ctx.needs_input_grad, strict=True)
    ]
    node.outputs = [
        (out._array.shape, out._array.dtype, namespace_of(out._array)) if isinstance(out, TensorBase) else None
        for out in outs
    ]
    for number, out in enumerate(outs):
        if isinstance(out, TensorBase) and out._array.dtype.kind in "fcV" and not _listed(out, ctx):
            out._node, out._number, out._requires_grad = node, number, True
    node.own = {i: tensor._number for i, tensor in enumerate(ctx._saved) if getattr(tensor, "_node", None) is node}
    node.saved = [_remembered(tensor, node) for tensor in ctx._saved]
    ctx._saved = ()
    ctx._node = _Weak(node)


def _listed(out: Any, ctx: FunctionCtx) -> bool:
    return any(out is tensor for tensor in ctx._not_differentiable)


def _remembered(tensor: Any, node: FunctionNode) -> Any:
    """Save a tensor; one of the node's own outputs as a copy of its state, since it would keep the node alive."""
    if not isinstance(tensor, TensorBase):
        return tensor, None, 0
    storage = tensor._storage
    if tensor._node is not node:
        return tensor, storage, storage.version
    state = fill(object.__new__(TensorBase.public), tensor._array, storage)
    return state, storage, storage.version


class _Weak:
    """The node, as its ctx sees it: without keeping it alive, for the node keeps the ctx."""

    def __init__(self, node: FunctionNode) -> None:
        import weakref

        self._node = weakref.ref(node)

    def unpack_saved(self) -> Any:
        node = self._node()
        return () if node is None else node.unpack_saved()


class once_differentiable:  # noqa: N801  PyTorch's name, a decorator
    """Mark a backward whose own gradient must not be taken: it runs unrecorded."""

    def __new__(cls, function: Any) -> Any:
        def call(ctx: Any, *args: Any) -> Any:
            with no_grad():
                return function(ctx, *args)

        return call
