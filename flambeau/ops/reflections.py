"""Householder's reflections I - tau v vᴴ: an orthogonal matrix as a product of them, which is how LAPACK keeps Q of QR."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import composite, op
from flambeau.ops.complex_numbers import conj
from flambeau.ops.creation import eye
from flambeau.ops.dims import array_of
from flambeau.ops.linalg import matmul
from flambeau.ops.parts import narrow
from flambeau.ops.permutation import adjoint
from flambeau.ops.pointwise import add
from flambeau.ops.refusals import NOT_FLOAT, no_derivative, refuse
from flambeau.ops.shape import unsqueeze
from flambeau.ops.triangles import tril, triu

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(outputs=("a", "tau"), named=True, grad={"input": no_derivative("geqrf")})
def geqrf(input: Tensor) -> Any:
    """Decompose into reflections and R: below the diagonal of `a` are the vectors v, on and above it is R."""
    refuse(NOT_FLOAT, "geqrf_cpu", input)
    if input.ndim < 2:
        raise RuntimeError(f"torch.geqrf: input must have at least 2 dimensions, but it has {input.ndim}")
    xp = namespace_of(input)
    rows, columns = input.shape[-2:]
    a, tau = xp.empty_like(input), xp.empty((*input.shape[:-2], min(rows, columns)), input.dtype)
    for place in _places(xp, input.shape[:-2]):
        turned, tau[place] = xp.linalg.qr(input[place], mode="raw")
        a[place] = turned.T
    return a, tau


def _places(xp: Any, batch: tuple[int, ...]) -> Any:
    import itertools

    return itertools.product(*map(range, batch))


@composite
def householder_product(input: Tensor, tau: Tensor) -> Tensor:
    """Return the first columns of the product of the reflections that `geqrf` wrote down.

    >>> householder_product(randn(4, 3), randn(3))
    >>> householder_product(randn(2, 3, 3), randn(2, 2))
    """
    _check(input, tau)
    rows, columns = input.shape[-2:]
    one = eye(rows, columns, dtype=input.dtype, device=input.device)
    vectors = add(tril(input, -1), one)
    product = triu(vectors)  # the identity, and on the tape even where there is no reflection
    for k in reversed(range(tau.shape[-1])):
        v = narrow(vectors, -1, k, 1)
        product = product - matmul(unsqueeze(narrow(tau, -1, k, 1), -1) * v, matmul(adjoint(v), product))
    return product


def _check(input: Array, tau: Array) -> None:
    refuse(NOT_FLOAT, "orgqr_cpu", array_of(input))
    if array_of(tau).dtype != array_of(input).dtype:
        raise RuntimeError(f"torch.linalg.householder_product: tau dtype {tau.dtype} does not match input dtype {input.dtype}")
    if input.ndim < 2:
        raise RuntimeError("torch.linalg.householder_product: input must have at least 2 dimensions.")
    if input.shape[-2] < input.shape[-1]:
        raise RuntimeError("torch.linalg.householder_product: input.shape[-2] must be greater than or equal to input.shape[-1]")
    if input.shape[-1] < tau.shape[-1]:
        raise RuntimeError("torch.linalg.householder_product: input.shape[-1] must be greater than or equal to tau.shape[-1]")
    if tuple(input.shape[:-2]) != tuple(tau.shape[:-1]):
        raise RuntimeError("torch.linalg.householder_product: Expected batch dimensions of tau to be equal to "
                           f"input.shape[:-2], but got {list(tau.shape[:-1])}")


@composite
def orgqr(input: Tensor, input2: Tensor) -> Tensor:
    """Do as `householder_product`, the newer name.

    >>> orgqr(randn(4, 3), randn(3))
    """
    return householder_product(input, input2)


@composite
def ormqr(input: Tensor, input2: Tensor, input3: Tensor, left: bool = True, transpose: bool = False) -> Tensor:
    """Multiply `input3` with Q, the product of the reflections of factors `input2` that `geqrf` wrote down, or with Qᴴ.

    >>> ormqr(randn(4, 3), randn(3), randn(4, 2))
    >>> ormqr(randn(4, 3), randn(3), randn(2, 4), left=False)
    >>> ormqr(randn(2, 3, 2), randn(2, 2), randn(2, 3, 2), transpose=True)
    """
    _check_product(input, input2, input3, left)
    if not left:  # C Q is the adjoint of Qᴴ Cᴴ
        return adjoint(_reflected(input, input2, adjoint(input3), not transpose))
    return _reflected(input, input2, input3, transpose)


def _reflected(input: Tensor, tau: Tensor, other: Tensor, backwards: bool) -> Tensor:
    one = eye(*input.shape[-2:], dtype=input.dtype, device=input.device)
    vectors = add(tril(input, -1), one)
    steps = range(tau.shape[-1])
    product = other * 1
    for k in steps if backwards else reversed(steps):
        v, scale = narrow(vectors, -1, k, 1), unsqueeze(narrow(tau, -1, k, 1), -1)
        product = product - matmul((conj(scale) if backwards else scale) * v, matmul(adjoint(v), product))
    return product


def _check_product(input: Tensor, tau: Tensor, other: Tensor, left: bool) -> None:
    title = "torch.ormqr"
    for name, tensor in (("input", input), ("other", other)):
        if tensor.ndim < 2:
            raise RuntimeError(f"{title}: {name} must have at least 2 dimensions.")
    along = -2 if left else -1
    if other.shape[along] < tau.shape[-1]:
        raise RuntimeError(f"{title}: other.shape[{along}] must be greater than or equal to tau.shape[-1]")
    if other.shape[along] != input.shape[-2]:
        raise RuntimeError(f"{title}: other.shape[{along}] must be equal to input.shape[-2]")
    if tau.shape[-1] > input.shape[-1]:
        raise RuntimeError(f"{title}: tau.shape[-1] must be less than or equal to input.shape[-1]")
    _check_batches(title, input, tau, other)
    refuse(NOT_FLOAT, "ormqr_cpu", array_of(input))
    for name, tensor in (("tau", tau), ("other", other)):
        if array_of(tensor).dtype != array_of(input).dtype:
            raise RuntimeError(f"{title}: Expected input and {name} to have the same dtype, but input has dtype {input.dtype} "
                               f"and {name} has dtype {tensor.dtype}")


def _check_batches(title: str, input: Tensor, tau: Tensor, other: Tensor) -> None:
    batch = tuple(input.shape[:-2])
    if tau.ndim != input.ndim - 1 or other.ndim != input.ndim:
        raise RuntimeError(f"{title}: Expected other to have the same number of dimensions as input, and tau one less, but got "
                           f"{input.ndim}, {tau.ndim} and {other.ndim} dimensions of input, tau and other")
    if tuple(tau.shape[:-1]) != batch or tuple(other.shape[:-2]) != batch:
        raise RuntimeError(f"{title}: Expected batch dimensions of tau and other to be equal to input.shape[:-2], "
                           f"{list(batch)}")
