"""`autograd.Function`: a user's own forward with its own backward."""
from __future__ import annotations

import weakref
from typing import Any

from flambeau.autograd import listeners
from flambeau.autograd.function_node import FunctionCtx, FunctionNode
from flambeau.autograd.mode import enable_grad, grad_mode, no_grad
from flambeau.autograd.node import next_order
from flambeau.core.arrays import namespace_of
from flambeau.core.tensor import BY_FUNCTION, TensorBase, View, fill


class _Batches:
    """What happens inside of `vmap`, which is above this layer and says so when it is first used."""

    lifted: Any = None
    forward: Any = None


batches = _Batches()


class Function:
    """Derive from this, and give `forward` and `backward` as static methods; call through `apply`.

    Either `forward(ctx, *args)`, or `forward(*args)` with `setup_context(ctx, inputs, output)`. `vjp` is another name of
    `backward`. Inside of `torch.vmap` the forward and backward see one example. If they must not, since they leave the ops
    of this library, give `vmap(info, in_dims, *args)`: it gets whole tensors, whose dims of examples are `in_dims`, and
    returns what the forward returns, and where its examples lie; `info` has `batch_size` and `randomness`.
    """

    generate_vmap_rule = False  # PyTorch asks for this where a forward may see one example; here every forward may

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        raise NotImplementedError("You must implement either the backward or vjp method for your custom "
                                  "autograd.Function to use it with backward mode AD.")

    @staticmethod
    def vmap(info: Any, in_dims: Any, *args: Any) -> Any:
        raise NotImplementedError("To use autograd.Function with vmap, you must either override the vmap staticmethod or set "
                                  "generate_vmap_rule=True.")

    vjp = backward
    setup_context: Any = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(f"an autograd function is not called but applied: {type(self).__name__}.apply(...), with forward "
                           "and backward as static methods")

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run the forward, unrecorded inside, and record it as one node."""
        if kwargs or cls.setup_context is not None:
            args = cls._in_order(args, kwargs)
        if listeners.count:
            heard = listeners.hear(lambda function, args: function._apply(*args), cls, args)
            if heard is not listeners.UNHEARD:
                return heard
        return cls._apply(*args)

    @classmethod
    def _in_order(cls, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Put arguments in the order of forward's parameters; `setup_context` is told their defaults too."""
        from inspect import signature

        takes_ctx = cls.setup_context is None
        bound = signature(cls.forward).bind(*((None,) if takes_ctx else ()), *args, **kwargs)
        if bound.kwargs:
            raise TypeError(f"forward() got an unexpected keyword argument {min(bound.kwargs)!r}: {cls.__name__}.apply takes "
                            "arguments that forward takes by position")
        if not takes_ctx:
            bound.apply_defaults()
        return bound.args[takes_ctx:]

    @classmethod
    def _has_vmap(cls) -> bool:
        """Say whether there is a `vmap` to call. Raises RuntimeError where one is to be derived besides."""
        if cls.vmap is not Function.vmap and cls.generate_vmap_rule:
            raise RuntimeError(f"You tried to vmap over {cls.__name__}, but it has both generate_vmap_rule=True and an "
                               "overridden vmap staticmethod. Please set generate_vmap_rule=False or delete the overridden "
                               "vmap staticmethod to avoid ambiguity.")
        return cls.vmap is not Function.vmap

    @classmethod
    def _apply(cls, *args: Any) -> Any:
        if batches.lifted is not None and grad_mode.enabled:
            args = batches.lifted(args)
        ctx = FunctionCtx(cls)
        ctx.needs_input_grad = tuple(isinstance(arg, TensorBase) and arg.requires_grad for arg in args)
        recorded = grad_mode.enabled and any(ctx.needs_input_grad)
        with no_grad():
            if cls.setup_context is None:
                result = cls.forward(ctx, *args)
            else:
                result = (batches.forward or _forward)(cls, args)
                cls.setup_context(ctx, args, result)
        several = isinstance(result, tuple)
        outs = [_own(out, args, ctx) for out in (result if several else [result])]
        _note_writes(ctx, outs, recorded)
        if recorded:
            _record(cls, ctx, args, outs)
        return tuple(outs) if several else outs[0]

    @classmethod
    def _backward(cls) -> Any:
        if cls.vjp is Function.vjp:
            return cls.backward
        if cls.backward is not Function.backward:
            raise RuntimeError("Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only "
                               "implement one of them.")
        return cls.vjp


