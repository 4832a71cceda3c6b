"""Which rule runs an op on a batch. An op that is not here runs example by example: right, but slower."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flambeau.dispatch.batching import chance, families, indexing, losses, products, shapes
from flambeau.dispatch.batching.call import Call

Rule = Callable[[Call], Any]

# Each element by itself, of one array or of several that broadcast.
ELEMENTWISE = """
abs acos acosh add addcdiv addcmul airy_ai angle asin asinh atan atan2 atanh bessel_j0 bessel_j1 bessel_y0 bessel_y1
binary_cross_entropy bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor cast ceil
chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w choose clamp complex conj
copysign cos cosh deg2rad digamma elu_of entr eq erf erfc erfcx erfinv exp exp2 expm1 floor floor_divide fmax fmin fmod frac
frexp gcd ge gelu gelu_backward gt hardshrink hardsigmoid hardswish hardtanh heaviside hermite_polynomial_h
hermite_polynomial_he hypot i0 i0e i1 i1e igamma igammac imag isclose isfinite isinf isnan isneginf isposinf isreal
laguerre_polynomial_l lcm ldexp le leaky_relu legendre_polynomial_p lerp lgamma log log10 log1p log2 log_ndtr logaddexp
logaddexp2 logical_and logical_not logical_or logical_xor logit logsigmoid lt maximum minimum mish
modified_bessel_i0 modified_bessel_i1 modified_bessel_k0 modified_bessel_k1 move mul nan_to_num native_dropout_backward ndtr
ndtri ne neg nextafter polygamma pow rad2deg real reciprocal relu relu_backward remainder round rsqrt scaled_modified_bessel_k0
scaled_modified_bessel_k1 sgn shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_v
shifted_chebyshev_polynomial_w sigmoid sigmoid_backward sign signbit silu silu_backward sin sinc sinh softplus softshrink
spherical_bessel_j0 sqrt standard_gamma_grad sub tan tanh tanh_backward tanh_gelu threshold true_divide trunc trunc_divide
xlog1py xlogy zeta"""

# One array, whatever dims lie in front of those that the op works on.
AS_IT_IS = "from_pairs matrix_exp tril triu view_as_complex view_as_itself view_as_real"

# All dims but the last one or two are a stack: of matrices, mostly.
STACKS = """
attention attention_weights cholesky_inverse cholesky_solve cofactors det exchanged linalg_cholesky_ex linalg_eig linalg_eigh
linalg_inv_ex linalg_ldl_factor_ex linalg_lu_factor_ex linalg_qr linalg_slogdet linalg_svd solve_triangular"""

# Dims are added up, or one of them is searched.
REDUCTIONS = """
all amax amin aminmax any argmax argmin count_nonzero kthvalue logsumexp max mean min mode nansum p_norm prod std sum var"""

# Something happens along a dim that stays.
ALONG_DIMS = """
cross cummax cummin cumprod cumsum diagonal diagonal_backward diagonal_copied diagonal_scatter flip from_before
from_behind from_half gather gathered_from log_softmax log_softmax_backward logcumsumexp overwritten put_along
scatter_add scatter_reduce softmax softmax_backward sort take_along to_half topk transform unfold unfold_backward"""

# The first dim is a batch already.
IMAGES = """
adaptive_avg_pool adaptive_avg_pool_backward adaptive_max_indices add_cells affine_grid_generator avg_pool avg_pool_backward
columns_to_image grid_sampler_2d grid_sampler_3d image_to_columns max_pool max_pool_backward max_pool_indices put_cells
resampled resampled_back take_cells"""

_OWN: dict[str, Rule] = {
    "cat": shapes.join, "clone": families.clone, "constant": shapes.pad, "convolve": products.convolve,
    "convolve_transposed": products.convolve, "copied": families.overwrite, "cross_entropy": losses.cross_entropy,
    "cross_entropy_backward": losses.cross_entropy_backward, "expand": shapes.expand, "fill": families.fill,
    "huber_loss": families.loss, "l1_loss": families.loss, "linear": products.linear, "looked_up": indexing.look_up,
    "masked_fill": families.masked_fill, "matmul": products.matmul, "mirrored": shapes.pad, "mse_loss": families.loss,
    "native_dropout": chance.dropout, "nll_loss": losses.nll_loss, "nll_loss_backward": losses.nll_loss_backward,
    "pad_backward": shapes.pad, "part": shapes.part, "permute": shapes.permute, "pick": indexing.pick,
    "replaced": shapes.replace, "replaced_at": indexing.replace, "reshape": shapes.reshape, "roll": shapes.roll,
    "rows_filled": families.masked_fill, "rows_picked": indexing.pick, "rows_replaced": indexing.replace,
    "rrelu_with_slopes": chance.drawing_op, "sample_dirichlet": chance.drawing_op, "scattered": indexing.scatter,
    "squeeze": shapes.squeeze, "stack": shapes.join, "standard_gamma": chance.drawing_op,
    "standardized": families.standardize, "standardized_backward": families.standardize_backward, "t": shapes.turn,
    "transpose": shapes.transpose, "unsqueeze": shapes.unsqueeze, "view": shapes.reshape, "with_logits": families.loss,
    "zeros_around": shapes.surround,
}
_FAMILIES: tuple[tuple[str, Rule], ...] = (
    (ELEMENTWISE, families.elementwise), (AS_IT_IS, families.as_it_is), (STACKS, families.stack),
    (REDUCTIONS, families.reduce), (ALONG_DIMS, families.along_dims), (IMAGES, families.images),
)


RULES: dict[str, Rule] = {word: rule for words, rule in _FAMILIES for word in words.split()} | _OWN


def rule_of(op: Any) -> Rule | None:
    return RULES.get(op.name)
