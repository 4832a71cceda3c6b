"""Products, norms, decompositions and Fourier transforms, by NumPy's names."""
from __future__ import annotations

from typing import Any

from flambeau.core.tensor import TensorBase
from flambeau.tensor.array_functions.table import dims, stands_for, torch


def _together(*values: Any) -> list[Any]:
    """Return operands as tensors of one device and dtype."""
    near = next(value for value in values if isinstance(value, TensorBase))
    tensors = [value if isinstance(value, TensorBase) else torch.as_tensor(value, device=near.device) for value in values]
    kind = tensors[0].dtype
    for tensor in tensors:
        kind = torch.promote_types(kind, tensor.dtype)
    return [tensor.to(kind) for tensor in tensors]


@stands_for("dot")
def dot(a: Any, b: Any, out: None = None) -> Any:
    a, b = _together(a, b)
    if a.ndim == 0 or b.ndim == 0:
        return a * b
    return torch.tensordot(a, b, ([a.ndim - 1], [max(b.ndim - 2, 0)]))


@stands_for("inner")
def inner(a: Any, b: Any, /) -> Any:
    return torch.inner(*_together(a, b))


@stands_for("vdot")
def vdot(a: Any, b: Any, /) -> Any:
    a, b = _together(a, b)
    return torch.vdot(a.reshape(-1), b.reshape(-1))


@stands_for("outer", "linalg.outer")
def outer(a: Any, b: Any, out: None = None) -> Any:
    a, b = _together(a, b)
    return torch.outer(a.reshape(-1), b.reshape(-1))


@stands_for("tensordot", "linalg.tensordot")
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    a, b = _together(a, b)
    if isinstance(axes, int):
        return torch.tensordot(a, b, axes)
    return torch.tensordot(a, b, tuple([side] if isinstance(side, int) else list(side) for side in axes))


