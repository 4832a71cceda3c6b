"""A few of the largest or smallest eigenvalues of a symmetric matrix, found with products alone.

Knyazev, "Toward the optimal preconditioned eigensolver", 2001; the bases are kept orthonormal as Stathopoulos & Wu, "A block
orthogonalization procedure with constant synchronization requirements", 2002, do.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.limits import finfo
from flambeau.core.tensor import wrap
from flambeau.dispatch.op import op
from flambeau.ops.eigen import eigh
from flambeau.ops.gauges import gaps, identity
from flambeau.ops.linalg import matmul
from flambeau.ops.parts import narrow
from flambeau.ops.random import randn
from flambeau.ops.shape import unsqueeze
from flambeau.ops.strides import diag_embed
from flambeau.ops.triangular import turned

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

_MANY = 1000  # steps, unless the caller says how many


def lobpcg(A: Tensor, k: int | None = None, B: Tensor | None = None, X: Tensor | None = None, n: int | None = None,
           iK: Tensor | None = None, niter: int | None = None, tol: float | None = None, largest: bool | None = None,
           method: str | None = None, tracker: Callable[[Any], None] | None = None,
           ortho_iparams: dict[str, int] | None = None, ortho_fparams: dict[str, float] | None = None,
           ortho_bparams: dict[str, bool] | None = None) -> tuple[Tensor, Tensor]:
    """Return `k` eigenvalues and eigenvectors of A x = λ B x, searched from X, or from `n` random vectors.

    `iK` is near the inverse of A; `niter` bounds the steps (below 0: nothing does), `tol` the error. `tracker` is called after
    each step with the state of the search. Every `method` is the orthonormal one, which sets its parameters itself.
    """
    rows = A.shape[-1]
    if A.shape[-2] != rows:
        raise AssertionError(f"A must be square, got shape {tuple(A.shape)}")
    wanted = 1 if k is None and X is None else X.shape[-1] if k is None else k
    count = X.shape[-1] if X is not None else wanted if n is None else n
    if rows < 3 * count:
        raise ValueError(f"LOBPCG algorithm is not applicable when the number of A rows (={rows}) is smaller than 3 x the "
                         f"number of requested eigenpairs (={count}); linalg.eigh finds them all")
    if X is None:
        X = randn(*A.shape[:-2], rows, count, dtype=A.dtype, device=A.device)
    precision = float(finfo(A.dtype).eps) ** 0.5 if tol is None else tol
    steps = _MANY if niter is None else niter
    A = (A + turned(A)) / 2 if A.requires_grad else A
    values, vectors = _lobpcg(A, B, X, iK, wanted, steps, precision, largest is not False, tracker)
    return values, vectors


def _gradient(g_values: Any, g_vectors: Any, A: Tensor, B: Any, values: Tensor, vectors: Tensor, largest: bool) -> Tensor:
    """As for all eigenvectors, the others found by `eigh`: Giles, "An extended collection of matrix derivative results",
    2008."""
    if B is not None:
        raise ValueError("lobpcg.backward does not support backward with B != I yet; factor B = L Lᵀ, and pass L⁻¹ A L⁻ᵀ as A")
    inner: Any = 0 if g_values is None else diag_embed(g_values)
    if g_vectors is None:
        return matmul(matmul(vectors, inner), turned(vectors))
    inner = inner + matmul(turned(vectors), g_vectors) / gaps(values) * (1 - identity(values))
    k, rows = values.shape[-1], A.shape[-1]
    others, basis = eigh(A)
    start = 0 if largest else k
    others, basis = narrow(others, -1, start, rows - k), narrow(basis, -1, start, rows - k)
    outside = matmul(turned(basis), g_vectors) / (unsqueeze(values, -2) - unsqueeze(others, -1))
    return matmul(matmul(vectors, inner) + matmul(basis, outside), turned(vectors))


@op(outputs=("values", "vectors"), partial=True, grad={"A": _gradient}, grad_name="LOBPCGAutogradFunctionBackward")
def _lobpcg(A: Tensor, B: Tensor | None, X: Tensor, iK: Tensor | None, k: int, niter: int, tol: float, largest: bool,
            tracker: Any) -> Any:
    xp, n = namespace_of(A), A.shape[-1]
    starts = xp.broadcast_to(X, (*A.shape[:-2], *X.shape[-2:])).reshape(-1, *X.shape[-2:])
    found = [Search(xp, a, _one(B, i), x, _one(iK, i), k, niter, tol, largest, tracker).run()
             for i, (a, x) in enumerate(zip(A.reshape(-1, n, n), starts, strict=True))]
    values, vectors = (xp.stack(parts) for parts in zip(*found, strict=True))
    return values.reshape(*A.shape[:-2], k), vectors.reshape(*A.shape[:-2], n, k)


def _one(matrices: Any, number: int) -> Any:
    """Return the matrix for one of a batch, which may share one."""
    if matrices is None or matrices.ndim == 2:
        return matrices
    return matrices.reshape(-1, *matrices.shape[-2:])[number]


def _as_tensor(name: str) -> property:
    def read(search: Search) -> Any:
        array = getattr(search, name)
        return None if array is None else wrap(array)

    return property(read)


class Search:
    """One search, as a tracker sees it: `E` and `X` so far, what they leave (`R`), and counts, errors and options by name."""

    def __init__(self, xp: Any, A: Array, B: Array | None, X: Array, iK: Array | None, k: int, niter: int, tol: float,
                 largest: bool, tracker: Any) -> None:
        self.xp, self.tracker = xp, tracker
        self._A, self._B, self._iK = A, B, iK
        self.iparams = {"m": A.shape[-1], "n": X.shape[-1], "k": k, "niter": niter}
        self.fparams, self.bparams = {"tol": tol}, {"largest": largest}
        self.ivars = {"istep": 0, "converged_count": 0, "iterations_left": niter}
        norm = xp.linalg.norm
        self.fvars = {"A_norm": float(norm(A)), "B_norm": 1.0 if B is None else float(norm(B))}
        self._E, self._X = self._best_of(self._orthonormal(X))[:2]
        self._R = X
        self.tvars: dict[str, Any] = {}

    A, B, iK, E, X, R = map(_as_tensor, ("_A", "_B", "_iK", "_E", "_X", "_R"))

    def run(self) -> tuple[Array, Array]:
        k, niter = self.iparams["k"], self.iparams["niter"]
        directions = None
        while self._note_errors() < k and self.ivars["istep"] != niter:
            known = self._X if directions is None else self.xp.concatenate([self._X, directions], axis=1)
            residual = self._R if self._iK is None else self._iK @ self._R
            basis = self.xp.concatenate([known, self._new_to(known, residual)], axis=1)
            self._E, self._X, directions = self._best_of(basis)
            self.ivars["istep"] += 1
            self.ivars["iterations_left"] = niter - self.ivars["istep"]
            if self.tracker is not None:
                self.tracker(self)
        return self._E[:k], self._X[:, :k]

    def _times_b(self, X: Array) -> Array:
        return X if self._B is None else self._B @ X

    def _note_errors(self) -> int:
        """Return how many of the first pairs are exact enough, each relative to the size of what it solves."""
        norm = self.xp.linalg.norm
        self._R = self._A @ self._X - self._times_b(self._X) * self._E
        scale = norm(self._X, axis=0) * (self.fvars["A_norm"] + abs(self._E) * self.fvars["B_norm"])
        errors = norm(self._R, axis=0) / scale
        self.tvars["rerr"] = wrap(errors)
        missed = (~(errors < self.fparams["tol"])).nonzero()[0]
        self.ivars["converged_count"] = int(missed[0]) if len(missed) else len(errors)
        return self.ivars["converged_count"]

    def _best_of(self, basis: Array) -> tuple[Array, Array, Array | None]:
        """Return the best pairs within an orthonormal basis, and the part of them, made orthonormal, that is new."""
        xp, n = self.xp, self.iparams["n"]
        values, mix = xp.linalg.eigh(basis.T @ (self._A @ basis))
        order = xp.argsort(-values if self.bparams["largest"] else values)[:n]
        mix = mix[:, order]
        if basis.shape[1] == n:
            return values[order], basis @ mix, None
        moved = mix.copy()
        moved[:n] = 0
        moved = xp.linalg.qr(xp.concatenate([mix, moved], axis=1))[0][:, n:]
        return values[order], basis @ mix, basis @ moved

    def _new_to(self, known: Array, vectors: Array) -> Array:
        """Return an orthonormal basis of what `vectors` add to `known`; twice, for what rounding leaves the first time."""
        for _ in range(2):
            vectors = vectors - known @ (self._times_b(known).T @ vectors)
            vectors = self._orthonormal(vectors)
        return vectors

    def _orthonormal(self, vectors: Array) -> Array:
        """Span the same by orthonormal vectors, leaving out directions that are no more than rounding errors."""
        xp = self.xp
        vectors = vectors / xp.maximum(xp.linalg.norm(vectors, axis=0), xp.finfo(vectors.dtype).tiny)
        weights, turn = xp.linalg.eigh(vectors.T @ self._times_b(vectors))
        kept = weights > weights.max() * xp.finfo(vectors.dtype).eps * len(weights)
        return vectors @ (turn[:, kept] / xp.sqrt(weights[kept]))
