"""Products summed over shared dims: einsum and its special cases, all of them one batched matrix product at a time."""
from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from math import prod
from typing import TYPE_CHECKING, Any

from flambeau.core.promotion import promote_types
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import composite
from flambeau.dispatch.views import on_its_own
from flambeau.ops.addressing import from_start
from flambeau.ops.complex_numbers import conj
from flambeau.ops.contraction_order import order_of
from flambeau.ops.conversion import cast
from flambeau.ops.dims import Sizes, array_of, is_complex
from flambeau.ops.linalg import matmul
from flambeau.ops.permutation import movedim, permute
from flambeau.ops.reduction import sum
from flambeau.ops.refusals import INTEGERS
from flambeau.ops.shape import expand, reshape
from flambeau.ops.strides import diagonal

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Labels = tuple[Any, ...]  # one for each dim: a letter, or a number for a dim that an ellipsis stands for
Term = tuple[Any, Labels]  # a tensor and the labels of its dims


@composite
def tensordot(a: Tensor, b: Tensor, dims: Any = 2) -> Tensor:
    """Multiply and add up over the last `dims` dims of `a` and the first of `b`, or over two lists of dims.

    >>> tensordot(randn(2, 3, 4), randn(3, 4, 2))
    >>> tensordot(randn(2, 3), randn(4, 2), dims=([0], [1]))
    >>> tensordot(randn(2), randn(3), dims=0)
    """
    ours, theirs = _paired_dims(a, b, dims)
    if array_of(a).dtype != array_of(b).dtype and not (a.is_floating_point() and b.is_floating_point()):
        raise RuntimeError(f"both inputs should have same dtype, but got {a.dtype} and {b.dtype}; convert one of them")
    labels = count()
    of_a = [next(labels) for _ in range(a.ndim)]
    of_b = [next(labels) for _ in range(b.ndim)]
    for mine, other in zip(ours, theirs, strict=True):
        if a.shape[mine] != b.shape[other] and 1 not in (a.shape[mine], b.shape[other]):
            raise RuntimeError(f"contracted dimensions need to match, but first has size {a.shape[mine]} in dim {mine} and "
                               f"second has size {b.shape[other]} in dim {other}")
        of_b[other] = of_a[mine]
    shared = {of_a[mine] for mine in ours}
    return _contract(a, tuple(of_a), b, tuple(of_b), {*of_a, *of_b} - shared)[0]


def _paired_dims(a: Any, b: Any, dims: Any) -> tuple[list[int], list[int]]:
    dims = array_of(dims).tolist() if hasattr(dims, "ndim") else dims
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.ndim, b.ndim):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        return list(range(a.ndim - dims, a.ndim)), list(range(dims))
    ours, theirs = ([from_start(d, tensor.ndim) for d in _as_list(given)]
                    for given, tensor in zip(dims, (a, b), strict=True))
    if len(ours) != len(theirs):
        raise RuntimeError(f"both dimension lists should have same length: {len(ours)} and {len(theirs)}")
    return ours, theirs


def _as_list(dims: Any) -> list[int]:
    return [dims] if isinstance(dims, int) else list(dims)


def _contract(a: Any, of_a: Labels, b: Any, of_b: Labels, kept: set[Any]) -> tuple[Any, Labels]:
    """Multiply two tensors and add up over the labels that are not kept; return the product and its labels."""
    batch = tuple(label for label in of_a if label in of_b and label in kept)
    summed = tuple(label for label in of_a if label in of_b and label not in kept)
    rows = tuple(label for label in of_a if label not in of_b)
    columns = tuple(label for label in of_b if label not in of_a)
    sizes = dict(zip(of_a, a.shape, strict=True))
    for label, size in zip(of_b, b.shape, strict=True):
        sizes[label] = size if sizes.get(label, 1) == 1 else sizes[label]
    a, b = _of_one_dtype(a, b, bool(summed))
    left = _as_matrices(a, of_a, (batch, rows, summed), sizes)
    right = _as_matrices(b, of_b, (batch, summed, columns), sizes)
    labels = (*batch, *rows, *columns)
    return reshape(matmul(left, right), tuple(sizes[label] for label in labels)), labels


def _of_one_dtype(a: Any, b: Any, is_summed: bool) -> tuple[Any, Any]:
    """Bring two tensors to one dtype, for a product; for a sum of products they must be of one already."""
    one, two = array_of(a).dtype, array_of(b).dtype
    if one == two:
        return a, b
    whole = one.kind in INTEGERS or two.kind in INTEGERS  # others are left to `matmul`, which autocast may have cast them
    if is_summed and whole:
        raise RuntimeError(f"expected scalar type {pytorch_name(one)} but found {pytorch_name(two)}; convert one of the "
                           "operands (whole numbers that were added up already are Long)")
    if is_summed:
        return a, b
    common = promote_types(one, two)
    return cast(a, common), cast(b, common)


