"""What a user's `Function` leaves on the tape: its context, and the node that calls its backward."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.autograd.mode import grad_mode
from flambeau.autograd.node import Node
from flambeau.autograd.packing import Packed
from flambeau.core.tensor import TensorBase, fill, wrap

if TYPE_CHECKING:
    from flambeau.autograd.function import Function


class FunctionCtx:
    """What a forward leaves for its backward. (PyTorch's is the node itself; here a node's own state is kept apart from
    what users call theirs, and each finds the other.)"""

    def __init__(self, function: type[Function]) -> None:
        self._function = function
        self._saved: tuple[Any, ...] = ()
        self._dirty: tuple[Any, ...] = ()
        self._not_differentiable: tuple[Any, ...] = ()
        self._materialize = True
        self._find_node: Any = lambda: None
        self.needs_input_grad: tuple[bool, ...] = ()

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors for the backward; a later in-place change of one is noticed there."""
        for number, tensor in enumerate(tensors):
            if tensor is not None and not isinstance(tensor, TensorBase):
                raise TypeError(f"save_for_backward can only save variables, but argument {number} is of type "
                                f"{type(tensor).__name__}; keep other values as attributes of ctx")
        self._saved = tensors

    def save_for_forward(self, *tensors: Any) -> None:
        """Keep tensors for a `jvp`; forward mode differentiates the backward here, and asks for none."""

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        node = self._find_node()
        return self._saved if node is None else node.unpack_saved()

    def mark_dirty(self, *tensors: Any) -> None:
        """Say which inputs the forward wrote to in place."""
        self._dirty = tensors

    def mark_non_differentiable(self, *outputs: Any) -> None:
        self._not_differentiable = outputs

    def set_materialize_grads(self, value: bool) -> None:
        """Choose whether an unused output's gradient arrives as zeros (the default) or as None."""
        self._materialize = value

    def name(self) -> str:
        return f"{self._function.__name__}Backward"

    @property
    def next_functions(self) -> Any:
        node = self._find_node()
        return () if node is None else node.next_functions

    @property
    def metadata(self) -> Any:
        node = self._find_node()
        return {} if node is None else node.metadata


class FunctionNode(Node):
    """The tape's entry for a `Function`."""

    __slots__ = ("ctx", "function", "own", "tensors")

    function: type[Function]
    ctx: FunctionCtx
    tensors: list[int]  # which of the arguments are tensors
    own: dict[int, int]  # which of the saved tensors are outputs of this very node, and which outputs they are

    def name(self) -> str:
        return f"{self.function.__name__}Backward"

    def __getattr__(self, name: str) -> Any:
        """What a forward left in its `ctx` is found here too, as users of PyTorch expect."""
        return getattr(object.__getattribute__(self, "ctx"), name)

    def made_by(self, op: Any) -> bool:
        return self.function is op

    def inputs(self) -> tuple[int | None, ...]:
        return tuple(self.tensors)

    def gradients(self, g: Any, tensors: bool) -> list[Any]:
        """Call the user's backward, on tensors in any case."""
        assert self.outputs is not None
        grads = [self._given(part, about) for part, about in zip(g, self.outputs, strict=True)]
        before, grad_mode.enabled = grad_mode.enabled, tensors
        try:
            results = self.function._backward()(self.ctx, *grads)
        finally:
            grad_mode.enabled = before
        results = self._checked(results if isinstance(results, tuple) else (results,))
        # a view of the array: the user may keep the tensor, so nobody must take its memory for a fresh one
        return [part if part is None or tensors else part._array.view() for part in results]

    def _checked(self, results: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return one gradient, or None, for each argument. Raises RuntimeError for anything else."""
        count = len(self.edges)
        if len(results) < count or any(part is not None for part in results[count:]):
            raise RuntimeError(f"function {self.name()} returned an incorrect number of gradients "
                               f"(expected {count}, got {len(results)})")
        for at, part in enumerate(results[:count]):
            if part is None:
                continue
            if at not in self.tensors:
                raise RuntimeError(f"function {self.name()} returned a gradient different than None at position {at + 1}, "
                                   "but the corresponding forward input was not a Variable")
            if not isinstance(part, TensorBase):
                raise RuntimeError(f"expected Variable or None (got {type(part).__name__}) from {self.name()}")
        return results[:count]

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
        output = fill(object.__new__(TensorBase._public), tensor._array, tensor._storage)
        output._node, output._number, output._requires_grad = self, self.own[i], True
        return output
