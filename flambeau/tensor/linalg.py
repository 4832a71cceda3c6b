"""Matrix products and decompositions as methods and operators."""
from __future__ import annotations

from flambeau.core.tensor import TensorBase
from flambeau.tensor.late import Family, inplace
from flambeau.tensor.operator import operator, reflected

cholesky_of = Family("cholesky")
contraction = Family("contraction")
determinants = Family("determinants")
former = Family("former_linalg")
linalg = Family("linalg")
matrix_exponential = Family("matrix_exponential")
matrix_powers = Family("matrix_power")
reflections = Family("reflections")
removed = Family("removed")
solving = Family("solving")
triangles = Family("triangles")


class LinalgMethods(TensorBase):
    __slots__ = ()

    matmul, mm, bmm, mv, dot = linalg.matmul, linalg.mm, linalg.bmm, linalg.mv, linalg.dot
    outer, ger = linalg.outer, linalg.ger
    vdot, inner, kron = contraction.vdot, contraction.inner, contraction.kron
    trace, tril, triu, tril_, triu_ = (triangles.trace, triangles.tril, triangles.triu, triangles.tril_, triangles.triu_)
    fill_diagonal_ = triangles.fill_diagonal_
    cholesky, cholesky_solve, cholesky_inverse = cholesky_of.cholesky, cholesky_of.cholesky_solve, cholesky_of.cholesky_inverse
    matrix_exp, matrix_power = matrix_exponential.matrix_exp, matrix_powers.matrix_power
    det, logdet, slogdet = former.det, determinants.logdet, former.slogdet
    cross, lu, lu_solve, triangular_solve = former.cross, former.lu, former.lu_solve, former.triangular_solve
    inverse, pinverse, qr, svd = solving.inverse, former.pinverse, former.qr, former.svd
    geqrf, orgqr, ormqr = reflections.geqrf, reflections.orgqr, reflections.ormqr
    eig, lstsq, solve, symeig = removed.eig, removed.lstsq, removed.solve, removed.symeig
    addmm, addmm_ = linalg.addmm, inplace(linalg.addmm)
    addmv, addmv_ = linalg.addmv, linalg.addmv_
    addbmm, addbmm_ = linalg.addbmm, linalg.addbmm_
    baddbmm, baddbmm_ = linalg.baddbmm, inplace(linalg.baddbmm)
    addr, addr_ = linalg.addr, inplace(linalg.addr)

    __matmul__, __rmatmul__ = operator(linalg.matmul), reflected(linalg.matmul)