def _as_matrices(tensor: Any, labels: Labels, groups: tuple[Labels, ...], sizes: dict[Any, int]) -> Any:
    """Lay out a tensor as (batch, rows, columns), or (rows, columns) where there is no batch."""
    order = [label for group in groups for label in group]
    tensor = permute(tensor, tuple(labels.index(label) for label in order))
    tensor = expand(tensor, tuple(sizes[label] for label in order))  # a dim of size 1 fits any other
    shape = tuple(prod(sizes[label] for label in group) for group in groups)
    return reshape(tensor, shape if groups[0] else shape[1:])


@composite
def einsum(equation: Any, *operands: Any) -> Tensor:
    """Multiply tensors and add up over the dims whose letter is not in the output; letters say which dims go together.

    >>> einsum("ij,jk->ik", randn(2, 3), randn(3, 4))
    >>> einsum("bij,bjk,k", randn(2, 3, 4), randn(2, 4, 2), randn(2))
    >>> einsum("ii->i", randn(3, 3))
    >>> einsum("...ij,...jk->...ik", randn(2, 2, 3), randn(3, 2))
    >>> einsum("ij,jk,kl,l->i", randn(2, 3), randn(3, 4), randn(4, 3), randn(3))
    """
    if not operands:
        raise ValueError("einsum(): must specify the equation string and at least one operand, or at least one operand and its "
                         "subscripts list")
    if not isinstance(equation, str):
        equation, operands = _from_sublists((equation, *operands))
    elif len(operands) == 1 and isinstance(operands[0], tuple | list):
        operands = tuple(operands[0])
    inputs, output = _read(equation, operands)
    terms = [_without_repeats(operand, labels) for operand, labels in zip(operands, inputs, strict=True)]
    sizes = _common_sizes(terms)
    tree = order_of(tuple(frozenset(labels) for _, labels in terms), frozenset(output), tuple(sizes.items()))
    result, labels = _multiplied(terms, output, tree)[0]
    return permute(result, tuple(labels.index(label) for label in output))


def _multiplied(terms: list[Term], output: Labels, tree: Any) -> tuple[Term, set[int]]:
    """Multiply the operands of a tree; return the product, its labels, and which operands are in it."""
    if isinstance(tree, int):
        members, product = {tree}, terms[tree]
    else:
        (one, left), (other, right) = (_multiplied(terms, output, branch) for branch in tree)
        members = left | right
        product = _contract(*one, *other, _needed(terms, output, members))
    return _folded_alone(*product, _needed(terms, output, members)), members


def _needed(terms: list[Term], output: Labels, members: set[int]) -> set[Any]:
    """Return the labels that the output or an operand outside of `members` has."""
    return {*output}.union(*[labels for i, (_, labels) in enumerate(terms) if i not in members])


