"""The checker of gradients can fail."""
from __future__ import annotations

import itertools

import pytest

import flambeau as torch
from flambeau.autograd.gradcheck import GradcheckError, gradcheck, gradgradcheck


def point():
    return torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)


class Cube(torch.autograd.Function):
    """x ** 3, with a backward that a class below may spoil."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 3

    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return 3 * x ** 2 * g


def test_a_right_gradient_passes():
    assert gradcheck(Cube.apply, point())
    assert gradgradcheck(Cube.apply, point())


def test_a_wrong_gradient_is_named():
    class Wrong(Cube):
        @staticmethod
        def backward(ctx, g):
            return g * 2

    with pytest.raises(GradcheckError, match="Jacobian mismatch for output 0 with respect to input 0"):
        gradcheck(Wrong.apply, point())
    assert gradcheck(Wrong.apply, point(), raise_exception=False) is False


def test_a_gradient_that_left_the_tape_fails_the_second_check():
    class Cut(Cube):
        @staticmethod
        def backward(ctx, g):
            return Cube.backward(ctx, g).detach()

    assert gradcheck(Cut.apply, point())
    with pytest.raises(GradcheckError, match="expected to be zero"):
        gradgradcheck(Cut.apply, point())


def test_an_output_off_the_tape_must_be_constant():
    assert gradcheck(lambda x: torch.ones(3), point())
    with pytest.raises(GradcheckError, match="expected to be zero"):
        gradcheck(lambda x: x.detach() ** 2, point())


def test_two_passes_must_agree():
    calls = itertools.count()

    class Drifting(Cube):
        @staticmethod
        def backward(ctx, g):
            return Cube.backward(ctx, g) * (1 + 1e-7 * next(calls))

    with pytest.raises(GradcheckError, match="not reentrant"):
        gradcheck(Drifting.apply, point())
    assert gradcheck(Drifting.apply, point(), nondet_tol=1e-3)


def test_complex_gradients_are_checked_in_both_directions():
    z = torch.tensor([1 + 2j, 3 - 1j], dtype=torch.complex128, requires_grad=True)
    assert gradcheck(lambda z: z * z.conj(), z)
    assert gradgradcheck(lambda z: (z * z).abs(), z)
