# From the page's table, by tools/make_stubs.py.
import builtins
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flambeau.core.device import device as _device
from flambeau.core.dtype import dtype as _dtype
from flambeau.core.layout import layout as _layout
from flambeau.core.layout import memory_format as _memory_format
from flambeau.core.random import Generator
from flambeau.core.size import Size
from flambeau.tensor import Tensor

from flambeau.core.errors import LinAlgError as LinAlgError
from flambeau.ops.matrix_exponential import matrix_exp as matrix_exp
from flambeau.ops.vectors import diagonal as diagonal
from flambeau.ops.vectors import vander as vander

def multi_dot(tensors: Sequence[Tensor], *, out: Tensor | None = ...) -> Tensor:
    """Multiply matrices in the order that takes the fewest multiplications; the first and last may be vectors."""

def cholesky(input: Tensor, upper: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the lower triangular L with L Lᴴ = input, or its adjoint with `upper`; only the lower triangle is read."""

def cholesky_ex(input: Tensor, *, upper: builtins.bool = ..., check_errors: builtins.bool = ..., out: Tensor | None = ...) -> Any:
    """Factor matrices as `cholesky` does, and return beside the factors where each factorization stopped; 0 if nowhere."""

def det(A: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the determinant of square matrices."""

def slogdet(A: Tensor, *, out: Tensor | None = ...) -> Any:
    """Return the sign of determinants, and the logarithm of their size, which does not overflow as they do."""

def eig(input: Tensor, *, out: Tensor | None = ...) -> Any:
    """Return the eigenvalues of square matrices, in no order, and eigenvectors of length 1, in columns; both complex."""

def eigh(input: Tensor, UPLO: builtins.str = ..., *, out: Tensor | None = ...) -> Any:
    """Return the eigenvalues of Hermitian matrices, in ascending order, and eigenvectors, in columns."""

def eigvals(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the eigenvalues of square matrices, in no order; they are complex."""

def eigvalsh(input: Tensor, UPLO: builtins.str = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the eigenvalues of Hermitian matrices, in ascending order."""

def ldl_factor(input: Tensor, *, hermitian: builtins.bool = ..., out: Tensor | None = ...) -> Any:
    """Return L and D of symmetric, or Hermitian, matrices in one, and how rows were exchanged; the lower triangle is read."""

def ldl_factor_ex(input: Tensor, *, hermitian: builtins.bool = ..., check_errors: builtins.bool = ..., out: Tensor | None = ...) -> Any:
    """Factor matrices as `ldl_factor` does, and return beside the factors the place of the first zero of D; 0 if none."""

def ldl_solve(LD: Tensor, pivots: Tensor, B: Tensor, *, hermitian: builtins.bool = ..., out: Tensor | None = ...) -> Tensor:
    """Solve A X = B for the matrix that `ldl_factor` factored; there is no gradient."""

def lstsq(input: Tensor, b: Tensor, rcond: builtins.float | None = ..., *, driver: builtins.str | None = ..., out: Tensor | None = ...) -> Any:
    """Return the X that comes closest to `input` X = `b`, how far it stays, the rank of `input` and its singular values."""

def matmul(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Multiply matrices, or stacks of them, (…, n, k) by (…, k, m); a vector stands for one row or column."""

def lu(A: Tensor, *, pivot: builtins.bool = ..., out: Tensor | None = ...) -> Any:
    """Return P, L and U, whose product is A; without pivoting P is empty."""

def lu_factor(A: Tensor, *, pivot: builtins.bool = ..., out: Tensor | None = ...) -> Any:
    """Return L and U in one matrix, and the row (counted from 1) that each step of the elimination exchanged with its own."""

def lu_factor_ex(A: Tensor, *, pivot: builtins.bool = ..., check_errors: builtins.bool = ..., out: Tensor | None = ...) -> Any:
    """Factor matrices as `lu_factor` does, and return beside the factors the place of the first zero pivot; 0 if none."""

def lu_solve(LU: Tensor, pivots: Tensor, B: Tensor, *, left: builtins.bool = ..., adjoint: builtins.bool = ..., out: Tensor | None = ...) -> Tensor:
    """Solve A X = B for the matrix that `lu_factor` factored; X A = B with `left=False`, and with Aᴴ with `adjoint`."""

def cond(input: Tensor, p: Any = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the condition number: the norm of `input` times the norm of its inverse. Infinite where there is no inverse."""

def matrix_norm(input: Tensor, ord: Any = ..., dim: Sequence[builtins.int] = ..., keepdim: builtins.bool = ..., *, dtype: Any = ..., out: Tensor | None = ...) -> Tensor:
    """Return norms of matrices, whose rows and columns are along `dim`."""

def norm(input: Tensor, ord: Any = ..., dim: builtins.int | Sequence[builtins.int] | None = ..., keepdim: builtins.bool = ..., *, dtype: Any = ..., out: Tensor | None = ...) -> Tensor:
    """Return the norm of vectors, along one dim or of all elements, or of matrices, along two."""

def matrix_power(input: Tensor, n: builtins.int, *, out: Tensor | None = ...) -> Tensor:
    """Multiply a square matrix `n` times with itself, by squaring; a negative `n` takes the inverse."""

def tensorinv(input: Tensor, ind: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
    """Invert a tensor as the matrix whose rows are its first `ind` dims and whose columns are the others."""

def tensorsolve(input: Tensor, other: Tensor, dims: Sequence[builtins.int] | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the X that `tensordot(input, X, X.ndim)` makes `other` of; `dims` of `input` are taken to be its last."""

def vector_norm(input: Tensor, ord: builtins.float = ..., dim: builtins.int | Sequence[builtins.int] | None = ..., keepdim: builtins.bool = ..., *, dtype: Any = ..., out: Tensor | None = ...) -> Tensor:
    """Return the norm of vectors, along `dim`, or of all elements as one: the `ord`-th root of the sum of `ord`-th powers."""

def matrix_rank(input: Tensor, tol: Any = ..., hermitian: builtins.bool = ..., *, atol: Any = ..., rtol: Any = ..., out: Tensor | None = ...) -> Tensor:
    """Count the singular values above the tolerance. `tol` alone is an older name of `atol`."""

def pinv(input: Tensor, rcond: Any = ..., hermitian: builtins.bool = ..., *, atol: Any = ..., rtol: Any = ..., out: Tensor | None = ...) -> Tensor:
    """Return the pseudoinverse: singular values not above the tolerance count as zero. `rcond` is an older name of `rtol`."""

def qr(A: Tensor, mode: builtins.str = ..., *, out: Tensor | None = ...) -> Any:
    """Return Q and R with Q R = A: `reduced` to as many columns as A has, `complete`, or R alone with `r`."""

def householder_product(input: Tensor, tau: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the first columns of the product of the reflections that `geqrf` wrote down."""

def svd(A: Tensor, full_matrices: builtins.bool = ..., *, driver: builtins.str | None = ..., out: Tensor | None = ...) -> Any:
    """Return U, the singular values S in descending order, and Vᴴ; square U and Vᴴ, or of min(m, n) vectors."""

def svdvals(A: Tensor, *, driver: builtins.str | None = ..., out: Tensor | None = ...) -> Tensor:
    """Return the singular values in descending order."""

def inv(A: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the matrix whose product with A is the identity."""

def inv_ex(A: Tensor, *, check_errors: builtins.bool = ..., out: Tensor | None = ...) -> Any:
    """Invert as `inv` does, and return beside the result which pivot was zero; 0 where the matrix is not singular."""

def solve(A: Tensor, B: Tensor, *, left: builtins.bool = ..., out: Tensor | None = ...) -> Tensor:
    """Return the X of A X = B, or of X A = B with `left=False`; B may be a vector for each matrix."""

def solve_ex(A: Tensor, B: Tensor, *, left: builtins.bool = ..., check_errors: builtins.bool = ..., out: Tensor | None = ...) -> Any:
    """Solve as `solve` does, and return beside the result which pivot was zero; 0 where the matrix is not singular."""

def solve_triangular(input: Tensor, B: Tensor, *, upper: builtins.bool, left: builtins.bool = ..., unitriangular: builtins.bool = ..., out: Tensor | None = ...) -> Tensor:
    """Solve A X = B, or X A = B with `left=False`, for triangular matrices A (`input`); the other triangle is not looked at."""

def cross(input: Tensor, other: Tensor, *, dim: builtins.int = ..., out: Tensor | None = ...) -> Tensor:
    """Return the vectors at right angles to two others, along a dim of size 3."""

def vecdot(x: Tensor, y: Tensor, *, dim: builtins.int = ..., out: Tensor | None = ...) -> Tensor:
    """Add up along `dim` the products of the elements, those of `x` conjugated."""
