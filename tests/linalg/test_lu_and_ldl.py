"""LU and LDL: LAPACK's pivots, batches, singular matrices, and factors that give back what was factored."""
from __future__ import annotations

import numpy
import pytest

import flambeau as torch
from flambeau import linalg

TALL, SQUARE, WIDE = (5, 3), (4, 4), (3, 5)


def drawn(*shape: int, seed: int = 0, is_complex: bool = False):
    rng = numpy.random.default_rng(seed)
    array = rng.standard_normal(shape)
    return torch.from_numpy(array + 1j * rng.standard_normal(shape) if is_complex else array)


@pytest.mark.parametrize("shape", [TALL, SQUARE, WIDE, (2, 3, *TALL), (70, 70), (0, 3), (3, 0), (2, 0, 0)])
@pytest.mark.parametrize("is_complex", [False, True])
def test_the_product_of_p_l_and_u_is_the_matrix(shape, is_complex):
    matrix = drawn(*shape, is_complex=is_complex)
    P, L, U = linalg.lu(matrix)
    assert torch.allclose(P @ L @ U, matrix)
    assert torch.equal(torch.tril(L), L)
    assert torch.equal(torch.triu(U), U)


def test_the_largest_of_a_column_is_the_pivot():
    LU, pivots = linalg.lu_factor(torch.tensor([[1.0, 2.0], [4.0, 2.0]]))
    assert pivots.tolist() == [2, 2]
    assert LU.tolist() == [[4.0, 2.0], [0.25, 1.5]]


def test_complex_numbers_are_compared_by_the_sum_of_their_parts():
    matrix = torch.tensor([[2.9 + 0j, 0], [2 + 2j, 1]])  # 2.9 is farther from zero than 2 + 2j, but not by parts
    assert linalg.lu_factor(matrix).pivots.tolist() == [2, 2]


def test_a_zero_pivot_is_reported_and_the_elimination_goes_on():
    result = linalg.lu_factor_ex(torch.tensor([[[1.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]]))
    assert result.info.tolist() == [2, 0]
    assert result.info.dtype is torch.int32
    with pytest.raises(RuntimeError, match=r"\(Batch element 0\): U\[2,2\] is zero"):
        linalg.lu_factor(torch.ones(1, 2, 2))


@pytest.mark.parametrize("left", [True, False])
@pytest.mark.parametrize("adjoint", [True, False])
def test_factors_solve_equations_from_both_sides(left, adjoint):
    matrix, right = drawn(2, 3, 3, is_complex=True), drawn(3, 3, seed=1, is_complex=True)
    solution = linalg.lu_solve(*linalg.lu_factor(matrix), right, left=left, adjoint=adjoint)
    turned = matrix.mH if adjoint else matrix
    assert torch.allclose(turned @ solution if left else solution @ turned, right.expand(2, 3, 3))


def test_lu_without_pivoting_keeps_the_rows():
    P, L, U = linalg.lu(torch.tensor([[1.0, 2.0], [4.0, 2.0]]), pivot=False)
    assert P.shape == (0,)
    assert (L @ U).tolist() == [[1.0, 2.0], [4.0, 2.0]]


def symmetric(*shape: int, hermitian: bool = False):
    matrix = drawn(*shape, is_complex=True)
    return matrix + (matrix.mH if hermitian else matrix.mT)


@pytest.mark.parametrize("hermitian", [False, True])
@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (6, 6), (2, 3, 9, 9), (2, 0, 0)])
@pytest.mark.parametrize("hollow", [False, True])
def test_ldl_factors_solve_equations(shape, hermitian, hollow):
    matrix = symmetric(*shape, hermitian=hermitian)
    if hollow and shape[-1] > 1:  # a diagonal of zeros makes blocks of two
        matrix = matrix * (1 - torch.eye(shape[-1], dtype=torch.float64))
    right = drawn(*shape[:-1], 2, seed=3, is_complex=True)
    LD, pivots = linalg.ldl_factor(matrix, hermitian=hermitian)
    assert torch.allclose(matrix @ linalg.ldl_solve(LD, pivots, right, hermitian=hermitian), right)


def test_ldl_pivots_are_those_of_lapack():
    matrix = torch.tensor([[0.1, 2.0, 1.0], [2.0, 0.3, 0.5], [1.0, 0.5, 4.0]], dtype=torch.float64)
    LD, pivots = linalg.ldl_factor(matrix)
    assert pivots.tolist() == [-2, -2, 3]
    numpy.testing.assert_allclose(LD.numpy(), [[0.1, 0, 0], [2, 0.3, 0], [0.1763224181, 0.4911838791, 3.578085642]], rtol=1e-9)


def test_a_zero_block_is_reported():
    assert linalg.ldl_factor_ex(torch.zeros(2, 2)).info.item() == 1
    with pytest.raises(RuntimeError, match=r"D\[1,1\] is zero"):
        linalg.ldl_factor(torch.zeros(2, 2))


def test_ldl_has_no_gradient():
    matrix = torch.eye(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="linalg_ldl_factor_ex"):
        linalg.ldl_factor(matrix).LD.sum().backward()
