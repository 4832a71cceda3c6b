"""Names that PyTorch keeps only to say what to call instead."""
from __future__ import annotations

from typing import Any


def _removed(name: str, advice: str) -> Any:
    def function(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(f"torch.{name}: This function was deprecated since version 1.9 and is now removed. {advice}")

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Raise RuntimeError. {advice}"
    return function


eig = _removed("eig", "Use torch.linalg.eig, or torch.linalg.eigvals for the eigenvalues alone; their results are complex.")
lstsq = _removed("lstsq", "Use torch.linalg.lstsq, which takes its arguments in the other order.")
matrix_rank = _removed("matrix_rank", "Use torch.linalg.matrix_rank, where 'symmetric' is called 'hermitian'.")
solve = _removed("solve", "Use torch.linalg.solve, which takes its arguments in the other order; torch.linalg.lu_factor "
                 "returns the factors.")
symeig = _removed("symeig", "Use torch.linalg.eigh, or torch.linalg.eigvalsh for the eigenvalues alone; they read the lower "
                  "triangle unless UPLO='U'.")
