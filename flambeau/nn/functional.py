"""`torch.nn.functional`: the layers as functions. A page of names; the ops are in `flambeau.ops`."""
from __future__ import annotations

from flambeau.core.page import page
from flambeau.dispatch.overriding import public

__getattr__, __dir__, __all__ = page(__name__, {
    "nn.annotations": "BroadcastingList1 BroadcastingList2 BroadcastingList3",
    "ops.activation": "celu elu glu logsigmoid mish relu selu sigmoid silu softplus softsign tanhshrink",
    "ops.adaptive_pooling":
        "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool1d_with_indices "
        "adaptive_max_pool2d adaptive_max_pool2d_with_indices adaptive_max_pool3d adaptive_max_pool3d_with_indices",
    "ops.affine_grid": "affine_grid",
    "ops.binary_loss": "binary_cross_entropy binary_cross_entropy_with_logits",
    "ops.contraction": "bilinear",
    "ops.convolution": "conv_tbc conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d",
    "ops.cross_entropy": "cross_entropy nll_loss",
    "ops.ctc": "ctc_loss",
    "ops.distance": "pdist",
    "ops.dropout": "alpha_dropout dropout dropout1d dropout2d dropout3d feature_alpha_dropout rrelu",
    "ops.embedding": "embedding one_hot",
    "ops.embedding_bag": "embedding_bag",
    "ops.folding": "fold unfold",
    "ops.fractional_pooling":
        "fractional_max_pool2d fractional_max_pool2d_with_indices fractional_max_pool3d fractional_max_pool3d_with_indices",
    "ops.gelu": "gelu",
    "ops.grid_sampling": "grid_sample",
    "ops.linalg": "linear",
    "ops.loss": "gaussian_nll_loss huber_loss kl_div l1_loss mse_loss poisson_nll_loss smooth_l1_loss",
    "ops.margin_loss":
        "cosine_embedding_loss hinge_embedding_loss margin_ranking_loss multi_margin_loss multilabel_margin_loss "
        "multilabel_soft_margin_loss soft_margin_loss triplet_margin_loss triplet_margin_with_distance_loss",
    "ops.normalization": "batch_norm group_norm instance_norm layer_norm local_response_norm rms_norm",
    "ops.padding": "pad",
    "ops.piecewise": "hardshrink hardsigmoid hardswish hardtanh leaky_relu prelu relu6 softshrink threshold",
    "ops.multihead": "multi_head_attention_forward",
    "ops.attention": "scaled_dot_product_attention",
    "ops.grouped_products": "grouped_mm",
    "ops.implicit_dim": "log_softmax softmax softmin",
    "ops.interpolation": "interpolate upsample upsample_bilinear upsample_nearest",
    "ops.linear_cross_entropy": "linear_cross_entropy",
    "ops.pixels": "channel_shuffle native_channel_shuffle pixel_shuffle pixel_unshuffle",
    "ops.pooling":
        "avg_pool1d avg_pool2d avg_pool3d max_pool1d max_pool1d_with_indices max_pool2d max_pool2d_with_indices max_pool3d "
        "max_pool3d_with_indices",
    "ops.power_pooling": "lp_pool1d lp_pool2d lp_pool3d",
    "ops.random": "gumbel_softmax",
    "ops.scaled_products": "ScalingType SwizzleType scaled_grouped_mm scaled_mm",
    "ops.similarity": "cosine_similarity normalize pairwise_distance",
    "ops.trigonometry": "tanh",
    "ops.unpooling": "max_unpool1d max_unpool2d max_unpool3d",
    "ops.overwriting": "celu_ elu_ hardtanh_ leaky_relu_ relu_ rrelu_ selu_ threshold_",
}, public=public)
