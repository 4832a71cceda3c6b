"""flambeau: PyTorch's API on NumPy and CuPy. This page is the table of contents.

Each line names a module and what users get from it. A family of ops is imported when one of its names is first used.
"""
from __future__ import annotations

from flambeau.core.page import page
from flambeau.dispatch.overriding import public
from flambeau.tensor import Tensor as Tensor  # first: the function `tensor` then takes the folder's name
from flambeau.ops.creation import tensor as _tensor

tensor = public(_tensor, __name__, "tensor")

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = page(__name__, {
    "amp": "GradScaler",
    "amp.autocast_mode":
        "autocast clear_autocast_cache get_autocast_dtype is_autocast_cache_enabled is_autocast_enabled "
        "set_autocast_cache_enabled set_autocast_dtype set_autocast_enabled",
    "amp.older":
        "autocast_decrement_nesting autocast_increment_nesting get_autocast_cpu_dtype get_autocast_gpu_dtype "
        "get_autocast_ipu_dtype get_autocast_xla_dtype is_autocast_cpu_enabled is_autocast_ipu_enabled "
        "is_autocast_xla_enabled set_autocast_cpu_dtype set_autocast_cpu_enabled set_autocast_gpu_dtype "
        "set_autocast_ipu_dtype set_autocast_ipu_enabled set_autocast_xla_dtype set_autocast_xla_enabled",
    "autograd.anomaly": "is_anomaly_check_nan_enabled is_anomaly_enabled set_anomaly_enabled",
    "autograd.mode": "enable_grad inference_mode is_grad_enabled is_inference_mode_enabled no_grad set_grad_enabled",
    "core.constants": "e inf nan newaxis pi",
    "core.control":
        "SymBool SymFloat SymInt compile cond sym_constrain_range sym_constrain_range_for_size sym_float sym_fresh_size "
        "sym_int sym_ite sym_max sym_min sym_not sym_sqrt sym_sum while_loop",
    "core.device": "device get_default_device set_default_device",
    "core.dtype":
        "bfloat16 bool=bool_ cdouble cfloat complex64 complex128 double dtype float4_e2m1fn_x2 float8_e4m3fn "
        "float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz float8_e8m0fnu float16 float32 float64 float=float_ "
        "get_default_dtype half int1 int2 int3 int4 int5 int6 int7 int8 int16 int32 int64 int=int_ long "
        "set_default_dtype short uint1 uint2 uint3 uint4 uint5 uint6 uint7 uint8 uint16 uint32 uint64",
    "core.errors": "AcceleratorError OutOfMemoryError",
    "core.layout":
        "channels_last channels_last_3d contiguous_format jagged layout legacy_contiguous_format memory_format "
        "preserve_format sparse_bsc sparse_bsr sparse_coo sparse_csc sparse_csr strided",
    "core.limits": "finfo iinfo",
    "core.random":
        "Generator default_generator get_rng_state initial_seed manual_seed seed set_rng_state thread_safe_generator",
    "core.settings":
        "are_deterministic_algorithms_enabled compiled_with_cxx11_abi get_deterministic_debug_mode "
        "get_float32_matmul_precision has_lapack has_mkl has_openmp has_spectral "
        "is_deterministic_algorithms_warn_only_enabled is_vulkan_available is_warn_always_enabled "
        "set_deterministic_debug_mode set_float32_matmul_precision set_flush_denormal set_warn_always "
        "use_deterministic_algorithms",
    "core.size": "Size",
    "core.streams": "Event Stream",
    "core.threads": "get_num_interop_threads get_num_threads init_num_threads set_num_interop_threads set_num_threads",
    "device_modules": "get_device_module",
    "dispatch.overriding": "DisableTorchFunction DisableTorchFunctionSubclass",
    "func.mapping": "vmap",
    "legacy":
        "BFloat16Tensor BoolTensor ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor IntTensor LongTensor "
        "ShortTensor set_default_tensor_type typename",
    "ops.activation": "celu relu selu sigmoid",
    "ops.adaptive_pooling": "adaptive_avg_pool1d adaptive_max_pool1d",
    "ops.affine_grid": "affine_grid_generator",
    "ops.bessel": "i0",
    "ops.batch_statistics":
        "batch_norm_backward_elemt batch_norm_backward_reduce batch_norm_elemt batch_norm_gather_stats "
        "batch_norm_gather_stats_with_counts batch_norm_stats batch_norm_update_stats",
    "ops.binary_loss": "binary_cross_entropy_with_logits",
    "ops.bitwise": "bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor gcd lcm",
    "ops.bounds": "clamp clamp_max clamp_min clip fmax fmin maximum minimum",
    "ops.chains": "chain_matmul",
    "ops.cholesky": "cholesky cholesky_inverse cholesky_solve",
    "ops.chunk_cat": "_chunk_cat",
    "ops.comparison":
        "allclose eq equal ge greater greater_equal gt isclose isfinite isin isinf isnan isneginf isposinf le less less_equal "
        "logical_and logical_not logical_or logical_xor lt ne not_equal",
    "ops.complex_numbers":
        "angle complex conj conj_physical imag is_complex is_conj is_neg isreal polar real resolve_conj resolve_neg "
        "view_as_complex view_as_real",
    "ops.contraction": "bilinear einsum inner kron tensordot vdot",
    "ops.conversion": "clone",
    "ops.convolution": "conv_tbc conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d convolution",
    "ops.copies":
        "alias_copy as_strided_copy detach_copy diagonal_copy expand_copy permute_copy select_copy slice_copy split_copy "
        "split_with_sizes_copy squeeze_copy t_copy transpose_copy unbind_copy unfold_copy unsqueeze_copy "
        "view_as_complex_copy view_as_real_copy view_copy",
    "ops.counting": "bincount histc",
    "ops.creation":
        "arange as_tensor asarray empty empty_like empty_permuted empty_strided eye from_dlpack from_numpy frombuffer full "
        "full_like linspace logspace ones ones_like range=range_ scalar_tensor tril_indices triu_indices zeros "
        "zeros_like",
    "ops.ctc": "ctc_loss=ctc_loss_by_number",
    "ops.cumulative": "cummax cummin cumulative_trapezoid diff logcumsumexp trapezoid trapz",
    "ops.determinants": "logdet",
    "ops.distance": "cdist pdist",
    "ops.dropout":
        "alpha_dropout_ dropout_ feature_alpha_dropout_ feature_dropout feature_dropout_ native_dropout rrelu",
    "ops.elements": "as_strided_scatter put take take_along_dim",
    "ops.embedding": "embedding_renorm_",
    "ops.embedding_bag": "embedding_bag=aten_embedding_bag",
    "ops.entropy": "logit",
    "ops.error_function": "erf erfc erfinv",
    "ops.exponential":
        "exp exp2 expm1 float_power frexp ldexp log log1p log2 log10 logaddexp logaddexp2 pow rsqrt sqrt square xlogy",
    "ops.extrema": "amax amin aminmax argmax argmin max min",
    "ops.fake_quantization":
        "fake_quantize_per_channel_affine fake_quantize_per_tensor_affine fused_moving_avg_obs_fake_quant",
    "ops.filling": "fill fill_ zero_",
    "ops.flipping": "flip fliplr flipud repeat_interleave roll rot90 tile",
    "ops.former_linalg": "cross det lu lu_solve pinverse qr slogdet svd triangular_solve vander",
    "ops.gamma": "digamma lgamma mvlgamma polygamma",
    "ops.grid_sampling": "grid_sampler grid_sampler_2d grid_sampler_3d",
    "ops.hashing": "hash_tensor",
    "ops.histograms": "histogram histogramdd",
    "ops.incomplete_gamma": "igamma igammac",
    "ops.indexing": "index_put",
    "ops.internals":
        "_log_softmax_backward_data=log_softmax_backward_data _safe_softmax=safe_softmax "
        "_softmax_backward_data=softmax_backward_data",
    "ops.joining":
        "block_diag cartesian_prod cat column_stack combinations concat concatenate dstack hstack meshgrid row_stack stack "
        "vstack",
    "ops.linalg": "addbmm addmm addmv addmv_ addr baddbmm bmm dot ger matmul mm mv outer",
    "ops.lobpcg": "lobpcg",
    "ops.loss": "kl_div poisson_nll_loss",
    "ops.low_rank": "pca_lowrank svd_lowrank",
    "ops.lu": "lu_unpack",
    "ops.margin_loss": "cosine_embedding_loss hinge_embedding_loss margin_ranking_loss triplet_margin_loss",
    "ops.mapped_file": "from_file",
    "ops.masking": "argwhere masked_fill masked_scatter masked_select nonzero nonzero_static where",
    "ops.matrix_exponential": "matrix_exp",
    "ops.matrix_power": "matrix_power",
    "ops.moments": "corrcoef cov std std_mean var var_mean",
    "ops.native":
        "_native_batch_norm_legit alpha_dropout=aten_alpha_dropout batch_norm=aten_batch_norm dropout=aten_dropout "
        "embedding=aten_embedding feature_alpha_dropout=aten_feature_alpha_dropout group_norm=aten_group_norm "
        "instance_norm=aten_instance_norm layer_norm=aten_layer_norm native_batch_norm native_group_norm "
        "native_layer_norm",
    "ops.normalization": "rms_norm",
    "ops.norms": "dist frobenius_norm norm nuclear_norm renorm",
    "ops.padding": "constant_pad_nd",
    "ops.parts": "diagonal_scatter narrow narrow_copy select select_scatter slice_scatter",
    "ops.pathwise": "_standard_gamma_grad=standard_gamma_grad",
    "ops.pathwise_beta": "_dirichlet_grad=dirichlet_grad",
    "ops.permutation": "adjoint moveaxis movedim permute swapaxes swapdims t transpose",
    "ops.piecewise": "hardshrink prelu threshold",
    "ops.pixels": "channel_shuffle native_channel_shuffle pixel_shuffle pixel_unshuffle",
    "ops.pointwise":
        "add addcdiv addcmul div divide floor_divide fmod lerp mul multiply neg negative positive reciprocal remainder rsub "
        "sub subtract true_divide",
    "ops.pooling": "avg_pool1d max_pool1d max_pool1d_with_indices max_pool2d max_pool3d",
    "ops.products": "cumprod cumsum prod",
    "ops.quantiles": "kthvalue median mode nanmedian nanquantile quantile",
    "ops.queries": "can_cast is_floating_point is_inference is_nonzero is_same_size is_tensor numel promote_types result_type",
    "ops.random":
        "_sample_dirichlet _standard_gamma bernoulli binomial multinomial normal poisson rand rand_like randint randint_like "
        "randn randn_like randperm",
    "ops.recurrent": "gru gru_cell lstm lstm_cell rnn_relu rnn_relu_cell rnn_tanh rnn_tanh_cell",
    "ops.reduction": "all any count_nonzero logsumexp mean nanmean nansum sum",
    "ops.reflections": "geqrf orgqr ormqr",
    "ops.removed": "eig lstsq matrix_rank solve symeig",
    "ops.resizing": "resize_as_",
    "ops.rounding": "abs absolute ceil copysign fix floor frac heaviside nan_to_num nextafter round sgn sign signbit trunc",
    "ops.rows": "index_add index_copy index_fill index_select",
    "ops.scatter": "gather scatter scatter_add",
    "ops.scatter_reduce": "index_reduce scatter_reduce",
    "ops.segments": "_segment_reduce=segment_reduce segment_reduce",
    "ops.shape":
        "atleast_1d atleast_2d atleast_3d broadcast_shapes broadcast_tensors broadcast_to flatten ravel reshape squeeze "
        "unflatten unsqueeze",
    "ops.similarity": "cosine_similarity pairwise_distance",
    "ops.slopes": "gradient",
    "ops.softmax": "log_softmax softmax",
    "ops.solving": "inverse",
    "ops.sorting": "argsort bucketize msort searchsorted sort topk",
    "ops.spectrogram": "istft stft",
    "ops.splitting":
        "chunk dsplit hsplit split split_with_sizes tensor_split unbind unsafe_chunk unsafe_split unsafe_split_with_sizes "
        "vsplit",
    "ops.strides": "as_strided diag diag_embed diagflat diagonal",
    "ops.tapers": "bartlett_window blackman_window hamming_window hann_window kaiser_window",
    "ops.triangles": "trace tril triu",
    "ops.trigonometry":
        "acos acosh arccos arccosh arcsin arcsinh arctan arctan2 arctanh asin asinh atan atan2 atanh cos cosh deg2rad hypot "
        "rad2deg sin sinc sinh tan tanh",
    "ops.unique": "unique unique_consecutive",
    "ops.unravel": "unravel_index",
    "ops.unsafe_index": "_unsafe_masked_index _unsafe_masked_index_put_accumulate",
    "ops.weight_norm": "_weight_norm norm_except_dim",
    "ops.overwriting": "celu_ relu_ rrelu_ selu_ threshold_",
    "serialization": "load save",
    "sparse.construction":
        "sparse_bsc_tensor sparse_bsr_tensor sparse_compressed_tensor sparse_coo_tensor sparse_csc_tensor sparse_csr_tensor",
    "sparse.copies":
        "ccol_indices_copy col_indices_copy crow_indices_copy indices_copy row_indices_copy values_copy",
    "sparse.older_products": "dsmm hsmm hspmm saddmm smm spmm sspaddmm",
    "sparse.resizing": "resize_as_sparse_",
    "storage":
        "BFloat16Storage BoolStorage ByteStorage CharStorage ComplexDoubleStorage ComplexFloatStorage DoubleStorage "
        "FloatStorage HalfStorage IntStorage LongStorage ShortStorage Storage TypedStorage UntypedStorage is_storage",
    "tensor.functions":
        "abs_ acos_ acosh_ arccos_ arccosh_ arcsin_ arcsinh_ arctan_ arctanh_ as_strided_ asin_ asinh_ atan_ atanh_ ceil_ "
        "clamp_ clamp_max_ clamp_min_ clip_ conj_physical_ cos_ cosh_ deg2rad_ dequantize detach detach_ erf_ erfc_ exp2_ "
        "exp_ expm1_ fix_ floor_ frac_ gcd_ get_device i0_ index_put_ int_repr is_distributed is_signed lcm_ ldexp_ "
        "log10_ log1p_ log2_ log_ logit_ nan_to_num_ neg_ negative_ q_per_channel_axis q_per_channel_scales "
        "q_per_channel_zero_points q_scale q_zero_point rad2deg_ reciprocal_ round_ rsqrt_ sigmoid_ sin_ sinc_ sinh_ "
        "sqrt_ square_ tan_ tanh_ trunc_ xlogy_",
    "tensor.printing": "get_printoptions printoptions set_printoptions",
    "utils.dlpack": "to_dlpack",
}, parts="_C accelerator amp autograd backends cpu cuda distributions fft func linalg masked nn optim overrides profiler "
         "random return_types safetensors serialization signal sparse special storage utils vision", public=public)
