"""Decompositions whose vectors have no sign of their own: what they must give back, and gradients that do not ask for it."""
from __future__ import annotations

import numpy
import pytest

import flambeau as torch
from flambeau import linalg
from flambeau.autograd.gradcheck import gradcheck, gradgradcheck

SHAPES = [(4, 4), (5, 3), (3, 5), (2, 4, 3)]


def drawn(*shape: int, seed: int = 0, is_complex: bool = False, grad: bool = False):
    rng = numpy.random.default_rng(seed)
    array = rng.standard_normal(shape)
    tensor = torch.from_numpy(array + 1j * rng.standard_normal(shape) if is_complex else array)
    return tensor.requires_grad_(grad)


@pytest.mark.parametrize("shape", [*SHAPES, (0, 3), (3, 0), (2, 0, 3)])
@pytest.mark.parametrize("is_complex", [False, True])
@pytest.mark.parametrize("full", [False, True])
def test_u_s_and_v_give_back_the_matrix(shape, is_complex, full):
    matrix = drawn(*shape, is_complex=is_complex)
    U, S, Vh = linalg.svd(matrix, full_matrices=full)
    k = S.shape[-1]
    assert torch.allclose((U[..., :k] * S[..., None, :].to(U.dtype)) @ Vh[..., :k, :], matrix)
    assert U.shape[-1] == (shape[-2] if full else k)
    assert torch.allclose(linalg.svdvals(matrix), S)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("is_complex", [False, True])
def test_gradients_of_singular_vectors_are_right(shape, is_complex):
    def without_signs(matrix):
        U, S, Vh = linalg.svd(matrix, full_matrices=False)
        return S, U @ Vh, (U * S.to(U.dtype)[..., None, :] ** 2) @ Vh

    assert gradcheck(without_signs, [drawn(*shape, is_complex=is_complex, grad=True)])


def test_singular_values_alone_have_gradients_where_they_are_equal():
    matrix = torch.eye(3, requires_grad=True)
    linalg.svdvals(matrix).sum().backward()
    assert matrix.grad.tolist() == torch.eye(3).tolist()


@pytest.mark.parametrize("is_complex", [False, True])
def test_gradients_of_hermitian_eigenvectors_are_right(is_complex):
    def without_signs(matrix):
        L, V = linalg.eigh(matrix + matrix.mH)
        return L, (V * L.to(V.dtype).exp()) @ V.mH

    matrix = drawn(3, 3, is_complex=is_complex, grad=True)
    assert gradcheck(without_signs, [matrix])
    assert gradgradcheck(lambda matrix: without_signs(matrix)[0], [matrix])


def test_one_triangle_of_a_hermitian_matrix_is_read():
    upper = torch.tensor([[2.0, 1.0], [9.0, 3.0]])
    assert torch.allclose(linalg.eigvalsh(upper, "u"), linalg.eigvalsh(torch.tensor([[2.0, 1.0], [1.0, 3.0]])))
    with pytest.raises(RuntimeError, match="UPLO argument"):
        linalg.eigh(upper, "X")


@pytest.mark.parametrize("is_complex", [False, True])
def test_eigenvectors_of_any_matrix_satisfy_their_equation_and_have_gradients(is_complex):
    matrix = drawn(2, 3, 3, is_complex=is_complex, grad=True)
    L, V = linalg.eig(matrix)
    assert torch.allclose(matrix.to(V.dtype) @ V, V * L[..., None, :])
    assert gradcheck(lambda matrix: [part.abs() for part in linalg.eig(matrix)], [matrix])


def test_eigenvalues_of_a_real_matrix_are_complex_even_when_they_need_not_be():
    assert linalg.eigvals(torch.eye(2)).dtype is torch.complex64
    assert linalg.eig(torch.ones(0, 0)).eigenvectors.dtype is torch.complex64


@pytest.mark.parametrize("decompose", [linalg.svd, linalg.eigh, linalg.eig])
def test_a_loss_that_changes_as_vectors_turn_is_refused(decompose):
    matrix = drawn(3, 3, is_complex=True, grad=True)
    vectors = max(decompose(matrix), key=lambda part: part.ndim)
    with pytest.raises(RuntimeError, match=r"specified up to multiplication by e\^\{i phi\}"):
        vectors.sum().abs().backward()


def test_matrices_with_nan_are_refused_or_answered_with_nan():
    broken = torch.full((2, 2), float("nan"))
    with pytest.raises(linalg.LinAlgError, match="non-finite"):
        linalg.svd(broken)
    with pytest.raises(RuntimeError, match="infs or NaNs"):
        linalg.eig(broken)
    assert linalg.eigh(broken).eigenvalues.isnan().all()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("is_complex", [False, True])
def test_q_and_r_give_back_the_matrix_and_have_gradients(shape, is_complex):
    matrix = drawn(*shape, is_complex=is_complex, grad=True)
    Q, R = linalg.qr(matrix)
    assert torch.allclose(Q @ R, matrix)
    assert gradcheck(lambda matrix: tuple(linalg.qr(matrix)), [matrix])


def test_gradients_that_q_is_missing_for_are_refused():
    matrix = drawn(4, 3, grad=True)
    with pytest.raises(RuntimeError, match="mode='r'"):
        linalg.qr(matrix, mode="r").R.sum().backward()
    with pytest.raises(RuntimeError, match="not differentiable when mode='complete'"):
        linalg.qr(matrix, mode="complete").Q.sum().backward()


@pytest.mark.parametrize("shape", [(5, 2), (2, 5), (3, 3)])
def test_least_squares_and_pseudoinverses_have_gradients(shape):
    matrix, right = drawn(*shape, is_complex=True, grad=True), drawn(shape[0], 2, seed=1, is_complex=True, grad=True)
    for driver in ("gels", "gelsy", "gelsd", "gelss"):
        assert gradcheck(lambda a, b, driver=driver: linalg.lstsq(a, b, driver=driver)[:1], [matrix, right])
    assert gradcheck(linalg.pinv, [matrix])


def test_least_squares_refuses_what_its_driver_cannot_solve():
    with pytest.raises(linalg.LinAlgError, match="does not have full rank"):
        linalg.lstsq(torch.ones(4, 3), torch.ones(4, 1), driver="gels")
    assert linalg.lstsq(torch.ones(4, 3), torch.ones(4, 1)).rank.item() == 1


def test_lobpcg_finds_the_eigenvalues_at_either_end():
    matrix = drawn(30, 30)
    matrix = matrix @ matrix.mT
    known = linalg.eigvalsh(matrix)
    assert torch.allclose(torch.lobpcg(matrix, k=3)[0], known[-3:].flip(0))
    assert torch.allclose(torch.lobpcg(matrix, k=2, largest=False)[0], known[:2], atol=1e-5)


def test_lowrank_decompositions_find_a_matrix_of_low_rank():
    matrix = drawn(20, 3) @ drawn(3, 8, seed=1)
    U, S, V = torch.svd_lowrank(matrix, q=3)
    assert torch.allclose((U * S) @ V.mT, matrix)
    U, S, V = torch.pca_lowrank(matrix, q=3)
    assert torch.allclose((U * S) @ V.mT, matrix - matrix.mean(0))
