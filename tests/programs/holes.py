"""What may stand in the holes of a template: `{x}.narrow({part})` becomes `x3.narrow(1, 0, 2)`, for a pool of tensors.

Most of what is filled in is valid. One hole in `ODDITY` holds something that may be refused, to compare refusals too.
"""
from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from programs import leaves
from programs.choices import Choices

ODDITY = 60
NUMBERS = ("2", "1", "0.5", "-1.5", "3", "0", "-2", "True", "1j", "7", "2.5")


class Holes:
    """One line that is being written. The first tensor in it is its subject; other holes are made to suit it."""

    def __init__(self, choices: Choices, pool: dict[str, Any]) -> None:
        self.choices, self.pool = choices, pool
        self.subject = ""

    def filled(self, template: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda hole: str(getattr(self, hole[1])()), template)

    @property
    def tensor(self) -> Any:
        return self.pool[self.subject or self.x()]

    @property
    def odd(self) -> bool:
        return self.choices.one_in(ODDITY)

    def among(self, suits: Callable[[Any], bool]) -> str:
        """Pick a tensor for which `suits` holds; any tensor where there is none."""
        names = [name for name, tensor in self.pool.items() if suits(tensor)]
        return self.choices.pick(names or list(self.pool))

    def chosen(self, suits: Callable[[Any], bool]) -> str:
        name = self.among(suits)
        self.subject = self.subject or name
        return name

    # Tensors.

    def x(self) -> str:
        """Any tensor."""
        return self.chosen(lambda tensor: True)

    def f(self) -> str:
        """A tensor of floating-point numbers."""
        return self.chosen(lambda tensor: tensor.is_floating_point())

    def c(self) -> str:
        return self.chosen(lambda tensor: tensor.is_complex())

    def i(self) -> str:
        """A tensor of whole numbers or booleans."""
        return self.chosen(lambda tensor: not tensor.is_floating_point() and not tensor.is_complex())

    def m(self) -> str:
        """A tensor of two dims or more."""
        return self.chosen(lambda tensor: tensor.ndim >= 2)

    def square(self) -> str:
        return self.chosen(lambda tensor: tensor.ndim >= 2 and tensor.shape[-1] == tensor.shape[-2])

    def w(self) -> str:
        """A tensor to write to: seldom a leaf that needs a gradient, never one whose elements overlap by stride."""
        any_one = self.odd

        def suits(tensor: Any) -> bool:
            return not overlaps(tensor) and (any_one or not tensor.is_leaf or not tensor.requires_grad)

        return self.chosen(suits if any(map(suits, self.pool.values())) else lambda tensor: not overlaps(tensor))

    def v(self) -> str:
        """A view to write to."""
        def suits(tensor: Any) -> bool:
            return tensor._is_view() and not overlaps(tensor)

        return self.chosen(suits) if any(map(suits, self.pool.values())) else self.w()

    def s(self) -> str:
        """The subject again."""
        return self.subject

    def y(self) -> str:
        """An operand that broadcasts with the subject."""
        if self.choices.one_in(4):
            return self.number()
        any_one = self.odd
        return self.among(lambda tensor: any_one or broadcast(tensor.shape, self.tensor.shape) is not None)

    def into(self) -> str:
        """An operand that broadcasts to the shape of the subject."""
        if self.choices.one_in(4):
            return self.number()
        any_one = self.odd
        return self.among(lambda tensor: any_one or broadcast(tensor.shape, self.tensor.shape) == tuple(self.tensor.shape))

    def t(self) -> str:
        """As `into`, but always a tensor."""
        return self.among(lambda tensor: broadcast(tensor.shape, self.tensor.shape) == tuple(self.tensor.shape))

    def like(self) -> str:
        """A tensor of the shape of the subject."""
        return self.among(lambda tensor: tensor.shape == self.tensor.shape)

    def same(self) -> str:
        """A tensor of the shape and dtype of the subject."""
        return self.among(lambda tensor: tensor.shape == self.tensor.shape and tensor.dtype == self.tensor.dtype)

    def right(self) -> str:
        """What the subject may be multiplied by as a matrix."""
        return self.among(lambda tensor: tensor.dtype == self.tensor.dtype and 0 < tensor.ndim < 4
                          and self.tensor.shape[-1:] == tensor.shape[-2:][:1])

    def mask(self) -> str:
        """A condition that broadcasts to the shape of the subject."""
        import torch

        masks = [name for name, tensor in self.pool.items()
                 if tensor.dtype == torch.bool and broadcast(tensor.shape, self.tensor.shape) == tuple(self.tensor.shape)]
        return self.choices.pick([f"({self.t()} != {self.choices.pick((1, 0, 2))})", *masks])

    def needs(self) -> str:
        """A tensor with a place on the tape."""
        return self.chosen(lambda tensor: tensor.requires_grad and not tensor.is_complex())

    def leaf(self) -> str:
        return self.among(lambda tensor: tensor.requires_grad and tensor.is_leaf)

    # Numbers, dims and dtypes.

    def number(self) -> str:
        return self.choices.pick(NUMBERS)

    def positive(self) -> str:
        return self.choices.pick(("1", "2", "0.5", "3"))

    def count(self) -> int:
        return self.choices.pick((1, 0, 2, -1, 3))

    def flag(self) -> str:
        return self.choices.pick(("False", "True"))

    def dim(self) -> int:
        ndim = self.tensor.ndim
        if self.odd:
            return ndim + 1
        return self.choices.integer(-max(ndim, 1), max(ndim, 1) - 1)

    def newdim(self) -> int:
        return self.choices.integer(-self.tensor.ndim - 1, self.tensor.ndim)

    def dims(self) -> str:
        """One dim, several, or all of them in any order."""
        if self.choices.one_in(3) or not self.tensor.ndim:
            return str(self.dim())
        order = self.shuffled(self.tensor.ndim)
        return str(tuple(order[:self.choices.integer(1, len(order))]))

    def order(self) -> str:
        return str(tuple(self.shuffled(self.tensor.ndim)))

    def shuffled(self, count: int) -> list[int]:
        left = list(range(count))
        return [left.pop(self.choices.integer(0, len(left) - 1)) for _ in range(count)]

    def dtype(self) -> str:
        return f"torch.{self.choices.weighted(leaves.DTYPES)}"

    def wide(self) -> str:
        """A dtype to compute in."""
        return self.choices.pick(("torch.float32", "torch.float64", "torch.complex64", "torch.int64", "torch.float16"))

    # Arguments that belong together.

    def part(self) -> str:
        """dim, start, length"""
        dim = self.dim()
        size = self.size(dim)
        start = self.choices.integer(0, size)
        return f"{dim}, {start}, {self.choices.integer(0, size - start) + (1 if self.odd else 0)}"

    def window(self) -> str:
        """dim, size, step"""
        dim = self.dim()
        size = self.size(dim)
        return f"{dim}, {self.choices.integer(min(1, size), size + (1 if self.odd else 0))}, {self.choices.integer(1, 2)}"

    def size(self, dim: int) -> int:
        ndim = self.tensor.ndim
        return int(self.tensor.shape[dim]) if -ndim <= dim < ndim else 1

    def place(self) -> str:
        """dim, index"""
        dim = self.dim()
        size = self.size(dim)
        return f"{dim}, {self.choices.integer(-size, max(size - 1, -size)) + (size if self.odd else 0)}"

    def most(self) -> str:
        """k, dim"""
        dim = self.dim()
        return f"{self.choices.integer(0, self.size(dim)) + (1 if self.odd else 0)}, {dim}"

    def shape(self) -> str:
        """Other sizes for the same elements."""
        count = self.tensor.numel()
        options = [(count,), (-1,), (1, count), (count, 1), tuple(self.tensor.shape)]
        options += [(n, count // n) for n in (2, 3, 4) if count and count % n == 0]
        options += [(2, -1, 2)] if count and count % 4 == 0 else []
        return str(self.choices.pick(options))

    def grown(self) -> str:
        """Sizes to expand to."""
        sizes = [self.choices.pick((size, -1, 2 if size == 1 else size)) for size in self.tensor.shape]
        return str(tuple([2] * self.choices.one_in(3) + sizes) or (2,))

    def strided(self) -> str:
        """sizes, strides, offset"""
        ndim = self.choices.integer(1, 2)
        sizes = tuple(self.choices.integer(1, 3) for _ in range(ndim))
        steps = tuple(self.choices.pick((1, 2, 0, 3)) for _ in range(ndim))
        return f"{sizes}, {steps}" + ("" if self.choices.one_in(2) else f", {self.choices.integer(0, 2)}")

    def plane(self) -> str:
        """offset, dim1, dim2"""
        first, second = (self.shuffled(max(self.tensor.ndim, 2)))[:2]
        return f"{self.count()}, {first}, {second}"

    def pair(self) -> str:
        """Two dims."""
        return f"{self.dim()}, {self.dim()}"

    def rows(self) -> str:
        """dim, indices"""
        dim = self.dim()
        return f"{dim}, {self.places((self.choices.integer(0, 3),), self.size(dim))}"

    def picks(self) -> str:
        """dim, index: one index for each element of a part of the subject."""
        dim = self.dim()
        sizes = tuple(self.choices.integer(0, n) if self.choices.one_in(4) else int(n) for n in self.tensor.shape)
        return f"{dim}, {self.places(sizes, self.size(dim))}"

    def places(self, sizes: tuple[int, ...], bound: int) -> str:
        """Source of an index tensor."""
        def entry() -> str:
            return str(self.choices.integer(0, max(bound - 1, 0)))

        count = 1
        for size in sizes:
            count *= size
        return leaves.written(sizes, [entry() for _ in range(count)], "int64")

    def members(self) -> str:
        """dim: a list of tensors that differ along it only."""
        self.x()
        dim = self.choices.integer(0, max(self.tensor.ndim, 1) - 1)
        others = [self.among(lambda tensor: but(tensor.shape, dim) == but(self.tensor.shape, dim))
                  for _ in range(self.choices.integer(1, 2))]
        return f"[{', '.join([self.subject, *others])}], dim={dim}"

    def index(self) -> str:
        from programs.subscripts import subscript

        return subscript(self)


def but(shape: Any, dim: int) -> tuple[int, ...]:
    return (*shape[:dim], -1, *shape[dim + 1:])


def broadcast(one: Any, other: Any) -> tuple[int, ...] | None:
    """The shape that two shapes broadcast to; None where they do not."""
    wide, narrow = (one, other) if len(one) > len(other) else (other, one)
    sizes = list(wide)
    for back in range(1, len(narrow) + 1):
        if sizes[-back] == 1:
            sizes[-back] = narrow[-back]
        elif narrow[-back] not in (1, sizes[-back]):
            return None
    return tuple(sizes)


def overlaps(tensor: Any) -> bool:
    """Say whether elements share memory otherwise than by expansion, which is refused: what a write then does is undefined."""
    reach = 0
    for stride, size in sorted((stride, size) for stride, size in zip(tensor.stride(), tensor.shape) if size > 1 and stride):
        if stride <= reach:
            return True
        reach += stride * (size - 1)
    return False
