"""Which functions autocast runs in the lower precision, in float32, or in the widest type of their arguments.

The tables are PyTorch's, for the CPU and for CUDA (section "Autocast Op Reference" in its documentation of mixed
precision); a function in none of them runs in whatever type it is given. `mirrored` is what `pad` calls for reflected and
repeated borders.
"""
from __future__ import annotations

LOWER, SINGLE, WIDEST = "lower", "single", "widest"

_CONVOLUTIONS = "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d convolution conv_tbc"
_PRODUCTS = ("addbmm addmm baddbmm bmm chain_matmul einsum linear matmul mm multi_dot mv prelu "
             "scaled_dot_product_attention vecdot")
_SIMPLE_RECURRENT = "rnn_relu rnn_relu_cell rnn_tanh rnn_tanh_cell"
_LOSSES = ("binary_cross_entropy_with_logits cosine_embedding_loss hinge_embedding_loss huber_loss kl_div l1_loss "
           "margin_ranking_loss mse_loss multi_margin_loss multilabel_margin_loss nll_loss poisson_nll_loss smooth_l1_loss "
           "soft_margin_loss triplet_margin_loss")
_FFT = " ".join(f"{inverse}{name}" for name in ("fft", "fft2", "fftn", "rfft", "rfft2", "rfftn", "hfft", "hfft2", "hfftn")
                for inverse in ("", "i"))


def _table(lower: str, single: str, widest: str) -> dict[str, str]:
    return {name: policy for policy, names in ((LOWER, lower), (SINGLE, single), (WIDEST, widest)) for name in names.split()}


POLICIES = {
    "cpu": _table(
        lower=f"{_CONVOLUTIONS} {_PRODUCTS} {_SIMPLE_RECURRENT} dot inner lstm tensordot vdot",
        single=f"{_LOSSES} {_FFT} "
               "adaptive_avg_pool3d avg_pool3d binary_cross_entropy cdist cholesky cholesky_ex cholesky_inverse "
               "cholesky_solve cond cross_entropy ctc_loss det eig eigh eigvals eigvalsh geqrf grid_sample inv inv_ex "
               "inverse lstsq lu_factor lu_solve matrix_norm matrix_rank max_pool3d max_unpool2d max_unpool3d mirrored "
               "nanquantile orgqr ormqr pinv pinverse polar prod qr quantile slogdet solve solve_triangular stft svd "
               "svdvals tensorinv tensorsolve trace view_as_complex",
        widest="cat index_copy stack"),
    "cuda": _table(
        lower=f"{_CONVOLUTIONS} {_PRODUCTS} {_SIMPLE_RECURRENT} addmv addr gru gru_cell lstm lstm_cell",
        single=f"{_LOSSES} "
               "acos asin cdist cosh cosine_similarity cross_entropy cumprod cumsum dist erfinv exp expm1 group_norm "
               "interpolate layer_norm log log10 log1p log2 log_softmax logsumexp matrix_norm norm pdist pow prod "
               "reciprocal renorm rsqrt sinh softmax softplus sum tan vector_norm",
        widest="addcdiv addcmul atan2 bilinear cat cross dot grid_sample index_put scatter_add stack tensordot vdot"),
    "ipu": {}, "xla": {},  # no tensor is there; programs ask for their state all the same
}
