"""What the samples of Cholesky and of triangular equations cannot say: what they refuse, and complex numbers."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau.autograd.gradcheck import gradcheck
from flambeau.core.errors import LinAlgError
from flambeau.ops.cholesky import cholesky, cholesky_ex
from flambeau.ops.triangular import solve_triangular

INDEFINITE = [[1.0, 2.0], [2.0, 1.0]]


def test_a_matrix_that_is_not_positive_definite_is_refused_naming_the_minor():
    with pytest.raises(LinAlgError, match="leading minor of order 2 is not positive-definite"):
        cholesky(torch.tensor(INDEFINITE))


def test_of_a_batch_the_matrix_that_fails_is_named():
    with pytest.raises(LinAlgError, match=r"\(Batch element 1\)"):
        cholesky(torch.tensor([[[1.0, 0.0], [0.0, 1.0]], INDEFINITE]))


def test_cholesky_ex_says_where_it_stopped_and_factors_the_others():
    factors, info = cholesky_ex(torch.tensor([INDEFINITE, [[4.0, 2.0], [2.0, 3.0]]]))
    assert info.tolist() == [2, 0]
    assert info.dtype is torch.int32
    assert factors[1].tolist() == [[2.0, 0.0], [1.0, pytest.approx(2**0.5)]]


@pytest.mark.parametrize("shape", [(3,), (2, 3)])
def test_what_is_no_square_matrix_is_refused(shape):
    with pytest.raises(RuntimeError, match=r"linalg\.cholesky"):
        cholesky(torch.ones(shape))


def test_whole_numbers_are_refused():
    with pytest.raises(RuntimeError, match="linalg.cholesky: Expected a floating point"):
        cholesky(torch.ones(2, 2).long())


def test_sizes_of_an_equation_that_do_not_fit_are_named():
    with pytest.raises(RuntimeError, match=r"equation AX = B \(2x2 and 3x2\)"):
        solve_triangular(torch.ones(2, 2), torch.ones(3, 2), upper=True)


def test_complex_factors_give_back_the_matrix_and_have_the_right_gradients():
    x = torch.tensor([[2.0 + 0j, 0.5 - 1j], [0.5 + 1j, 3.0]], dtype=torch.complex128, requires_grad=True)
    lower = cholesky(x)
    assert torch.allclose(lower @ lower.mH, x)
    assert gradcheck(lambda x: cholesky(x @ x.mH), [x])
    assert gradcheck(lambda x: torch.cholesky_inverse(cholesky(x @ x.mH)), [x])
    assert gradcheck(lambda x: torch.cholesky_solve(x, cholesky(x @ x.mH)), [x])


def test_an_empty_matrix_has_an_empty_factor():
    assert cholesky(torch.ones(2, 0, 0)).shape == (2, 0, 0)
