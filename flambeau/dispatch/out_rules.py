"""What PyTorch's functions make of the tensor given as `out=`: tables of names, since no rule of its own says so."""
from __future__ import annotations


def casts(name: str, promotes: bool, count: int) -> bool:
    """Say whether results are brought to the dtype of `out`; otherwise it has to be their own.

    `promotes`: the op brings its arguments to a common dtype. Most of those go on to cast what comes out, and no others.
    `count`: of results. Few functions with several cast any.
    """
    return name in _CAST_ALL if count > 1 else name in _CAST or promotes and name not in _KEEP_DTYPE


def is_wary(name: str, promotes: bool) -> bool:
    """Say whether a function refuses an `out` that is in part memory that it reads."""
    return name in NEVER_INTO_INPUT or name in _NOT_INTO_PARTS or (promotes or name in _CAST) and name not in _INTO_PARTS


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FREQUENCIES = _names("""fft fft2 fftn hfft hfft2 hfftn ifft ifft2 ifftn ihfft ihfft2 ihfftn irfft irfft2 irfftn rfft rfft2
                         rfftn""")
_MATRICES = _names("""cholesky_inverse cholesky_solve cond eigvals householder_product matrix_power matrix_rank pinv
                      tensorinv tensorsolve""")
JOIN = _names("_chunk_cat cat column_stack dstack hstack stack vstack")  # to these, a dtype that does not fit is a TypeError
COUNT_IN_DTYPE = _names("cumprod cumsum prod sum")  # the dtype of `out` is that in which they add or multiply
BOOL_OR_BYTE = _names("all any")

_CAST_ALL = _names("eig geqrf lstsq")
_CAST = JOIN | COUNT_IN_DTYPE | _MATRICES | (_FREQUENCIES - {"ihfft"}) | _names(
    "addr clamp_max clamp_min div kron max mean min mvlgamma nanmean nansum nextafter normalize outer polygamma square std var")
_KEEP_DTYPE = _names("""abs amax amin aminmax argmax argmin bitwise_not ceil cummax cummin floor frac frexp hardshrink histc
                        isin isneginf isposinf kthvalue logcumsumexp logsigmoid mode neg round sgn sign softplus softshrink
                        trunc""")

NEVER_INTO_INPUT = JOIN | _names("cross gather index_select kthvalue masked_select mode take take_along_dim")
_INTO_PARTS = _FREQUENCIES | _MATRICES | _names("argmax argmin cummax cummin logsigmoid mvlgamma ndtr")  # which work beside it
_NOT_INTO_PARTS = _names("""addbmm addmm addmv baddbmm bernoulli conj_physical diff float_power gelu heaviside index_add
                            index_copy index_reduce msort nan_to_num normal renorm scatter scatter_add scatter_reduce signbit
                            sort topk where""")

RESIZE_SILENTLY = _names("""addbmm bernoulli empty eye full linspace logsigmoid logspace multinomial narrow_copy ones rand
                            randint randn randperm zeros""")
RETURN_NOTHING = _names("split_copy split_with_sizes_copy unbind_copy")
