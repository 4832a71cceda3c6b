"""Compare gradients with finite differences."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy

from flambeau import autograd
from flambeau.core.arrays import Array
from flambeau.core.promotion import kind_of
from flambeau.core.tensor import TensorBase, wrap

Tensors = Sequence[Any]


class GradcheckError(RuntimeError):
    """An analytical gradient differs from the numerical one."""


def gradcheck(func: Callable[..., Any], inputs: Any, *, eps: float = 1e-6, atol: float = 1e-5, rtol: float = 1e-3,
              raise_exception: bool = True, nondet_tol: float = 0.0, check_undefined_grad: bool = True,
              check_grad_dtypes: bool = False, check_batched_grad: bool = False, check_batched_forward_grad: bool = False,
              check_forward_ad: bool = False, check_backward_ad: bool = True, fast_mode: bool = False,
              masked: bool | None = None) -> bool:
    """Compare the gradients of `func(*inputs)` with central differences of step `eps`, entry by entry.

    Inputs that require grad should be float64 or complex128; in float32 the differences drown in rounding. Returns True,
    or raises GradcheckError naming the input and output that differ (returns False if not `raise_exception`). Where no
    output has a gradient, the differences must be zero; two passes may differ by `nondet_tol` at most.
    """
    if check_forward_ad or check_batched_forward_grad:
        raise NotImplementedError("gradcheck(check_forward_ad=True): gradients are checked backward only")
    given = (inputs,) if isinstance(inputs, TensorBase) else tuple(inputs)
    try:
        _check(func, given, eps, atol, rtol, nondet_tol)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(func: Callable[..., Any], inputs: Any, grad_outputs: Any = None, *, eps: float = 1e-6,
                  atol: float = 1e-5, rtol: float = 1e-3, gen_non_contig_grad_outputs: bool = False,
                  raise_exception: bool = True, nondet_tol: float = 0.0, check_undefined_grad: bool = True,
                  check_grad_dtypes: bool = False, check_batched_grad: bool = False, check_fwd_over_rev: bool = False,
                  check_rev_over_rev: bool = True, fast_mode: bool = False, masked: bool = False) -> bool:
    """Compare the gradients of `func`'s gradients with central differences, for random (or given) output weights."""
    given = (inputs,) if isinstance(inputs, TensorBase) else tuple(inputs)
    outputs = _differentiable(func(*given))
    if grad_outputs is None:
        weights = [_random_like(out) for out in outputs]
    else:
        weights = [grad_outputs] if isinstance(grad_outputs, TensorBase) else list(grad_outputs)
    wanted = [i for i, value in enumerate(given) if _needs_grad(value)]

    def first_gradients(*values: Any) -> tuple[Any, ...]:
        args, seeds = values[:len(given)], values[len(given):]
        grads = autograd.grad(_differentiable(func(*args)), [args[i] for i in wanted], seeds, create_graph=True,
                              allow_unused=True)
        return tuple(g for g in grads if g is not None)

    return gradcheck(first_gradients, (*given, *weights), eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception,
                     nondet_tol=nondet_tol)


def _needs_grad(value: Any) -> bool:
    return isinstance(value, TensorBase) and bool(value.requires_grad)


def _differentiable(result: Any) -> list[Any]:
    outputs = [result] if isinstance(result, TensorBase) else list(result)
    return [out for out in outputs if _needs_grad(out)]


def _not_whole(result: Any) -> list[Any]:
    outputs = [result] if isinstance(result, TensorBase) else list(result)
    return [out for out in outputs if kind_of(out._array.dtype) > 1]


def _random_like(out: Any) -> Any:
    rng = numpy.random.default_rng(0)
    values = rng.standard_normal(out.shape)
    if out.is_complex():
        values = values + 1j * rng.standard_normal(out.shape)
    return wrap(numpy.asarray(values).astype(out._array.dtype)).requires_grad_()