def _forward(cls: Any, args: tuple[Any, ...]) -> Any:
    return cls.forward(*args)


def _own(out: Any, args: tuple[Any, ...], ctx: FunctionCtx) -> Any:
    """An input that comes out unchanged is a view of itself on the tape; one written to stays itself."""
    if not isinstance(out, TensorBase) or any(out is dirty for dirty in ctx._dirty):
        return out
    if not any(out is arg for arg in args) and not out._requires_grad:
        return out
    alias = fill(object.__new__(TensorBase._public), out._array, out._storage)
    if any(out is arg for arg in args):
        alias._view = View(out if out._view is None else out._view.base, None, 0, BY_FUNCTION)
    return alias


def _note_writes(ctx: FunctionCtx, outs: list[Any], recorded: bool) -> None:
    """Count what the forward wrote to in place. Raises RuntimeError where that cannot be put on the tape."""
    for dirty in ctx._dirty:
        if not any(dirty is out for out in outs):
            raise RuntimeError("Some elements marked as dirty during the forward method were not returned as output. The "
                               "inputs that are modified inplace must all be outputs of the Function.")
        if recorded and dirty._requires_grad and dirty._node is None:
            raise RuntimeError("a leaf Variable that requires grad has been used in an in-place operation. "
                               f"Clone it before {ctx._function.__name__}.apply")
        dirty._storage.bump(ctx._function.__name__)


def _record(cls: Any, ctx: FunctionCtx, args: tuple[Any, ...], outs: list[Any]) -> None:
    node = FunctionNode()
    node.op = node.plan = None
    node.hooks = node.post_hooks = None
    node.function, node.ctx, node.order = cls, ctx, next_order()
    node.tensors = [at for at, arg in enumerate(args) if isinstance(arg, TensorBase)]
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
            _place(out, node, number)
    node.own = {i: tensor._number for i, tensor in enumerate(ctx._saved) if getattr(tensor, "_node", None) is node}
    node.saved = [_remembered(tensor, node) for tensor in ctx._saved]
    ctx._saved = ()
    ctx._find_node = weakref.ref(node)  # the node keeps the ctx


def _listed(out: Any, ctx: FunctionCtx) -> bool:
    return any(out is tensor for tensor in ctx._not_differentiable)


def _place(out: Any, node: FunctionNode, number: int) -> None:
    """Put an output on the tape: over its base, where it is a view that was written to."""
    written = any(out is dirty for dirty in node.ctx._dirty)
    place = fill(object.__new__(TensorBase._public), out._array.copy(), None) if written and out._view is not None else out
    place._node, place._number, place._requires_grad = node, number, True
    if place is not out:
        with enable_grad():
            out.copy_(place)


def _remembered(tensor: Any, node: FunctionNode) -> Any:
    """Save a tensor; one of the node's own outputs as a copy of its state, since it would keep the node alive."""
    if not isinstance(tensor, TensorBase):
        return tensor, None, 0
    storage = tensor._storage
    if tensor._node is not node:
        return tensor, storage, storage.version
    state = fill(object.__new__(TensorBase._public), tensor._array, storage)
    return state, storage, storage.version


class once_differentiable:  # noqa: N801  PyTorch's name, a decorator
    """Mark a backward whose own gradient must not be taken: it runs unrecorded."""

    def __new__(cls, function: Any) -> Any:
        def call(ctx: Any, *args: Any) -> Any:
            with no_grad():
                return function(ctx, *args)

        return call