def _from_sublists(arguments: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """Turn `einsum(a, [0, 1], b, [1, 2], [0, 2])` into an equation."""
    def letters(numbers: Sequence[Any]) -> str:
        return "".join("..." if n is Ellipsis else chr(ord("A") + n if n < 26 else ord("a") + n - 26) for n in numbers)

    operands, lists = arguments[:len(arguments) // 2 * 2:2], arguments[1::2]
    equation = ",".join(map(letters, lists))
    return equation + ("->" + letters(arguments[-1]) if len(arguments) % 2 else ""), operands


def _read(equation: str, operands: tuple[Any, ...]) -> tuple[list[Labels], Labels]:
    """Return a label for each dim of each operand, and those of the output."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(operands):
        raise RuntimeError(f"einsum(): {'more' if len(terms) < len(operands) else 'fewer'} operands were provided than "
                           f"specified in the equation: {len(operands)} for {equation!r}")
    inputs = [_labels(term, operand.ndim, number) for number, (term, operand) in enumerate(zip(terms, operands, strict=True))]
    hidden = tuple(sorted({label for labels in inputs for label in labels if isinstance(label, int)}))
    if arrow:
        output = tuple(label for part in right.partition("...") for label in (hidden if part == "..." else part))
    else:
        letters = [label for labels in inputs for label in labels if isinstance(label, str)]
        output = (*hidden, *sorted(letter for letter in set(letters) if letters.count(letter) == 1))
    for label in output:
        if output.count(label) > 1 or not any(label in labels for labels in inputs):
            raise RuntimeError(f"einsum(): output subscript {label} appears more than once in the output, or does not appear "
                               f"in the equation for any input operand: {equation!r}")
    return inputs, output


def _labels(term: str, ndim: int, number: int) -> Labels:
    """Label the dims of one operand; those of an ellipsis are numbered from the last, so that they line up."""
    before, dots, behind = term.partition("...")
    hidden = ndim - len(before) - len(behind)
    if hidden < 0 or hidden and not dots:
        raise RuntimeError(f"einsum(): the number of subscripts in the equation ({len(before) + len(behind)}) does not match "
                           f"the number of dimensions ({ndim}) for operand {number}" +
                           ("" if dots or hidden < 0 else " and no ellipsis was given"))
    for letter in before + behind:
        if not (letter.isascii() and letter.isalpha()):
            raise RuntimeError(f"einsum(): invalid subscript given at operand {number}: {letter!r}, subscripts must be in "
                               "[a-zA-Z]")
    return (*before, *range(-hidden, 0), *behind)


def _without_repeats(tensor: Any, labels: Labels) -> tuple[Any, Labels]:
    """Take the diagonal over dims of one letter, so that each letter is there once."""
    for label in dict.fromkeys(labels):
        while labels.count(label) > 1:
            first = labels.index(label)
            second = labels.index(label, first + 1)
            if tensor.shape[first] != tensor.shape[second]:
                raise RuntimeError(f"einsum(): subscript {label} is repeated for one operand but the sizes don't match, "
                                   f"{tensor.shape[second]} != {tensor.shape[first]}")
            tensor = movedim(diagonal(tensor, 0, first, second), -1, first)
            labels = (*labels[:second], *labels[second + 1:])
    return tensor, labels


def _folded_alone(tensor: Any, labels: Labels, needed: set[Any]) -> tuple[Any, Labels]:
    """Add up over dims that nobody else needs."""
    done = tuple(d for d, label in enumerate(labels) if label not in needed)
    if not done:
        return tensor, labels
    return sum(tensor, done), tuple(label for label in labels if label in needed)


def _common_sizes(terms: list[Term]) -> dict[Any, int]:
    """Return the size of each label, to which a size of 1 is stretched."""
    sizes: dict[Any, int] = {}
    for tensor, labels in terms:
        for label, size in zip(labels, tensor.shape, strict=True):
            if 1 not in (size, sizes.get(label, 1)) and sizes[label] != size:
                raise RuntimeError(f"einsum(): operands do not broadcast with remapped shapes: subscript {label} has size "
                                   f"{sizes[label]} and then size {size}")
            sizes[label] = size if sizes.get(label, 1) == 1 else sizes[label]
    return sizes


@composite
def inner(input: Tensor, other: Tensor) -> Tensor:
    """Multiply and add up over the last dim of both; scalars just multiply.

    >>> inner(randn(3), randn(3))
    >>> inner(randn(2, 3), randn(4, 3))
    >>> inner(randn(2, 3), randn())
    """
    if not input.ndim or not other.ndim:
        return input * other
    if input.shape[-1] != other.shape[-1]:
        raise RuntimeError(f"inner() the last dimension must match on both input tensors but got shapes {list(input.shape)} "
                           f"and {list(other.shape)}")
    return tensordot(input, other, ([-1], [-1]))


@composite
def vdot(input: Tensor, other: Tensor) -> Tensor:
    """Add up the products of two vectors' elements, those of the first conjugated.

    >>> vdot(randn(3), randn(3))
    """
    from flambeau.ops.linalg import dot

    return dot(conj(input) if is_complex(input) else input, other)


@composite
def kron(input: Tensor, other: Tensor) -> Tensor:
    """Replace each element of `input` by that element times all of `other`.

    >>> kron(randn(2, 2), randn(2, 3))
    >>> kron(randn(2), randn(2, 3))
    """
    ndim = max(input.ndim, other.ndim)
    large, small = _padded_shape(input, ndim), _padded_shape(other, ndim)
    product = (reshape(input, tuple(part for n in large for part in (n, 1)))
               * reshape(other, tuple(part for n in small for part in (1, n))))
    return on_its_own(reshape(product, tuple(n * m for n, m in zip(large, small, strict=True))))


def _padded_shape(tensor: Any, ndim: int) -> Sizes:
    return (1,) * (ndim - tensor.ndim) + tuple(tensor.shape)


@composite
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Join (…, in1) and (…, in2) by a form for each output, (out, in1, in2), and add a bias: (…, out).

    >>> bilinear(randn(2, 3), randn(2, 4), randn(5, 3, 4), randn(5))
    """
    if input1.shape[-1] != weight.shape[1] or input2.shape[-1] != weight.shape[2]:
        raise RuntimeError(f"bilinear(): weight {list(weight.shape)} joins {weight.shape[1]} and {weight.shape[2]} features, "
                           f"but the inputs have {input1.shape[-1]} and {input2.shape[-1]}")
    joined = einsum("...i,oij,...j->...o", input1, weight, input2)
    return joined if bias is None else joined + bias
