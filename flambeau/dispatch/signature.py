"""What `inspect.signature` and `help` show of public functions: the declaration, the `out` that ops take besides, and the
names that PyTorch's other signatures have for its parameters.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any

_NOTHING = (lambda: None).__code__
_ARGS, _KWARGS = 0x04, 0x08  # code flags of functions with *args, with **kwargs


def shows_out(title: str, name: str) -> bool:
    """Say whether PyTorch's function of this name, on the page `title`, takes `out`."""
    return title in _WITHOUT and name not in _WITHOUT[title]


def with_out(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that shows the signature of `function` with `out=None` at its end."""
    return with_names(function, ["out"])


def with_names(function: Callable[..., Any], more: Iterable[str]) -> Callable[..., Any]:
    """Return a function that shows the signature of `function` with `more` keywords at its end. It is there to be looked at.

    What takes any arguments by name shows as it is.
    """
    function = _declared(function)
    code = function.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    names, rest = code.co_varnames[:count], code.co_varnames[count:count + bool(code.co_flags & _ARGS)]
    new = tuple(name for name in more if name not in names)
    if code.co_flags & _KWARGS or not new:
        return function
    shown = _NOTHING.replace(co_argcount=code.co_argcount, co_kwonlyargcount=code.co_kwonlyargcount + len(new),
                             co_nlocals=count + len(new) + len(rest), co_varnames=(*names, *new, *rest),
                             co_flags=_NOTHING.co_flags | code.co_flags & _ARGS)
    made = FunctionType(shown, function.__globals__, function.__name__, function.__defaults__)
    made.__kwdefaults__ = {**(function.__kwdefaults__ or {}), **dict.fromkeys(new)}
    result = function.__annotations__.get("return", "Any")
    parts = {name: written for name, written in function.__annotations__.items() if name != "return"}
    made.__annotations__ = parts | dict.fromkeys(new, "Any") | {"return": result}
    if "out" in new:
        made.__annotations__["out"] = _of_results(str(result))
    made.__doc__ = function.__doc__
    return made


def _declared(function: Any) -> Any:
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function


def _of_results(result: str) -> str:
    return f"{result} | None" if result.startswith("tuple") else "Tensor | None"


# The pages whose functions take `out`, and those of them that do not: views, compositions of PyTorch's, what draws numbers.
_WITHOUT = {title: frozenset(names.split()) for title, names in {
    "flambeau": """
        _dirichlet_grad _log_softmax_backward_data _safe_softmax _sample_dirichlet _segment_reduce _softmax_backward_data
        _standard_gamma _standard_gamma_grad _unsafe_masked_index _unsafe_masked_index_put_accumulate _weight_norm
        adaptive_avg_pool1d adaptive_max_pool1d adjoint affine_grid_generator align_tensors argwhere as_strided_scatter
        atleast_1d atleast_2d atleast_3d avg_pool1d bilinear binary_cross_entropy_with_logits bincount block_diag
        broadcast_shapes broadcast_tensors broadcast_to cartesian_prod cdist channel_shuffle chunk clone combinations
        constant_pad_nd conv1d conv2d conv3d conv_tbc conv_transpose1d conv_transpose2d conv_transpose3d convolution corrcoef
        cosine_embedding_loss cosine_similarity count_nonzero cov cumulative_trapezoid det diag_embed diagflat diagonal
        diagonal_scatter dist dsplit einsum fill flatten flip fliplr flipud gradient grid_sampler_2d grid_sampler_3d
        group_norm gru_cell hinge_embedding_loss histogramdd hsplit imag index_fill index_put isclose isfinite isinf isnan
        isreal istft kl_div layer_norm logdet lstm_cell lu margin_ranking_loss masked_fill masked_scatter matrix_exp
        max_pool1d max_pool2d max_pool3d meshgrid moveaxis movedim narrow native_channel_shuffle native_dropout
        norm_except_dim pairwise_distance pdist permute pinverse pixel_shuffle pixel_unshuffle poisson_nll_loss prelu put
        ravel repeat_interleave reshape rnn_relu_cell rnn_tanh_cell roll rot90 rsub segment_reduce select select_scatter
        split split_with_sizes squeeze std_mean stft swapaxes swapdims t tensor_split tile trace transpose trapezoid trapz
        triplet_margin_loss unbind unflatten unique unique_consecutive unravel_index unsafe_chunk unsafe_split
        unsafe_split_with_sizes unsqueeze vander var_mean view_as_complex view_as_real vsplit""",
    "flambeau.fft": "fftshift ifftshift",
    "flambeau.linalg": "diagonal matrix_exp vander",
    "flambeau.special": "log_softmax softmax",
}.items()}