@stands_for("einsum")
def einsum(*operands: Any, out: None = None, optimize: Any = False, **kwargs: Any) -> Any:
    if isinstance(operands[0], str):
        return torch.einsum(operands[0], *_together(*operands[1:]))
    tensors = _together(*operands[:len(operands) // 2 * 2:2])
    pairs = [part for tensor, letters in zip(tensors, operands[1::2], strict=False) for part in (tensor, list(letters))]
    return torch.einsum(*pairs, *[list(last) for last in operands[len(tensors) * 2:]])


@stands_for("kron")
def kron(a: Any, b: Any) -> Any:
    return torch.kron(*_together(a, b))


@stands_for("cross")
def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = _together(a, b)
    return torch.linalg.cross(a.movedim(axisa, -1), b.movedim(axisb, -1)).movedim(-1, axisc)


@stands_for("linalg.cross")
def vector_cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    return cross(x1, x2, axis=axis)


@stands_for("linalg.matmul")
def matmul(x1: Any, x2: Any, /) -> Any:
    return torch.matmul(*_together(x1, x2))


@stands_for("linalg.vecdot")
def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    return torch.linalg.vecdot(*_together(x1, x2), dim=axis)


@stands_for("linalg.multi_dot")
def multi_dot(arrays: Any, *, out: None = None) -> Any:
    return torch.linalg.multi_dot(_together(*arrays))


# ------------------------------------------------------------------------------------- norms


@stands_for("linalg.norm")
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    return torch.linalg.norm(x, ord, axis if axis is None or isinstance(axis, int) else tuple(axis), keepdims)


@stands_for("linalg.vector_norm")
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    return torch.linalg.vector_norm(x, ord, dims(x, axis), keepdims)


@stands_for("linalg.matrix_norm")
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    return torch.linalg.matrix_norm(x, ord, keepdim=keepdims)


@stands_for("linalg.cond")
def cond(x: Any, p: Any = None) -> Any:
    return torch.linalg.cond(x, p)


# ------------------------------------------------------------------------------------- solving and taking apart


def _result(kind: str, parts: Any) -> Any:
    """Name the parts of a result as NumPy does."""
    from numpy.linalg import _linalg

    named = getattr(_linalg, kind, None)
    return tuple(parts) if named is None else named(*parts)


@stands_for("linalg.inv")
def inv(a: Any) -> Any:
    return torch.linalg.inv(a)


@stands_for("linalg.pinv")
def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    return torch.linalg.pinv(a, rtol=rcond if rtol is None else rtol, hermitian=hermitian)


@stands_for("linalg.det")
def det(a: Any) -> Any:
    return torch.linalg.det(a)


@stands_for("linalg.slogdet")
def slogdet(a: Any) -> Any:
    return _result("SlogdetResult", torch.linalg.slogdet(a))


@stands_for("linalg.solve")
def solve(a: Any, b: Any) -> Any:
    a, b = _together(a, b)
    return torch.linalg.solve(a, b.unsqueeze(-1)).squeeze(-1) if b.ndim == 1 else torch.linalg.solve(a, b)


@stands_for("linalg.tensorsolve")
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    return torch.linalg.tensorsolve(*_together(a, b), dims=axes)


@stands_for("linalg.tensorinv")
def tensorinv(a: Any, ind: int = 2) -> Any:
    return torch.linalg.tensorinv(a, ind)


@stands_for("linalg.lstsq")
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    a, b = _together(a, b)
    found = torch.linalg.lstsq(a, b.unsqueeze(-1) if b.ndim == 1 else b, rcond)
    solution = found.solution.squeeze(-1) if b.ndim == 1 else found.solution
    return solution, found.residuals, torch.linalg.matrix_rank(a), torch.linalg.svdvals(a)


@stands_for("linalg.cholesky")
def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    return torch.linalg.cholesky(a, upper=upper)


@stands_for("linalg.qr")
def qr(a: Any, mode: str = "reduced") -> Any:
    found = torch.linalg.qr(a, mode)
    return found.R if mode == "r" else _result("QRResult", found)


@stands_for("linalg.svd")
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    return _result("SVDResult", torch.linalg.svd(a, full_matrices)) if compute_uv else torch.linalg.svdvals(a)


@stands_for("linalg.svdvals")
def svdvals(x: Any, /) -> Any:
    return torch.linalg.svdvals(x)


@stands_for("linalg.eig")
def eig(a: Any) -> Any:
    return _result("EigResult", torch.linalg.eig(a))


@stands_for("linalg.eigvals")
def eigvals(a: Any) -> Any:
    return torch.linalg.eigvals(a)


@stands_for("linalg.eigh")
def eigh(a: Any, UPLO: str = "L") -> Any:
    return _result("EighResult", torch.linalg.eigh(a, UPLO))


@stands_for("linalg.eigvalsh")
def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    return torch.linalg.eigvalsh(a, UPLO)


@stands_for("linalg.matrix_power")
def matrix_power(a: Any, n: int) -> Any:
    return torch.linalg.matrix_power(a, n)


@stands_for("linalg.matrix_rank")
def matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    return torch.linalg.matrix_rank(A, atol=tol, rtol=rtol, hermitian=hermitian)


# ------------------------------------------------------------------------------------- Fourier transforms


def _along_one(name: str) -> Any:
    def transform(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Any:
        return getattr(torch.fft, name)(a, n, axis, norm)

    return transform


def _along_two(name: str) -> Any:
    def transform(a: Any, s: Any = None, axes: Any = (-2, -1), norm: str | None = None, out: None = None) -> Any:
        return getattr(torch.fft, name)(a, s, axes, norm)

    return transform


def _along_several(name: str) -> Any:
    def transform(a: Any, s: Any = None, axes: Any = None, norm: str | None = None, out: None = None) -> Any:
        return getattr(torch.fft, name)(a, s, axes, norm)

    return transform


for _names, _kind in (("fft ifft rfft irfft hfft ihfft", _along_one), ("fft2 ifft2 rfft2 irfft2", _along_two),
                      ("fftn ifftn rfftn irfftn", _along_several)):
    for _name in _names.split():
        stands_for(f"fft.{_name}")(_kind(_name))
