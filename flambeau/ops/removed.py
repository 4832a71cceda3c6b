"""Functions that PyTorch keeps only to say what to call instead."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def _removed(name: str, advice: str) -> RuntimeError:
    return RuntimeError(f"torch.{name}: This function was deprecated since version 1.9 and is now removed. {advice}")


def eig(self: Tensor, eigenvectors: bool = False, *, e: Any = None, v: Any = None) -> Any:
    """Raise RuntimeError: `linalg.eig` is there now."""
    raise _removed("eig", "Use torch.linalg.eig, or torch.linalg.eigvals for the eigenvalues alone; their results are complex.")


def lstsq(input: Tensor, A: Tensor, *, out: Any = None) -> Any:
    """Raise RuntimeError: `linalg.lstsq` is there now."""
    raise _removed("lstsq", "Use torch.linalg.lstsq, which takes its arguments in the other order.")


def matrix_rank(input: Tensor, tol: Any = None, symmetric: bool = False, *, out: Any = None) -> Any:
    """Raise RuntimeError: `linalg.matrix_rank` is there now."""
    raise _removed("matrix_rank", "Use torch.linalg.matrix_rank, where 'symmetric' is called 'hermitian'.")


def solve(input: Tensor, A: Tensor, *, out: Any = None) -> Any:
    """Raise RuntimeError: `linalg.solve` is there now."""
    raise _removed("solve", "Use torch.linalg.solve, which takes its arguments in the other order; torch.linalg.lu_factor "
                   "returns the factors.")


def symeig(input: Tensor, eigenvectors: bool = False, upper: bool = True, *, out: Any = None) -> Any:
    """Raise RuntimeError: `linalg.eigh` is there now."""
    raise _removed("symeig", "Use torch.linalg.eigh, or torch.linalg.eigvalsh for the eigenvalues alone; they read the lower "
                   "triangle unless UPLO='U'.")