def _check(func: Callable[..., Any], inputs: tuple[Any, ...], eps: float, atol: float, rtol: float,
           nondet_tol: float) -> None:
    wanted = [(i, value) for i, value in enumerate(inputs) if _needs_grad(value)]
    if not wanted:
        raise ValueError("gradcheck expects at least one input tensor to require gradient, but none of them have "
                         "requires_grad=True.")
    result = func(*inputs)
    if not _differentiable(result):
        _check_constant(func, inputs, [value for _, value in wanted], eps)
    for number, out in enumerate(_differentiable(result)):
        analytical, again = (_analytical(out, [value for _, value in wanted]) for _ in range(2))
        for (position, value), found, repeated in zip(wanted, analytical, again, strict=True):
            expected = _numerical(lambda *args, number=number: _differentiable(func(*args))[number], inputs, value, eps)
            if not numpy.allclose(found, expected, rtol, atol, equal_nan=True):
                worst = numpy.nanmax(numpy.abs(found - expected), initial=0.0)
                raise GradcheckError(
                    f"Jacobian mismatch for output {number} with respect to input {position} (largest difference "
                    f"{worst:.3g}):\nnumerical:\n{expected}\nanalytical:\n{found}")
            if numpy.nanmax(numpy.abs(found - repeated), initial=0.0) > nondet_tol:
                raise GradcheckError("Backward is not reentrant, i.e., running backward with same input and grad_output "
                                     "multiple times gives different values, although analytical gradient matches "
                                     f"numerical gradient. The tolerance for nondeterminism was {nondet_tol}.")


def _check_constant(func: Callable[..., Any], inputs: tuple[Any, ...], wanted: Tensors, eps: float) -> None:
    """Without a gradient an output must not depend on the inputs. (A rule that left the tape would be found here.)"""
    for number in range(len(_not_whole(func(*inputs)))):
        for value in wanted:
            if _numerical(lambda *args, number=number: _not_whole(func(*args))[number], inputs, value, eps).any():
                raise GradcheckError("Numerical gradient for function expected to be zero, since none of its outputs "
                                     "require grad")


def _analytical(out: Any, inputs: Tensors) -> list[Array]:
    """For each input the matrix of d out / d input: a row for each real number in the output."""
    rows: list[list[Array]] = [[] for _ in inputs]
    for weight in _unit_weights(out):
        grads = autograd.grad(out, inputs, wrap(weight), retain_graph=True, allow_unused=True)
        for row, g, value in zip(rows, grads, inputs, strict=True):
            row.append(_as_reals(numpy.zeros_like(value._array) if g is None else g.detach()._array))
    return [numpy.array(row).reshape(len(row), _width(value)) if row else numpy.zeros((0, _width(value)))
            for row, value in zip(rows, inputs, strict=True)]


def _width(value: Any) -> int:
    """How many real numbers a tensor holds."""
    return int(value._array.size) * (2 if value.is_complex() else 1)


def _unit_weights(out: Any) -> Any:
    """One weight for each real number of the output: 1, and i where it is complex."""
    for index in numpy.ndindex(*out.shape):
        for unit in (1, 1j) if out.is_complex() else (1,):
            weight = numpy.zeros(out.shape, out._array.dtype)
            weight[index] = unit
            yield weight


def _numerical(output: Callable[..., Any], inputs: tuple[Any, ...], value: Any, eps: float) -> Array:
    """The same matrix from values of `output(*inputs)` on both sides of each input number."""
    columns = []
    array = value._array
    for index in numpy.ndindex(*array.shape):
        for unit in (1, 1j) if array.dtype.kind == "c" else (1,):
            before = array[index]
            sides = []
            for step in (eps, -eps):
                array[index] = before + unit * step
                sides.append(output(*inputs)._array.copy())  # it may be a view of the input
            array[index] = before
            columns.append(_as_reals((sides[0] - sides[1]) / (2 * eps)))
    rows = _width(output(*inputs))
    return numpy.array(columns).reshape(len(columns), rows).T


def _as_reals(array: Array) -> Array:
    """Complex numbers as pairs of reals, flat."""
    array = numpy.ascontiguousarray(array).reshape(-1)
    return array.view(array.real.dtype) if array.dtype.kind == "c" else array
