# From the page's table, by tools/make_stubs.py.
import builtins
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flambeau.core.device import device as _device
from flambeau.core.dtype import dtype as _dtype
from flambeau.core.layout import layout as _layout
from flambeau.core.layout import memory_format as _memory_format

from flambeau.amp import GradScaler as GradScaler
from flambeau.amp.autocast_mode import autocast as autocast
from flambeau.amp.autocast_mode import clear_autocast_cache as clear_autocast_cache
from flambeau.amp.autocast_mode import get_autocast_dtype as get_autocast_dtype
from flambeau.amp.autocast_mode import is_autocast_cache_enabled as is_autocast_cache_enabled
from flambeau.amp.autocast_mode import is_autocast_enabled as is_autocast_enabled
from flambeau.amp.autocast_mode import set_autocast_cache_enabled as set_autocast_cache_enabled
from flambeau.amp.autocast_mode import set_autocast_dtype as set_autocast_dtype
from flambeau.amp.autocast_mode import set_autocast_enabled as set_autocast_enabled
from flambeau.amp.older import autocast_decrement_nesting as autocast_decrement_nesting
from flambeau.amp.older import autocast_increment_nesting as autocast_increment_nesting
from flambeau.amp.older import get_autocast_cpu_dtype as get_autocast_cpu_dtype
from flambeau.amp.older import get_autocast_gpu_dtype as get_autocast_gpu_dtype
from flambeau.amp.older import get_autocast_ipu_dtype as get_autocast_ipu_dtype
from flambeau.amp.older import get_autocast_xla_dtype as get_autocast_xla_dtype
from flambeau.amp.older import is_autocast_cpu_enabled as is_autocast_cpu_enabled
from flambeau.amp.older import is_autocast_ipu_enabled as is_autocast_ipu_enabled
from flambeau.amp.older import is_autocast_xla_enabled as is_autocast_xla_enabled
from flambeau.amp.older import set_autocast_cpu_dtype as set_autocast_cpu_dtype
from flambeau.amp.older import set_autocast_cpu_enabled as set_autocast_cpu_enabled
from flambeau.amp.older import set_autocast_gpu_dtype as set_autocast_gpu_dtype
from flambeau.amp.older import set_autocast_ipu_dtype as set_autocast_ipu_dtype
from flambeau.amp.older import set_autocast_ipu_enabled as set_autocast_ipu_enabled
from flambeau.amp.older import set_autocast_xla_dtype as set_autocast_xla_dtype
from flambeau.amp.older import set_autocast_xla_enabled as set_autocast_xla_enabled
from flambeau.autograd.anomaly import is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled
from flambeau.autograd.anomaly import is_anomaly_enabled as is_anomaly_enabled
from flambeau.autograd.anomaly import set_anomaly_enabled as set_anomaly_enabled
from flambeau.autograd.mode import enable_grad as enable_grad
from flambeau.autograd.mode import inference_mode as inference_mode
from flambeau.autograd.mode import is_grad_enabled as is_grad_enabled
from flambeau.autograd.mode import is_inference_mode_enabled as is_inference_mode_enabled
from flambeau.autograd.mode import no_grad as no_grad
from flambeau.autograd.mode import set_grad_enabled as set_grad_enabled
from flambeau.core.constants import e as e
from flambeau.core.constants import inf as inf
from flambeau.core.constants import nan as nan
from flambeau.core.constants import newaxis as newaxis
from flambeau.core.constants import pi as pi
from flambeau.core.control import SymBool as SymBool
from flambeau.core.control import SymFloat as SymFloat
from flambeau.core.control import SymInt as SymInt
from flambeau.core.control import compile as compile
from flambeau.core.control import cond as cond
from flambeau.core.control import sym_constrain_range as sym_constrain_range
from flambeau.core.control import sym_constrain_range_for_size as sym_constrain_range_for_size
from flambeau.core.control import sym_float as sym_float
from flambeau.core.control import sym_fresh_size as sym_fresh_size
from flambeau.core.control import sym_int as sym_int
from flambeau.core.control import sym_ite as sym_ite
from flambeau.core.control import sym_max as sym_max
from flambeau.core.control import sym_min as sym_min
from flambeau.core.control import sym_not as sym_not
from flambeau.core.control import sym_sqrt as sym_sqrt
from flambeau.core.control import sym_sum as sym_sum
from flambeau.core.control import while_loop as while_loop
from flambeau.core.device import device as device
from flambeau.core.device import get_default_device as get_default_device
from flambeau.core.device import set_default_device as set_default_device
from flambeau.core.dtype import bfloat16 as bfloat16
from flambeau.core.dtype import bool_ as bool
from flambeau.core.dtype import cdouble as cdouble
from flambeau.core.dtype import cfloat as cfloat
from flambeau.core.dtype import complex64 as complex64
from flambeau.core.dtype import complex128 as complex128
from flambeau.core.dtype import double as double
from flambeau.core.dtype import dtype as dtype
from flambeau.core.dtype import float4_e2m1fn_x2 as float4_e2m1fn_x2
from flambeau.core.dtype import float8_e4m3fn as float8_e4m3fn
from flambeau.core.dtype import float8_e4m3fnuz as float8_e4m3fnuz
from flambeau.core.dtype import float8_e5m2 as float8_e5m2
from flambeau.core.dtype import float8_e5m2fnuz as float8_e5m2fnuz
from flambeau.core.dtype import float8_e8m0fnu as float8_e8m0fnu
from flambeau.core.dtype import float16 as float16
from flambeau.core.dtype import float32 as float32
from flambeau.core.dtype import float64 as float64
from flambeau.core.dtype import float_ as float
from flambeau.core.dtype import get_default_dtype as get_default_dtype
from flambeau.core.dtype import half as half
from flambeau.core.dtype import int1 as int1
from flambeau.core.dtype import int2 as int2
from flambeau.core.dtype import int3 as int3
from flambeau.core.dtype import int4 as int4
from flambeau.core.dtype import int5 as int5
from flambeau.core.dtype import int6 as int6
from flambeau.core.dtype import int7 as int7
from flambeau.core.dtype import int8 as int8
from flambeau.core.dtype import int16 as int16
from flambeau.core.dtype import int32 as int32
from flambeau.core.dtype import int64 as int64
from flambeau.core.dtype import int_ as int
from flambeau.core.dtype import long as long
from flambeau.core.dtype import set_default_dtype as set_default_dtype
from flambeau.core.dtype import short as short
from flambeau.core.dtype import uint1 as uint1
from flambeau.core.dtype import uint2 as uint2
from flambeau.core.dtype import uint3 as uint3
from flambeau.core.dtype import uint4 as uint4
from flambeau.core.dtype import uint5 as uint5
from flambeau.core.dtype import uint6 as uint6
from flambeau.core.dtype import uint7 as uint7
from flambeau.core.dtype import uint8 as uint8
from flambeau.core.dtype import uint16 as uint16
from flambeau.core.dtype import uint32 as uint32
from flambeau.core.dtype import uint64 as uint64
from flambeau.core.errors import AcceleratorError as AcceleratorError
from flambeau.core.errors import OutOfMemoryError as OutOfMemoryError
from flambeau.core.layout import channels_last as channels_last
from flambeau.core.layout import channels_last_3d as channels_last_3d
from flambeau.core.layout import contiguous_format as contiguous_format
from flambeau.core.layout import jagged as jagged
from flambeau.core.layout import layout as layout
from flambeau.core.layout import legacy_contiguous_format as legacy_contiguous_format
from flambeau.core.layout import memory_format as memory_format
from flambeau.core.layout import preserve_format as preserve_format
from flambeau.core.layout import sparse_bsc as sparse_bsc
from flambeau.core.layout import sparse_bsr as sparse_bsr
from flambeau.core.layout import sparse_coo as sparse_coo
from flambeau.core.layout import sparse_csc as sparse_csc
from flambeau.core.layout import sparse_csr as sparse_csr
from flambeau.core.layout import strided as strided
from flambeau.core.limits import finfo as finfo
from flambeau.core.limits import iinfo as iinfo
from flambeau.core.random import Generator as Generator
from flambeau.core.random import default_generator as default_generator
from flambeau.core.random import get_rng_state as get_rng_state
from flambeau.core.random import initial_seed as initial_seed
from flambeau.core.random import manual_seed as manual_seed
from flambeau.core.random import seed as seed
from flambeau.core.random import set_rng_state as set_rng_state
from flambeau.core.random import thread_safe_generator as thread_safe_generator
from flambeau.core.settings import are_deterministic_algorithms_enabled as are_deterministic_algorithms_enabled
from flambeau.core.settings import compiled_with_cxx11_abi as compiled_with_cxx11_abi
from flambeau.core.settings import get_deterministic_debug_mode as get_deterministic_debug_mode
from flambeau.core.settings import get_float32_matmul_precision as get_float32_matmul_precision
from flambeau.core.settings import has_lapack as has_lapack
from flambeau.core.settings import has_mkl as has_mkl
from flambeau.core.settings import has_openmp as has_openmp
from flambeau.core.settings import has_spectral as has_spectral
from flambeau.core.settings import is_deterministic_algorithms_warn_only_enabled as is_deterministic_algorithms_warn_only_enabled
from flambeau.core.settings import is_vulkan_available as is_vulkan_available
from flambeau.core.settings import is_warn_always_enabled as is_warn_always_enabled
from flambeau.core.settings import set_deterministic_debug_mode as set_deterministic_debug_mode
from flambeau.core.settings import set_float32_matmul_precision as set_float32_matmul_precision
from flambeau.core.settings import set_flush_denormal as set_flush_denormal
from flambeau.core.settings import set_warn_always as set_warn_always
from flambeau.core.settings import use_deterministic_algorithms as use_deterministic_algorithms
from flambeau.core.size import Size as Size
from flambeau.core.streams import Event as Event
from flambeau.core.streams import Stream as Stream
from flambeau.core.threads import get_num_interop_threads as get_num_interop_threads
from flambeau.core.threads import get_num_threads as get_num_threads
from flambeau.core.threads import init_num_threads as init_num_threads
from flambeau.core.threads import set_num_interop_threads as set_num_interop_threads
from flambeau.core.threads import set_num_threads as set_num_threads
from flambeau.device_modules import get_device_module as get_device_module
from flambeau.dispatch.overriding import DisableTorchFunction as DisableTorchFunction
from flambeau.dispatch.overriding import DisableTorchFunctionSubclass as DisableTorchFunctionSubclass
from flambeau.func.mapping import vmap as vmap
from flambeau.legacy import BFloat16Tensor as BFloat16Tensor
from flambeau.legacy import BoolTensor as BoolTensor
from flambeau.legacy import ByteTensor as ByteTensor
from flambeau.legacy import CharTensor as CharTensor
from flambeau.legacy import DoubleTensor as DoubleTensor
from flambeau.legacy import FloatTensor as FloatTensor
from flambeau.legacy import HalfTensor as HalfTensor
from flambeau.legacy import IntTensor as IntTensor
from flambeau.legacy import LongTensor as LongTensor
from flambeau.legacy import ShortTensor as ShortTensor
from flambeau.legacy import set_default_tensor_type as set_default_tensor_type
from flambeau.legacy import typename as typename
from flambeau.ops.activation import celu as celu
from flambeau.ops.activation import relu as relu
from flambeau.ops.activation import selu as selu
from flambeau.ops.adaptive_pooling import adaptive_avg_pool1d as adaptive_avg_pool1d
from flambeau.ops.adaptive_pooling import adaptive_max_pool1d as adaptive_max_pool1d
from flambeau.ops.affine_grid import affine_grid_generator as affine_grid_generator
from flambeau.ops.binary_loss import binary_cross_entropy_with_logits as binary_cross_entropy_with_logits
from flambeau.ops.comparison import allclose as allclose
from flambeau.ops.comparison import equal as equal
from flambeau.ops.comparison import isclose as isclose
from flambeau.ops.comparison import isfinite as isfinite
from flambeau.ops.comparison import isinf as isinf
from flambeau.ops.comparison import isnan as isnan
from flambeau.ops.complex_numbers import conj as conj
from flambeau.ops.complex_numbers import imag as imag
from flambeau.ops.complex_numbers import is_complex as is_complex
from flambeau.ops.complex_numbers import is_conj as is_conj
from flambeau.ops.complex_numbers import is_neg as is_neg
from flambeau.ops.complex_numbers import isreal as isreal
from flambeau.ops.complex_numbers import real as real
from flambeau.ops.complex_numbers import resolve_conj as resolve_conj
from flambeau.ops.complex_numbers import resolve_neg as resolve_neg
from flambeau.ops.complex_numbers import view_as_complex as view_as_complex
from flambeau.ops.complex_numbers import view_as_real as view_as_real
from flambeau.ops.contraction import bilinear as bilinear
from flambeau.ops.contraction import einsum as einsum
from flambeau.ops.conversion import clone as clone
from flambeau.ops.convolution import conv_tbc as conv_tbc
from flambeau.ops.convolution import conv1d as conv1d
from flambeau.ops.convolution import conv2d as conv2d
from flambeau.ops.convolution import conv3d as conv3d
from flambeau.ops.convolution import conv_transpose1d as conv_transpose1d
from flambeau.ops.convolution import conv_transpose2d as conv_transpose2d
from flambeau.ops.convolution import conv_transpose3d as conv_transpose3d
from flambeau.ops.convolution import convolution as convolution
from flambeau.ops.copies import alias_copy as alias_copy
from flambeau.ops.copies import as_strided_copy as as_strided_copy
from flambeau.ops.copies import diagonal_copy as diagonal_copy
from flambeau.ops.copies import expand_copy as expand_copy
from flambeau.ops.copies import permute_copy as permute_copy
from flambeau.ops.copies import select_copy as select_copy
from flambeau.ops.copies import slice_copy as slice_copy
from flambeau.ops.copies import split_copy as split_copy
from flambeau.ops.copies import split_with_sizes_copy as split_with_sizes_copy
from flambeau.ops.copies import squeeze_copy as squeeze_copy
from flambeau.ops.copies import t_copy as t_copy
from flambeau.ops.copies import transpose_copy as transpose_copy
from flambeau.ops.copies import unbind_copy as unbind_copy
from flambeau.ops.copies import unfold_copy as unfold_copy
from flambeau.ops.copies import unsqueeze_copy as unsqueeze_copy
from flambeau.ops.copies import view_as_complex_copy as view_as_complex_copy
from flambeau.ops.copies import view_as_real_copy as view_as_real_copy
from flambeau.ops.copies import view_copy as view_copy
from flambeau.ops.counting import bincount as bincount
from flambeau.ops.creation import arange as arange
from flambeau.ops.creation import as_tensor as as_tensor
from flambeau.ops.creation import asarray as asarray
from flambeau.ops.creation import empty as empty
from flambeau.ops.creation import empty_like as empty_like
from flambeau.ops.creation import empty_permuted as empty_permuted
from flambeau.ops.creation import empty_strided as empty_strided
from flambeau.ops.creation import eye as eye
from flambeau.ops.creation import from_dlpack as from_dlpack
from flambeau.ops.creation import from_numpy as from_numpy
from flambeau.ops.creation import frombuffer as frombuffer
from flambeau.ops.creation import full as full
from flambeau.ops.creation import full_like as full_like
from flambeau.ops.creation import linspace as linspace
from flambeau.ops.creation import logspace as logspace
from flambeau.ops.creation import ones as ones
from flambeau.ops.creation import ones_like as ones_like
from flambeau.ops.creation import range_ as range
from flambeau.ops.creation import scalar_tensor as scalar_tensor
from flambeau.ops.creation import tril_indices as tril_indices
from flambeau.ops.creation import triu_indices as triu_indices
from flambeau.ops.creation import zeros as zeros
from flambeau.ops.creation import zeros_like as zeros_like
from flambeau.ops.ctc import ctc_loss_by_number as ctc_loss
from flambeau.ops.cumulative import cumulative_trapezoid as cumulative_trapezoid
from flambeau.ops.cumulative import trapezoid as trapezoid
from flambeau.ops.cumulative import trapz as trapz
from flambeau.ops.determinants import logdet as logdet
from flambeau.ops.distance import cdist as cdist
from flambeau.ops.distance import pdist as pdist
from flambeau.ops.dropout import alpha_dropout_ as alpha_dropout_
from flambeau.ops.dropout import dropout_ as dropout_
from flambeau.ops.dropout import feature_alpha_dropout_ as feature_alpha_dropout_
from flambeau.ops.dropout import feature_dropout as feature_dropout
from flambeau.ops.dropout import feature_dropout_ as feature_dropout_
from flambeau.ops.dropout import native_dropout as native_dropout
from flambeau.ops.dropout import rrelu as rrelu
from flambeau.ops.elements import as_strided_scatter as as_strided_scatter
from flambeau.ops.elements import put as put
from flambeau.ops.embedding import embedding_renorm_ as embedding_renorm_
from flambeau.ops.embedding_bag import aten_embedding_bag as embedding_bag
from flambeau.ops.fake_quantization import fake_quantize_per_channel_affine as fake_quantize_per_channel_affine
from flambeau.ops.fake_quantization import fake_quantize_per_tensor_affine as fake_quantize_per_tensor_affine
from flambeau.ops.fake_quantization import fused_moving_avg_obs_fake_quant as fused_moving_avg_obs_fake_quant
from flambeau.ops.filling import fill as fill
from flambeau.ops.filling import fill_ as fill_
from flambeau.ops.filling import zero_ as zero_
from flambeau.ops.flipping import flip as flip
from flambeau.ops.flipping import fliplr as fliplr
from flambeau.ops.flipping import flipud as flipud
from flambeau.ops.flipping import repeat_interleave as repeat_interleave
from flambeau.ops.flipping import roll as roll
from flambeau.ops.flipping import rot90 as rot90
from flambeau.ops.flipping import tile as tile
from flambeau.ops.former_linalg import det as det
from flambeau.ops.former_linalg import lu as lu
from flambeau.ops.former_linalg import pinverse as pinverse
from flambeau.ops.former_linalg import vander as vander
from flambeau.ops.grid_sampling import grid_sampler as grid_sampler
from flambeau.ops.grid_sampling import grid_sampler_2d as grid_sampler_2d
from flambeau.ops.grid_sampling import grid_sampler_3d as grid_sampler_3d
from flambeau.ops.histograms import histogramdd as histogramdd
from flambeau.ops.indexing import index_put as index_put
from flambeau.ops.internals import log_softmax_backward_data as _log_softmax_backward_data
from flambeau.ops.internals import safe_softmax as _safe_softmax
from flambeau.ops.internals import softmax_backward_data as _softmax_backward_data
from flambeau.ops.joining import block_diag as block_diag
from flambeau.ops.joining import cartesian_prod as cartesian_prod
from flambeau.ops.joining import combinations as combinations
from flambeau.ops.joining import meshgrid as meshgrid
from flambeau.ops.linalg import addmv_ as addmv_
from flambeau.ops.lobpcg import lobpcg as lobpcg
from flambeau.ops.loss import kl_div as kl_div
from flambeau.ops.loss import poisson_nll_loss as poisson_nll_loss
from flambeau.ops.low_rank import pca_lowrank as pca_lowrank
from flambeau.ops.low_rank import svd_lowrank as svd_lowrank
from flambeau.ops.margin_loss import cosine_embedding_loss as cosine_embedding_loss
from flambeau.ops.margin_loss import hinge_embedding_loss as hinge_embedding_loss
from flambeau.ops.margin_loss import margin_ranking_loss as margin_ranking_loss
from flambeau.ops.margin_loss import triplet_margin_loss as triplet_margin_loss
from flambeau.ops.mapped_file import from_file as from_file
from flambeau.ops.masking import argwhere as argwhere
from flambeau.ops.masking import masked_fill as masked_fill
from flambeau.ops.masking import masked_scatter as masked_scatter
from flambeau.ops.matrix_exponential import matrix_exp as matrix_exp
from flambeau.ops.moments import corrcoef as corrcoef
from flambeau.ops.moments import cov as cov
from flambeau.ops.moments import std_mean as std_mean
from flambeau.ops.moments import var_mean as var_mean
from flambeau.ops.native import aten_alpha_dropout as alpha_dropout
from flambeau.ops.native import aten_batch_norm as batch_norm
from flambeau.ops.native import aten_dropout as dropout
from flambeau.ops.native import aten_embedding as embedding
from flambeau.ops.native import aten_feature_alpha_dropout as feature_alpha_dropout
from flambeau.ops.native import aten_group_norm as group_norm
from flambeau.ops.native import aten_instance_norm as instance_norm
from flambeau.ops.native import aten_layer_norm as layer_norm
from flambeau.ops.native import native_group_norm as native_group_norm
from flambeau.ops.native import native_layer_norm as native_layer_norm
from flambeau.ops.normalization import rms_norm as rms_norm
from flambeau.ops.norms import dist as dist
from flambeau.ops.padding import constant_pad_nd as constant_pad_nd
from flambeau.ops.parts import diagonal_scatter as diagonal_scatter
from flambeau.ops.parts import narrow as narrow
from flambeau.ops.parts import select as select
from flambeau.ops.parts import select_scatter as select_scatter
from flambeau.ops.pathwise import standard_gamma_grad as _standard_gamma_grad
from flambeau.ops.pathwise_beta import dirichlet_grad as _dirichlet_grad
from flambeau.ops.permutation import adjoint as adjoint
from flambeau.ops.permutation import moveaxis as moveaxis
from flambeau.ops.permutation import movedim as movedim
from flambeau.ops.permutation import permute as permute
from flambeau.ops.permutation import swapaxes as swapaxes
from flambeau.ops.permutation import swapdims as swapdims
from flambeau.ops.permutation import t as t
from flambeau.ops.permutation import transpose as transpose
from flambeau.ops.piecewise import prelu as prelu
from flambeau.ops.pixels import channel_shuffle as channel_shuffle
from flambeau.ops.pixels import native_channel_shuffle as native_channel_shuffle
from flambeau.ops.pixels import pixel_shuffle as pixel_shuffle
from flambeau.ops.pixels import pixel_unshuffle as pixel_unshuffle
from flambeau.ops.pointwise import positive as positive
from flambeau.ops.pointwise import rsub as rsub
from flambeau.ops.pooling import avg_pool1d as avg_pool1d
from flambeau.ops.pooling import max_pool1d as max_pool1d
from flambeau.ops.pooling import max_pool1d_with_indices as max_pool1d_with_indices
from flambeau.ops.pooling import max_pool2d as max_pool2d
from flambeau.ops.pooling import max_pool3d as max_pool3d
from flambeau.ops.queries import can_cast as can_cast
from flambeau.ops.queries import is_floating_point as is_floating_point
from flambeau.ops.queries import is_inference as is_inference
from flambeau.ops.queries import is_nonzero as is_nonzero
from flambeau.ops.queries import is_same_size as is_same_size
from flambeau.ops.queries import is_tensor as is_tensor
from flambeau.ops.queries import numel as numel
from flambeau.ops.queries import promote_types as promote_types
from flambeau.ops.queries import result_type as result_type
from flambeau.ops.random import _sample_dirichlet as _sample_dirichlet
from flambeau.ops.random import _standard_gamma as _standard_gamma
from flambeau.ops.random import bernoulli as bernoulli
from flambeau.ops.random import binomial as binomial
from flambeau.ops.random import multinomial as multinomial
from flambeau.ops.random import normal as normal
from flambeau.ops.random import poisson as poisson
from flambeau.ops.random import rand as rand
from flambeau.ops.random import rand_like as rand_like
from flambeau.ops.random import randint as randint
from flambeau.ops.random import randint_like as randint_like
from flambeau.ops.random import randn as randn
from flambeau.ops.random import randn_like as randn_like
from flambeau.ops.random import randperm as randperm
from flambeau.ops.recurrent import gru as gru
from flambeau.ops.recurrent import gru_cell as gru_cell
from flambeau.ops.recurrent import lstm as lstm
from flambeau.ops.recurrent import lstm_cell as lstm_cell
from flambeau.ops.recurrent import rnn_relu as rnn_relu
from flambeau.ops.recurrent import rnn_relu_cell as rnn_relu_cell
from flambeau.ops.recurrent import rnn_tanh as rnn_tanh
from flambeau.ops.recurrent import rnn_tanh_cell as rnn_tanh_cell
from flambeau.ops.reduction import count_nonzero as count_nonzero
from flambeau.ops.removed import eig as eig
from flambeau.ops.removed import lstsq as lstsq
from flambeau.ops.removed import matrix_rank as matrix_rank
from flambeau.ops.removed import solve as solve
from flambeau.ops.removed import symeig as symeig
from flambeau.ops.resizing import resize_as_ as resize_as_
from flambeau.ops.rows import index_fill as index_fill
from flambeau.ops.segments import segment_reduce as _segment_reduce
from flambeau.ops.segments import segment_reduce as segment_reduce
from flambeau.ops.shape import atleast_1d as atleast_1d
from flambeau.ops.shape import atleast_2d as atleast_2d
from flambeau.ops.shape import atleast_3d as atleast_3d
from flambeau.ops.shape import broadcast_shapes as broadcast_shapes
from flambeau.ops.shape import broadcast_tensors as broadcast_tensors
from flambeau.ops.shape import broadcast_to as broadcast_to
from flambeau.ops.shape import flatten as flatten
from flambeau.ops.shape import ravel as ravel
from flambeau.ops.shape import reshape as reshape
from flambeau.ops.shape import squeeze as squeeze
from flambeau.ops.shape import unflatten as unflatten
from flambeau.ops.shape import unsqueeze as unsqueeze
from flambeau.ops.similarity import cosine_similarity as cosine_similarity
from flambeau.ops.similarity import pairwise_distance as pairwise_distance
from flambeau.ops.slopes import gradient as gradient
from flambeau.ops.spectrogram import istft as istft
from flambeau.ops.spectrogram import stft as stft
from flambeau.ops.splitting import chunk as chunk
from flambeau.ops.splitting import dsplit as dsplit
from flambeau.ops.splitting import hsplit as hsplit
from flambeau.ops.splitting import split as split
from flambeau.ops.splitting import split_with_sizes as split_with_sizes
from flambeau.ops.splitting import tensor_split as tensor_split
from flambeau.ops.splitting import unbind as unbind
from flambeau.ops.splitting import unsafe_chunk as unsafe_chunk
from flambeau.ops.splitting import unsafe_split as unsafe_split
from flambeau.ops.splitting import unsafe_split_with_sizes as unsafe_split_with_sizes
from flambeau.ops.splitting import vsplit as vsplit
from flambeau.ops.strides import as_strided as as_strided
from flambeau.ops.strides import diag_embed as diag_embed
from flambeau.ops.strides import diagflat as diagflat
from flambeau.ops.strides import diagonal as diagonal
from flambeau.ops.tapers import bartlett_window as bartlett_window
from flambeau.ops.tapers import blackman_window as blackman_window
from flambeau.ops.tapers import hamming_window as hamming_window
from flambeau.ops.tapers import hann_window as hann_window
from flambeau.ops.tapers import kaiser_window as kaiser_window
from flambeau.ops.triangles import trace as trace
from flambeau.ops.unique import unique as unique
from flambeau.ops.unique import unique_consecutive as unique_consecutive
from flambeau.ops.unravel import unravel_index as unravel_index
from flambeau.ops.unsafe_index import _unsafe_masked_index as _unsafe_masked_index
from flambeau.ops.unsafe_index import _unsafe_masked_index_put_accumulate as _unsafe_masked_index_put_accumulate
from flambeau.ops.weight_norm import _weight_norm as _weight_norm
from flambeau.ops.weight_norm import norm_except_dim as norm_except_dim
from flambeau.ops.overwriting import celu_ as celu_
from flambeau.ops.overwriting import relu_ as relu_
from flambeau.ops.overwriting import rrelu_ as rrelu_
from flambeau.ops.overwriting import selu_ as selu_
from flambeau.ops.overwriting import threshold_ as threshold_
from flambeau.serialization import load as load
from flambeau.serialization import save as save
from flambeau.sparse.construction import sparse_bsc_tensor as sparse_bsc_tensor
from flambeau.sparse.construction import sparse_bsr_tensor as sparse_bsr_tensor
from flambeau.sparse.construction import sparse_compressed_tensor as sparse_compressed_tensor
from flambeau.sparse.construction import sparse_coo_tensor as sparse_coo_tensor
from flambeau.sparse.construction import sparse_csc_tensor as sparse_csc_tensor
from flambeau.sparse.construction import sparse_csr_tensor as sparse_csr_tensor
from flambeau.sparse.copies import ccol_indices_copy as ccol_indices_copy
from flambeau.sparse.copies import col_indices_copy as col_indices_copy
from flambeau.sparse.copies import crow_indices_copy as crow_indices_copy
from flambeau.sparse.copies import indices_copy as indices_copy
from flambeau.sparse.copies import row_indices_copy as row_indices_copy
from flambeau.sparse.copies import values_copy as values_copy
from flambeau.sparse.older_products import dsmm as dsmm
from flambeau.sparse.older_products import hsmm as hsmm
from flambeau.sparse.older_products import hspmm as hspmm
from flambeau.sparse.older_products import saddmm as saddmm
from flambeau.sparse.older_products import smm as smm
from flambeau.sparse.older_products import spmm as spmm
from flambeau.sparse.older_products import sspaddmm as sspaddmm
from flambeau.sparse.resizing import resize_as_sparse_ as resize_as_sparse_
from flambeau.storage import BFloat16Storage as BFloat16Storage
from flambeau.storage import BoolStorage as BoolStorage
from flambeau.storage import ByteStorage as ByteStorage
from flambeau.storage import CharStorage as CharStorage
from flambeau.storage import ComplexDoubleStorage as ComplexDoubleStorage
from flambeau.storage import ComplexFloatStorage as ComplexFloatStorage
from flambeau.storage import DoubleStorage as DoubleStorage
from flambeau.storage import FloatStorage as FloatStorage
from flambeau.storage import HalfStorage as HalfStorage
from flambeau.storage import IntStorage as IntStorage
from flambeau.storage import LongStorage as LongStorage
from flambeau.storage import ShortStorage as ShortStorage
from flambeau.storage import Storage as Storage
from flambeau.storage import TypedStorage as TypedStorage
from flambeau.storage import UntypedStorage as UntypedStorage
from flambeau.storage import is_storage as is_storage
from flambeau.tensor.functions import abs_ as abs_
from flambeau.tensor.functions import acos_ as acos_
from flambeau.tensor.functions import acosh_ as acosh_
from flambeau.tensor.functions import arccos_ as arccos_
from flambeau.tensor.functions import arccosh_ as arccosh_
from flambeau.tensor.functions import arcsin_ as arcsin_
from flambeau.tensor.functions import arcsinh_ as arcsinh_
from flambeau.tensor.functions import arctan_ as arctan_
from flambeau.tensor.functions import arctanh_ as arctanh_
from flambeau.tensor.functions import as_strided_ as as_strided_
from flambeau.tensor.functions import asin_ as asin_
from flambeau.tensor.functions import asinh_ as asinh_
from flambeau.tensor.functions import atan_ as atan_
from flambeau.tensor.functions import atanh_ as atanh_
from flambeau.tensor.functions import ceil_ as ceil_
from flambeau.tensor.functions import clamp_ as clamp_
from flambeau.tensor.functions import clamp_max_ as clamp_max_
from flambeau.tensor.functions import clamp_min_ as clamp_min_
from flambeau.tensor.functions import clip_ as clip_
from flambeau.tensor.functions import conj_physical_ as conj_physical_
from flambeau.tensor.functions import cos_ as cos_
from flambeau.tensor.functions import cosh_ as cosh_
from flambeau.tensor.functions import deg2rad_ as deg2rad_
from flambeau.tensor.functions import dequantize as dequantize
from flambeau.tensor.functions import detach as detach
from flambeau.tensor.functions import detach_ as detach_
from flambeau.tensor.functions import erf_ as erf_
from flambeau.tensor.functions import erfc_ as erfc_
from flambeau.tensor.functions import exp2_ as exp2_
from flambeau.tensor.functions import exp_ as exp_
from flambeau.tensor.functions import expm1_ as expm1_
from flambeau.tensor.functions import fix_ as fix_
from flambeau.tensor.functions import floor_ as floor_
from flambeau.tensor.functions import frac_ as frac_
from flambeau.tensor.functions import gcd_ as gcd_
from flambeau.tensor.functions import get_device as get_device
from flambeau.tensor.functions import i0_ as i0_
from flambeau.tensor.functions import index_put_ as index_put_
from flambeau.tensor.functions import int_repr as int_repr
from flambeau.tensor.functions import is_distributed as is_distributed
from flambeau.tensor.functions import is_signed as is_signed
from flambeau.tensor.functions import lcm_ as lcm_
from flambeau.tensor.functions import ldexp_ as ldexp_
from flambeau.tensor.functions import log10_ as log10_
from flambeau.tensor.functions import log1p_ as log1p_
from flambeau.tensor.functions import log2_ as log2_
from flambeau.tensor.functions import log_ as log_
from flambeau.tensor.functions import logit_ as logit_
from flambeau.tensor.functions import nan_to_num_ as nan_to_num_
from flambeau.tensor.functions import neg_ as neg_
from flambeau.tensor.functions import negative_ as negative_
from flambeau.tensor.functions import q_per_channel_axis as q_per_channel_axis
from flambeau.tensor.functions import q_per_channel_scales as q_per_channel_scales
from flambeau.tensor.functions import q_per_channel_zero_points as q_per_channel_zero_points
from flambeau.tensor.functions import q_scale as q_scale
from flambeau.tensor.functions import q_zero_point as q_zero_point
from flambeau.tensor.functions import rad2deg_ as rad2deg_
from flambeau.tensor.functions import reciprocal_ as reciprocal_
from flambeau.tensor.functions import round_ as round_
from flambeau.tensor.functions import rsqrt_ as rsqrt_
from flambeau.tensor.functions import sigmoid_ as sigmoid_
from flambeau.tensor.functions import sin_ as sin_
from flambeau.tensor.functions import sinc_ as sinc_
from flambeau.tensor.functions import sinh_ as sinh_
from flambeau.tensor.functions import sqrt_ as sqrt_
from flambeau.tensor.functions import square_ as square_
from flambeau.tensor.functions import tan_ as tan_
from flambeau.tensor.functions import tanh_ as tanh_
from flambeau.tensor.functions import trunc_ as trunc_
from flambeau.tensor.functions import xlogy_ as xlogy_
from flambeau.tensor.printing import get_printoptions as get_printoptions
from flambeau.tensor.printing import printoptions as printoptions
from flambeau.tensor.printing import set_printoptions as set_printoptions
from flambeau.utils.dlpack import to_dlpack as to_dlpack
from flambeau import _C as _C
from flambeau import accelerator as accelerator
from flambeau import amp as amp
from flambeau import autograd as autograd
from flambeau import backends as backends
from flambeau import cpu as cpu
from flambeau import cuda as cuda
from flambeau import distributions as distributions
from flambeau import fft as fft
from flambeau import func as func
from flambeau import linalg as linalg
from flambeau import masked as masked
from flambeau import nn as nn
from flambeau import optim as optim
from flambeau import overrides as overrides
from flambeau import profiler as profiler
from flambeau import random as random
from flambeau import return_types as return_types
from flambeau import safetensors as safetensors
from flambeau import serialization as serialization
from flambeau import signal as signal
from flambeau import sparse as sparse
from flambeau import special as special
from flambeau import storage as storage
from flambeau import utils as utils
from flambeau import vision as vision
from flambeau.ops.creation import tensor as tensor
from flambeau.tensor import Tensor as Tensor

__version__: str

__all__ = ['AcceleratorError', 'BFloat16Storage', 'BFloat16Tensor', 'BoolStorage', 'BoolTensor', 'ByteStorage', 'ByteTensor', 'CharStorage', 'CharTensor', 'ComplexDoubleStorage', 'ComplexFloatStorage', 'DisableTorchFunction', 'DisableTorchFunctionSubclass', 'DoubleStorage', 'DoubleTensor', 'Event', 'FloatStorage', 'FloatTensor', 'Generator', 'GradScaler', 'HalfStorage', 'HalfTensor', 'IntStorage', 'IntTensor', 'LongStorage', 'LongTensor', 'OutOfMemoryError', 'ShortStorage', 'ShortTensor', 'Size', 'Storage', 'Stream', 'SymBool', 'SymFloat', 'SymInt', 'TypedStorage', 'UntypedStorage', '_C', '_chunk_cat', '_dirichlet_grad', '_log_softmax_backward_data', '_native_batch_norm_legit', '_safe_softmax', '_sample_dirichlet', '_segment_reduce', '_softmax_backward_data', '_standard_gamma', '_standard_gamma_grad', '_unsafe_masked_index', '_unsafe_masked_index_put_accumulate', '_weight_norm', 'abs', 'abs_', 'absolute', 'accelerator', 'acos', 'acos_', 'acosh', 'acosh_', 'adaptive_avg_pool1d', 'adaptive_max_pool1d', 'add', 'addbmm', 'addcdiv', 'addcmul', 'addmm', 'addmv', 'addmv_', 'addr', 'adjoint', 'affine_grid_generator', 'alias_copy', 'all', 'allclose', 'alpha_dropout', 'alpha_dropout_', 'amax', 'amin', 'aminmax', 'amp', 'angle', 'any', 'arange', 'arccos', 'arccos_', 'arccosh', 'arccosh_', 'arcsin', 'arcsin_', 'arcsinh', 'arcsinh_', 'arctan', 'arctan2', 'arctan_', 'arctanh', 'arctanh_', 'are_deterministic_algorithms_enabled', 'argmax', 'argmin', 'argsort', 'argwhere', 'as_strided', 'as_strided_', 'as_strided_copy', 'as_strided_scatter', 'as_tensor', 'asarray', 'asin', 'asin_', 'asinh', 'asinh_', 'atan', 'atan2', 'atan_', 'atanh', 'atanh_', 'atleast_1d', 'atleast_2d', 'atleast_3d', 'autocast', 'autocast_decrement_nesting', 'autocast_increment_nesting', 'autograd', 'avg_pool1d', 'backends', 'baddbmm', 'bartlett_window', 'batch_norm', 'batch_norm_backward_elemt', 'batch_norm_backward_reduce', 'batch_norm_elemt', 'batch_norm_gather_stats', 'batch_norm_gather_stats_with_counts', 'batch_norm_stats', 'batch_norm_update_stats', 'bernoulli', 'bfloat16', 'bilinear', 'binary_cross_entropy_with_logits', 'bincount', 'binomial', 'bitwise_and', 'bitwise_left_shift', 'bitwise_not', 'bitwise_or', 'bitwise_right_shift', 'bitwise_xor', 'blackman_window', 'block_diag', 'bmm', 'bool', 'broadcast_shapes', 'broadcast_tensors', 'broadcast_to', 'bucketize', 'can_cast', 'cartesian_prod', 'cat', 'ccol_indices_copy', 'cdist', 'cdouble', 'ceil', 'ceil_', 'celu', 'celu_', 'cfloat', 'chain_matmul', 'channel_shuffle', 'channels_last', 'channels_last_3d', 'cholesky', 'cholesky_inverse', 'cholesky_solve', 'chunk', 'clamp', 'clamp_', 'clamp_max', 'clamp_max_', 'clamp_min', 'clamp_min_', 'clear_autocast_cache', 'clip', 'clip_', 'clone', 'col_indices_copy', 'column_stack', 'combinations', 'compile', 'compiled_with_cxx11_abi', 'complex', 'complex128', 'complex64', 'concat', 'concatenate', 'cond', 'conj', 'conj_physical', 'conj_physical_', 'constant_pad_nd', 'contiguous_format', 'conv1d', 'conv2d', 'conv3d', 'conv_tbc', 'conv_transpose1d', 'conv_transpose2d', 'conv_transpose3d', 'convolution', 'copysign', 'corrcoef', 'cos', 'cos_', 'cosh', 'cosh_', 'cosine_embedding_loss', 'cosine_similarity', 'count_nonzero', 'cov', 'cpu', 'cross', 'crow_indices_copy', 'ctc_loss', 'cuda', 'cummax', 'cummin', 'cumprod', 'cumsum', 'cumulative_trapezoid', 'default_generator', 'deg2rad', 'deg2rad_', 'dequantize', 'det', 'detach', 'detach_', 'detach_copy', 'device', 'diag', 'diag_embed', 'diagflat', 'diagonal', 'diagonal_copy', 'diagonal_scatter', 'diff', 'digamma', 'dist', 'distributions', 'div', 'divide', 'dot', 'double', 'dropout', 'dropout_', 'dsmm', 'dsplit', 'dstack', 'dtype', 'e', 'eig', 'einsum', 'embedding', 'embedding_bag', 'embedding_renorm_', 'empty', 'empty_like', 'empty_permuted', 'empty_strided', 'enable_grad', 'eq', 'equal', 'erf', 'erf_', 'erfc', 'erfc_', 'erfinv', 'exp', 'exp2', 'exp2_', 'exp_', 'expand_copy', 'expm1', 'expm1_', 'eye', 'fake_quantize_per_channel_affine', 'fake_quantize_per_tensor_affine', 'feature_alpha_dropout', 'feature_alpha_dropout_', 'feature_dropout', 'feature_dropout_', 'fft', 'fill', 'fill_', 'finfo', 'fix', 'fix_', 'flatten', 'flip', 'fliplr', 'flipud', 'float', 'float16', 'float32', 'float4_e2m1fn_x2', 'float64', 'float8_e4m3fn', 'float8_e4m3fnuz', 'float8_e5m2', 'float8_e5m2fnuz', 'float8_e8m0fnu', 'float_power', 'floor', 'floor_', 'floor_divide', 'fmax', 'fmin', 'fmod', 'frac', 'frac_', 'frexp', 'frobenius_norm', 'from_dlpack', 'from_file', 'from_numpy', 'frombuffer', 'full', 'full_like', 'func', 'fused_moving_avg_obs_fake_quant', 'gather', 'gcd', 'gcd_', 'ge', 'geqrf', 'ger', 'get_autocast_cpu_dtype', 'get_autocast_dtype', 'get_autocast_gpu_dtype', 'get_autocast_ipu_dtype', 'get_autocast_xla_dtype', 'get_default_device', 'get_default_dtype', 'get_deterministic_debug_mode', 'get_device', 'get_device_module', 'get_float32_matmul_precision', 'get_num_interop_threads', 'get_num_threads', 'get_printoptions', 'get_rng_state', 'gradient', 'greater', 'greater_equal', 'grid_sampler', 'grid_sampler_2d', 'grid_sampler_3d', 'group_norm', 'gru', 'gru_cell', 'gt', 'half', 'hamming_window', 'hann_window', 'hardshrink', 'has_lapack', 'has_mkl', 'has_openmp', 'has_spectral', 'hash_tensor', 'heaviside', 'hinge_embedding_loss', 'histc', 'histogram', 'histogramdd', 'hsmm', 'hsplit', 'hspmm', 'hstack', 'hypot', 'i0', 'i0_', 'igamma', 'igammac', 'iinfo', 'imag', 'index_add', 'index_copy', 'index_fill', 'index_put', 'index_put_', 'index_reduce', 'index_select', 'indices_copy', 'inf', 'inference_mode', 'init_num_threads', 'initial_seed', 'inner', 'instance_norm', 'int', 'int1', 'int16', 'int2', 'int3', 'int32', 'int4', 'int5', 'int6', 'int64', 'int7', 'int8', 'int_repr', 'inverse', 'is_anomaly_check_nan_enabled', 'is_anomaly_enabled', 'is_autocast_cache_enabled', 'is_autocast_cpu_enabled', 'is_autocast_enabled', 'is_autocast_ipu_enabled', 'is_autocast_xla_enabled', 'is_complex', 'is_conj', 'is_deterministic_algorithms_warn_only_enabled', 'is_distributed', 'is_floating_point', 'is_grad_enabled', 'is_inference', 'is_inference_mode_enabled', 'is_neg', 'is_nonzero', 'is_same_size', 'is_signed', 'is_storage', 'is_tensor', 'is_vulkan_available', 'is_warn_always_enabled', 'isclose', 'isfinite', 'isin', 'isinf', 'isnan', 'isneginf', 'isposinf', 'isreal', 'istft', 'jagged', 'kaiser_window', 'kl_div', 'kron', 'kthvalue', 'layer_norm', 'layout', 'lcm', 'lcm_', 'ldexp', 'ldexp_', 'le', 'legacy_contiguous_format', 'lerp', 'less', 'less_equal', 'lgamma', 'linalg', 'linspace', 'load', 'lobpcg', 'log', 'log10', 'log10_', 'log1p', 'log1p_', 'log2', 'log2_', 'log_', 'log_softmax', 'logaddexp', 'logaddexp2', 'logcumsumexp', 'logdet', 'logical_and', 'logical_not', 'logical_or', 'logical_xor', 'logit', 'logit_', 'logspace', 'logsumexp', 'long', 'lstm', 'lstm_cell', 'lstsq', 'lt', 'lu', 'lu_solve', 'lu_unpack', 'manual_seed', 'margin_ranking_loss', 'masked', 'masked_fill', 'masked_scatter', 'masked_select', 'matmul', 'matrix_exp', 'matrix_power', 'matrix_rank', 'max', 'max_pool1d', 'max_pool1d_with_indices', 'max_pool2d', 'max_pool3d', 'maximum', 'mean', 'median', 'memory_format', 'meshgrid', 'min', 'minimum', 'mm', 'mode', 'moveaxis', 'movedim', 'msort', 'mul', 'multinomial', 'multiply', 'mv', 'mvlgamma', 'nan', 'nan_to_num', 'nan_to_num_', 'nanmean', 'nanmedian', 'nanquantile', 'nansum', 'narrow', 'narrow_copy', 'native_batch_norm', 'native_channel_shuffle', 'native_dropout', 'native_group_norm', 'native_layer_norm', 'ne', 'neg', 'neg_', 'negative', 'negative_', 'newaxis', 'nextafter', 'nn', 'no_grad', 'nonzero', 'nonzero_static', 'norm', 'norm_except_dim', 'normal', 'not_equal', 'nuclear_norm', 'numel', 'ones', 'ones_like', 'optim', 'orgqr', 'ormqr', 'outer', 'overrides', 'pairwise_distance', 'pca_lowrank', 'pdist', 'permute', 'permute_copy', 'pi', 'pinverse', 'pixel_shuffle', 'pixel_unshuffle', 'poisson', 'poisson_nll_loss', 'polar', 'polygamma', 'positive', 'pow', 'prelu', 'preserve_format', 'printoptions', 'prod', 'profiler', 'promote_types', 'put', 'q_per_channel_axis', 'q_per_channel_scales', 'q_per_channel_zero_points', 'q_scale', 'q_zero_point', 'qr', 'quantile', 'rad2deg', 'rad2deg_', 'rand', 'rand_like', 'randint', 'randint_like', 'randn', 'randn_like', 'random', 'randperm', 'range', 'ravel', 'real', 'reciprocal', 'reciprocal_', 'relu', 'relu_', 'remainder', 'renorm', 'repeat_interleave', 'reshape', 'resize_as_', 'resize_as_sparse_', 'resolve_conj', 'resolve_neg', 'result_type', 'return_types', 'rms_norm', 'rnn_relu', 'rnn_relu_cell', 'rnn_tanh', 'rnn_tanh_cell', 'roll', 'rot90', 'round', 'round_', 'row_indices_copy', 'row_stack', 'rrelu', 'rrelu_', 'rsqrt', 'rsqrt_', 'rsub', 'saddmm', 'safetensors', 'save', 'scalar_tensor', 'scatter', 'scatter_add', 'scatter_reduce', 'searchsorted', 'seed', 'segment_reduce', 'select', 'select_copy', 'select_scatter', 'selu', 'selu_', 'serialization', 'set_anomaly_enabled', 'set_autocast_cache_enabled', 'set_autocast_cpu_dtype', 'set_autocast_cpu_enabled', 'set_autocast_dtype', 'set_autocast_enabled', 'set_autocast_gpu_dtype', 'set_autocast_ipu_dtype', 'set_autocast_ipu_enabled', 'set_autocast_xla_dtype', 'set_autocast_xla_enabled', 'set_default_device', 'set_default_dtype', 'set_default_tensor_type', 'set_deterministic_debug_mode', 'set_float32_matmul_precision', 'set_flush_denormal', 'set_grad_enabled', 'set_num_interop_threads', 'set_num_threads', 'set_printoptions', 'set_rng_state', 'set_warn_always', 'sgn', 'short', 'sigmoid', 'sigmoid_', 'sign', 'signal', 'signbit', 'sin', 'sin_', 'sinc', 'sinc_', 'sinh', 'sinh_', 'slice_copy', 'slice_scatter', 'slogdet', 'smm', 'softmax', 'solve', 'sort', 'sparse', 'sparse_bsc', 'sparse_bsc_tensor', 'sparse_bsr', 'sparse_bsr_tensor', 'sparse_compressed_tensor', 'sparse_coo', 'sparse_coo_tensor', 'sparse_csc', 'sparse_csc_tensor', 'sparse_csr', 'sparse_csr_tensor', 'special', 'split', 'split_copy', 'split_with_sizes', 'split_with_sizes_copy', 'spmm', 'sqrt', 'sqrt_', 'square', 'square_', 'squeeze', 'squeeze_copy', 'sspaddmm', 'stack', 'std', 'std_mean', 'stft', 'storage', 'strided', 'sub', 'subtract', 'sum', 'svd', 'svd_lowrank', 'swapaxes', 'swapdims', 'sym_constrain_range', 'sym_constrain_range_for_size', 'sym_float', 'sym_fresh_size', 'sym_int', 'sym_ite', 'sym_max', 'sym_min', 'sym_not', 'sym_sqrt', 'sym_sum', 'symeig', 't', 't_copy', 'take', 'take_along_dim', 'tan', 'tan_', 'tanh', 'tanh_', 'tensor_split', 'tensordot', 'thread_safe_generator', 'threshold', 'threshold_', 'tile', 'to_dlpack', 'topk', 'trace', 'transpose', 'transpose_copy', 'trapezoid', 'trapz', 'triangular_solve', 'tril', 'tril_indices', 'triplet_margin_loss', 'triu', 'triu_indices', 'true_divide', 'trunc', 'trunc_', 'typename', 'uint1', 'uint16', 'uint2', 'uint3', 'uint32', 'uint4', 'uint5', 'uint6', 'uint64', 'uint7', 'uint8', 'unbind', 'unbind_copy', 'unflatten', 'unfold_copy', 'unique', 'unique_consecutive', 'unravel_index', 'unsafe_chunk', 'unsafe_split', 'unsafe_split_with_sizes', 'unsqueeze', 'unsqueeze_copy', 'use_deterministic_algorithms', 'utils', 'values_copy', 'vander', 'var', 'var_mean', 'vdot', 'view_as_complex', 'view_as_complex_copy', 'view_as_real', 'view_as_real_copy', 'view_copy', 'vision', 'vmap', 'vsplit', 'vstack', 'where', 'while_loop', 'xlogy', 'xlogy_', 'zero_', 'zeros', 'zeros_like']

def sigmoid(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return 1 / (1 + exp(-input))."""

def i0(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the modified Bessel function of the first kind, of order 0."""

def batch_norm_backward_elemt(grad_out: Tensor, input: Tensor, mean: Tensor, invstd: Tensor, weight: Tensor | None, sum_dy: Tensor, sum_dy_xmu: Tensor, count: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the gradient of the input from the sums that `batch_norm_backward_reduce` gives, of all parts together."""

def batch_norm_backward_reduce(grad_out: Tensor, input: Tensor, mean: Tensor, invstd: Tensor, weight: Tensor | None, input_g: builtins.bool, weight_g: builtins.bool, bias_g: builtins.bool, *, out: builtins.tuple[Tensor | None, Tensor | None, Tensor | None, Tensor | None] | None = ...) -> builtins.tuple[Tensor | None, Tensor | None, Tensor | None, Tensor | None]:
    """Return, by channel, the sum of the gradient and that of the gradient times the centred input, where `input_g`; the gradients of weight and bias where those are wanted."""

def batch_norm_elemt(input: Tensor, weight: Tensor | None, bias: Tensor | None, mean: Tensor, invstd: Tensor, eps: builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Return the input less `mean`, times `invstd`, scaled and shifted. `eps` is in `invstd` already."""

def batch_norm_gather_stats(input: Tensor, mean: Tensor, invstd: Tensor, running_mean: Tensor | None, running_var: Tensor | None, momentum: builtins.float, eps: builtins.float, count: builtins.int, *, out: builtins.tuple[Tensor, Tensor] | None = ...) -> builtins.tuple[Tensor, Tensor]:
    """Return the mean and inverse of the standard deviation of a batch from those of its parts, `count` elements each."""

def batch_norm_gather_stats_with_counts(input: Tensor, mean: Tensor, invstd: Tensor, running_mean: Tensor | None, running_var: Tensor | None, momentum: builtins.float, eps: builtins.float, counts: Tensor, *, out: builtins.tuple[Tensor, Tensor] | None = ...) -> builtins.tuple[Tensor, Tensor]:
    """Return the mean and inverse of the standard deviation of a batch from those of parts of `counts` elements."""

def batch_norm_stats(input: Tensor, eps: builtins.float, *, out: builtins.tuple[Tensor, Tensor] | None = ...) -> builtins.tuple[Tensor, Tensor]:
    """Return the mean and the inverse of the standard deviation of each channel; half types are computed in float32."""

def batch_norm_update_stats(input: Tensor, running_mean: Tensor | None, running_var: Tensor | None, momentum: builtins.float, *, out: builtins.tuple[Tensor, Tensor] | None = ...) -> builtins.tuple[Tensor, Tensor]:
    """Return each channel's mean and (biased) variance, and move the running ones `momentum` of the way to them."""

def bitwise_and(input: Tensor | builtins.float, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Set the bits that are set in both; of booleans: both."""

def bitwise_left_shift(input: Tensor | builtins.float, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Move the bits up by `other` places."""

def bitwise_not(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Turn every bit over; of booleans: not."""

def bitwise_or(input: Tensor | builtins.float, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Set the bits that are set in either; of booleans: either."""

def bitwise_right_shift(input: Tensor | builtins.float, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Move the bits down by `other` places, keeping the sign."""

def bitwise_xor(input: Tensor | builtins.float, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Set the bits that are set in exactly one; of booleans: exactly one."""

def gcd(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the greatest common divisor."""

def lcm(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the least common multiple."""

def clamp(input: Tensor, min: Tensor | builtins.float | None = ..., max: Tensor | builtins.float | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Raise what is below `min` to it, lower what is above `max` to it; NaN stays."""

def clamp_max(input: Tensor, max: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Lower what is above `max` to it."""

def clamp_min(input: Tensor, min: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Raise what is below `min` to it."""

def clip(input: Tensor, min: Tensor | builtins.float | None = ..., max: Tensor | builtins.float | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Raise what is below `min` to it, lower what is above `max` to it; NaN stays."""

def fmax(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the larger of two, and where one is NaN the other."""

def fmin(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the smaller of two, and where one is NaN the other."""

def maximum(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the larger of two, NaN if either is; equal ones share the gradient."""

def minimum(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the smaller of two, NaN if either is; equal ones share the gradient."""

def chain_matmul(*matrices: Tensor, out: Tensor | None = ...) -> Tensor:
    """Multiply matrices in the order that takes the fewest multiplications."""

def cholesky(input: Tensor, upper: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the lower triangular L with L Lᴴ = input, or its adjoint with `upper`; only the lower triangle is read."""

def cholesky_inverse(input: Tensor, upper: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """Invert the matrix whose Cholesky factor `input` is."""

def cholesky_solve(input: Tensor, input2: Tensor, upper: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """Solve A X = `input` for the matrix A whose Cholesky factor `input2` is."""

def _chunk_cat(tensors: Sequence[Tensor], dim: builtins.int, num_chunks: builtins.int, *, out: Tensor | None = ...) -> Tensor:
    """Cut each tensor into `num_chunks` along `dim`, filled up with zeros, and join the flat chunks of the same number."""

def eq(input: Tensor, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Say which elements are equal to those of `other`."""

def ge(input: Tensor, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Say which elements are at least those of `other`."""

def greater(input: Tensor, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Say which elements are more than those of `other`."""

def greater_equal(input: Tensor, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Say which elements are at least those of `other`."""

def gt(input: Tensor, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Say which elements are more than those of `other`."""

def isin(elements: Tensor | builtins.float, test_elements: Tensor | builtins.float, *, assume_unique: builtins.bool = ..., invert: builtins.bool = ..., element: Any = ..., test_element: Any = ..., out: Tensor | None = ...) -> Tensor:
    """Say which of `elements` are among `test_elements`; with `invert`, which are not."""

def isneginf(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Say where an element is minus infinity."""

def isposinf(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Say where an element is plus infinity."""

def le(input: Tensor, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Say which elements are at most those of `other`."""

def less(input: Tensor, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Say which elements are less than those of `other`."""

def less_equal(input: Tensor, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Say which elements are at most those of `other`."""

def logical_and(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Say where both are not zero."""

def logical_not(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Say where an element is zero."""

def logical_or(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Say where either is not zero."""

def logical_xor(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Say where exactly one is not zero."""

def lt(input: Tensor, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Say which elements are less than those of `other`."""

def ne(input: Tensor, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Say which elements differ from those of `other`."""

def not_equal(input: Tensor, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Say which elements differ from those of `other`."""

def angle(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the angles of complex numbers, in radians; those of real numbers are 0 or π."""

def complex(real: Tensor, imag: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Put complex numbers together from their parts."""

def conj_physical(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Change the sign of the imaginary parts."""

def polar(abs: Tensor, angle: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Put complex numbers together from distances and angles."""

def inner(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Multiply and add up over the last dim of both; scalars just multiply."""

def kron(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Replace each element of `input` by that element times all of `other`."""

def tensordot(a: Tensor, b: Tensor, dims: Any = ..., *, out: Tensor | None = ...) -> Tensor:
    """Multiply and add up over the last `dims` dims of `a` and the first of `b`, or over two lists of dims."""

def vdot(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Add up the products of two vectors' elements, those of the first conjugated."""

def detach_copy(input: Any, *, out: Tensor | None = ...) -> Any:
    """Copy `input`, off the tape."""

def histc(input: Tensor, bins: builtins.int = ..., min: builtins.float = ..., max: builtins.float = ..., *, out: Tensor | None = ...) -> Tensor:
    """Count elements in `bins` bins of equal width from `min` to `max`, or from the smallest to the largest."""

def cummax(input: Tensor, dim: builtins.int, *, out: builtins.tuple[Tensor, Tensor] | None = ...) -> builtins.tuple[Tensor, Tensor]:
    """Return the largest element so far along `dim`, and where it is; the last of equals."""

def cummin(input: Tensor, dim: builtins.int, *, out: builtins.tuple[Tensor, Tensor] | None = ...) -> builtins.tuple[Tensor, Tensor]:
    """Return the smallest element so far along `dim`, and where it is; the last of equals."""

def diff(input: Tensor, n: builtins.int = ..., dim: builtins.int = ..., prepend: Tensor | None = ..., append: Tensor | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the differences between neighbours along `dim`, taken `n` times."""

def logcumsumexp(input: Tensor, dim: builtins.int, *, out: Tensor | None = ...) -> Tensor:
    """Take the logarithm of the running sum of exponentials, without overflow."""

def take(input: Tensor, index: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Copy the elements of the flattened `input` that `index` lists, in the shape of `index`."""

def take_along_dim(input: Tensor, indices: Tensor, dim: builtins.int | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Read, for each of `indices`, the element of `input` at that place along `dim` (None: of the flattened `input`)."""

def logit(input: Tensor, eps: builtins.float | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return log(input / (1 - input)), the inverse of sigmoid; `eps` keeps the input from 0 and 1."""

def erf(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the error function: twice the area under the normal density of variance 1/2, from 0 on (Cody, 1969)."""

def erfc(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return 1 - erf(input), exact where that is small (Cody, 1969)."""

def erfinv(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the number whose error function `input` is (Wichura's AS 241)."""

def exp(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Raise e to a power."""

def exp2(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Raise 2 to a power."""

def expm1(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return exp(input) - 1, exact near zero."""

def float_power(input: Tensor | builtins.float, exponent: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Raise to a power in float64 (or complex128)."""

def frexp(input: Tensor, *, out: builtins.tuple[Tensor, Tensor] | None = ...) -> builtins.tuple[Tensor, Tensor]:
    """Split into a mantissa of size 0.5 to 1 and a power of 2."""

def ldexp(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Multiply by 2 raised to `other`."""

def log(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the natural logarithm."""

def log1p(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return log(1 + input), exact near zero."""

def log2(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the logarithm to base 2."""

def log10(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the logarithm to base 10."""

def logaddexp(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return log(exp(input) + exp(other)) without overflow."""

def logaddexp2(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return log2(2 ** input + 2 ** other) without overflow."""

def pow(input: Tensor | builtins.float, exponent: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Raise to a power."""

def rsqrt(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return one divided by the square root."""

def sqrt(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the square root."""

def square(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Multiply each element by itself."""

def xlogy(input: Tensor | builtins.float, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Return input * log(other), which is 0 where `input` is 0."""

def amax(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = ..., keepdim: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the largest elements along `dim`, or of all; the gradient is shared by equals."""

def amin(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = ..., keepdim: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the smallest elements along `dim`, or of all; the gradient is shared by equals."""

def aminmax(input: Tensor, *, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., out: builtins.tuple[Tensor, Tensor] | None = ...) -> builtins.tuple[Tensor, Tensor]:
    """Return the smallest and the largest elements along `dim`, or of all."""

def argmax(input: Tensor, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return where the largest element along `dim` is, or the largest of all when laid out flat; the first of equals."""

def argmin(input: Tensor, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return where the smallest element along `dim` is, or the smallest of all when laid out flat; the first of equals."""

def max(input: Tensor, dim: Any = ..., keepdim: builtins.bool = ..., *, other: Tensor | None = ..., out: Tensor | None = ...) -> Any:
    """Return the largest element; with a dim, the largest along it and where they are; with a tensor, the larger of each two."""

def min(input: Tensor, dim: Any = ..., keepdim: builtins.bool = ..., *, other: Tensor | None = ..., out: Tensor | None = ...) -> Any:
    """Return the smallest element; with a dim, the smallest along it and where; with a tensor, the smaller of each two."""

def cross(input: Tensor, other: Tensor, dim: builtins.int | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the vectors at right angles to two others, along `dim`, or the first dim of size 3."""

def lu_solve(input: Tensor, LU_data: Tensor, LU_pivots: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Solve A X = `input` for the matrix that `lu` factored."""

def qr(input: Tensor, some: builtins.bool = ..., *, out: Tensor | None = ...) -> Any:
    """Return Q and R with Q R = `input`; Q with as many columns as rows unless `some`."""

def slogdet(input: Tensor, *, out: Tensor | None = ...) -> Any:
    """Return the sign of determinants, and the logarithm of their size."""

def svd(input: Tensor, some: builtins.bool = ..., compute_uv: builtins.bool = ..., *, out: Tensor | None = ...) -> Any:
    """Return U, the singular values S and V; U and V of min(m, n) columns unless `some` is False, or of zeros."""

def triangular_solve(input: Tensor, A: Tensor, upper: builtins.bool = ..., transpose: builtins.bool = ..., unitriangular: builtins.bool = ..., *, out: Tensor | None = ...) -> Any:
    """Solve A X = `input`, or Aᵀ X = `input`, for triangular matrices; return X and a copy of A."""

def digamma(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the slope of `lgamma` (Abramowitz and Stegun, 6.3.5, 6.3.7 and 6.3.18)."""

def lgamma(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the logarithm of the size of the gamma function: a Chebyshev series on [1, 3], Stirling's from 9 on."""

def mvlgamma(input: Tensor, p: builtins.int, *, out: Tensor | None = ...) -> Tensor:
    """Return the logarithm of the gamma function of `p` dims."""

def polygamma(n: builtins.int, input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the derivative number `n` of `digamma`."""

def hash_tensor(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = ..., *, keepdim: builtins.bool = ..., mode: builtins.int = ..., out: Tensor | None = ...) -> Tensor:
    """Combine the bits of the elements along `dim`, or of all, by exclusive or: as int64, or those with fractions as float64."""

def histogram(input: Tensor, bins: builtins.int | Tensor = ..., *, range: Sequence[builtins.float] | None = ..., weight: Tensor | None = ..., density: builtins.bool = ..., out: builtins.tuple[Tensor, Tensor] | None = ...) -> builtins.tuple[Tensor, Tensor]:
    """Count elements, or add up their `weight`, in bins: so many of equal width, or between the edges given."""

def igamma(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the share of the gamma distribution of shape `input` that lies below `other`."""

def igammac(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the share of the gamma distribution of shape `input` that lies above `other`."""

def cat(tensors: Sequence[Tensor], dim: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
    """Join tensors end to end along `dim`."""

def column_stack(tensors: Sequence[Tensor], *, out: Tensor | None = ...) -> Tensor:
    """Join tensors along the columns; vectors become columns."""

def concat(tensors: Sequence[Tensor], dim: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
    """Join tensors end to end along `dim`."""

def concatenate(tensors: Sequence[Tensor], dim: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
    """Join tensors end to end along `dim`."""

def dstack(tensors: Sequence[Tensor], *, out: Tensor | None = ...) -> Tensor:
    """Join tensors along the third dim."""

def hstack(tensors: Sequence[Tensor], *, out: Tensor | None = ...) -> Tensor:
    """Join tensors along the columns; vectors end to end."""

def row_stack(tensors: Sequence[Tensor], *, out: Tensor | None = ...) -> Tensor:
    """Join tensors along the rows; vectors become rows."""

def stack(tensors: Sequence[Tensor], dim: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
    """Join tensors of one shape along a new dim."""

def vstack(tensors: Sequence[Tensor], *, out: Tensor | None = ...) -> Tensor:
    """Join tensors along the rows; vectors become rows."""

def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: builtins.float = ..., alpha: builtins.float = ..., out: Tensor | None = ...) -> Tensor:
    """Add `alpha` times the sum of the products of two stacks of matrices to `beta` times `input`."""

def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: builtins.float = ..., alpha: builtins.float = ..., out: Tensor | None = ...) -> Tensor:
    """Add `alpha` times the product of two matrices to `beta` times `input`."""

def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: builtins.float = ..., alpha: builtins.float = ..., out: Tensor | None = ...) -> Tensor:
    """Add `alpha` times a matrix times a vector to `beta` times `input`."""

def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: builtins.float = ..., alpha: builtins.float = ..., out: Tensor | None = ...) -> Tensor:
    """Add `alpha` times the outer product of two vectors to `beta` times `input`."""

def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: builtins.float = ..., alpha: builtins.float = ..., out: Tensor | None = ...) -> Tensor:
    """Add `alpha` times the products of two stacks of matrices to `beta` times `input`."""

def bmm(input: Tensor, mat2: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Multiply two stacks of as many matrices."""

def dot(input: Tensor, tensor: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Add up the products of two vectors' elements."""

def ger(input: Tensor, vec2: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Multiply each element of one vector with each of another."""

def matmul(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Multiply matrices, or stacks of them, (…, n, k) by (…, k, m); a vector stands for one row or column."""

def mm(input: Tensor, mat2: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Multiply two matrices."""

def mv(input: Tensor, vec: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Multiply a matrix with a vector."""

def outer(input: Tensor, vec2: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Multiply each element of one vector with each of another."""

def lu_unpack(LU_data: Tensor, LU_pivots: Tensor, unpack_data: builtins.bool = ..., unpack_pivots: builtins.bool = ..., *, out: Tensor | None = ...) -> Any:
    """Return P, L and U from what `lu_factor` returns; what is not to be unpacked is empty."""

def masked_select(input: Tensor, mask: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Copy the elements where `mask` holds into one dim."""

def nonzero(input: Tensor, *, as_tuple: builtins.bool = ..., out: Tensor | None = ...) -> Any:
    """Return the indices of the elements that are not zero: one row for each, or a tensor for each dim."""

def nonzero_static(input: Tensor, *, size: builtins.int, fill_value: builtins.int = ..., out: Tensor | None = ...) -> Tensor:
    """Return the indices of the first `size` elements that are not zero, one row for each, filled up with `fill_value`."""

def where(condition: Tensor, input: Tensor | builtins.float | None = ..., other: Tensor | builtins.float | None = ..., *, out: Tensor | None = ...) -> Any:
    """Take elements of `input` where `condition` holds, elsewhere of `other`; alone, return the indices where it holds."""

def matrix_power(input: Tensor, n: builtins.int, *, out: Tensor | None = ...) -> Tensor:
    """Multiply a square matrix `n` times with itself, by squaring; a negative `n` takes the inverse."""

def std(input: Tensor, dim: Any = ..., unbiased: builtins.bool | None = ..., keepdim: builtins.bool = ..., *, correction: builtins.float | None = ..., out: Tensor | None = ...) -> Tensor:
    """Return the standard deviation along `dim`, the root of the variance."""

def var(input: Tensor, dim: Any = ..., unbiased: builtins.bool | None = ..., keepdim: builtins.bool = ..., *, correction: builtins.float | None = ..., out: Tensor | None = ...) -> Tensor:
    """Return the variance along `dim`: squares around the mean over (count - correction)."""

def _native_batch_norm_legit(input: Tensor, weight: Tensor | None, bias: Tensor | None, *options: builtins.object, out: Tensor | None = ...) -> Any:
    """As `native_batch_norm`; the running statistics may be left out."""

def native_batch_norm(input: Tensor, weight: Tensor | None, bias: Tensor | None, running_mean: Tensor | None, running_var: Tensor | None, training: builtins.bool, momentum: builtins.float, eps: builtins.float, *, out: Tensor | None = ...) -> Any:
    """Return `batch_norm`, and the mean and the inverse of the standard deviation of the batch when `training`."""

def frobenius_norm(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None, keepdim: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the root of the sum of squares, over `dim`."""

def norm(input: Tensor, p: Any = ..., dim: builtins.int | Sequence[builtins.int] | None = ..., keepdim: builtins.bool = ..., dtype: Any = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the `p`-norm along `dim`, or of all elements; "fro" is 2, "nuc" the sum of singular values."""

def nuclear_norm(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = ..., keepdim: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the sum of singular values of matrices, along two dims."""

def renorm(input: Tensor, p: builtins.float, dim: builtins.int, maxnorm: builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Shrink each slice along `dim` whose `p`-norm is larger than `maxnorm` to that norm."""

def narrow_copy(input: Tensor, dim: builtins.int, start: builtins.int, length: builtins.int, *, out: Tensor | None = ...) -> Tensor:
    """Copy `length` elements of `input` along `dim`, from `start` on."""

def slice_scatter(input: Tensor, src: Tensor, dim: builtins.int = ..., start: builtins.int | None = ..., end: builtins.int | None = ..., step: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
    """Copy `input` with the elements `start:end:step` along `dim` replaced by `src`."""

def hardshrink(input: Tensor, lambd: builtins.float = ..., *, out: Tensor | None = ...) -> Tensor:
    """Set what is no larger than `lambd` to zero."""

def threshold(input: Tensor, threshold: builtins.float, value: builtins.float, inplace: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """Replace what is not above `threshold` by `value`."""

def add(input: Tensor | builtins.float, other: Tensor | builtins.float, *, alpha: builtins.float = ..., out: Tensor | None = ...) -> Tensor:
    """Add `alpha` times `other` to `input`, broadcasting the two."""

def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: builtins.float = ..., out: Tensor | None = ...) -> Tensor:
    """Add `value` times the quotient of two tensors to `input`."""

def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: builtins.float = ..., out: Tensor | None = ...) -> Tensor:
    """Add `value` times the product of two tensors to `input`."""

def div(input: Tensor | builtins.float, other: Tensor | builtins.float, *, rounding_mode: builtins.str | None = ..., out: Tensor | None = ...) -> Tensor:
    """Divide. `rounding_mode` None keeps the fraction, "floor" rounds down, "trunc" towards zero."""

def divide(input: Tensor | builtins.float, other: Tensor | builtins.float, *, rounding_mode: builtins.str | None = ..., out: Tensor | None = ...) -> Tensor:
    """Divide. `rounding_mode` None keeps the fraction, "floor" rounds down, "trunc" towards zero."""

def floor_divide(input: Tensor | builtins.float, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Divide and round down. `div` with `rounding_mode="floor"` does the same and has a gradient, of zeros."""

def fmod(input: Tensor, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Return what is left of a division that rounds towards zero: it has the sign of `input`."""

def lerp(input: Tensor, end: Tensor, weight: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Go from `input` towards `end` by the share `weight` of the way."""

def mul(input: Tensor | builtins.float, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Multiply, broadcasting the two against each other."""

def multiply(input: Tensor | builtins.float, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Multiply, broadcasting the two against each other."""

def neg(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Change the sign."""

def negative(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Change the sign."""

def reciprocal(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return one divided by each element."""

def remainder(input: Tensor | builtins.float, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Return what is left of a division that rounds down: it has the sign of `other`."""

def sub(input: Tensor | builtins.float, other: Tensor | builtins.float, *, alpha: builtins.float = ..., out: Tensor | None = ...) -> Tensor:
    """Take `alpha` times `other` from `input`, broadcasting the two."""

def subtract(input: Tensor | builtins.float, other: Tensor | builtins.float, *, alpha: builtins.float = ..., out: Tensor | None = ...) -> Tensor:
    """Take `alpha` times `other` from `input`, broadcasting the two."""

def true_divide(input: Tensor | builtins.float, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Divide; two integers make a float."""

def cumprod(input: Tensor, dim: builtins.int, *, dtype: Any = ..., out: Tensor | None = ...) -> Tensor:
    """Multiply along `dim`, keeping every step."""

def cumsum(input: Tensor, dim: builtins.int, *, dtype: Any = ..., out: Tensor | None = ...) -> Tensor:
    """Add up along `dim`, keeping every step."""

def prod(input: Tensor, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., *, dtype: Any = ..., out: Tensor | None = ...) -> Tensor:
    """Multiply the elements along `dim`, or all of them."""

def kthvalue(input: Tensor, k: builtins.int, dim: builtins.int = ..., keepdim: builtins.bool = ..., *, out: builtins.tuple[Tensor, Tensor] | None = ...) -> builtins.tuple[Tensor, Tensor]:
    """Return the `k`-th smallest element along `dim` (the smallest is the first), and where it is."""

def median(input: Tensor, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., *, out: Tensor | None = ...) -> Any:
    """Return the middle element in order, the lower of two; with a dim, those along it and where they are."""

def mode(input: Tensor, dim: builtins.int = ..., keepdim: builtins.bool = ..., *, out: builtins.tuple[Tensor, Tensor] | None = ...) -> builtins.tuple[Tensor, Tensor]:
    """Return the most frequent element along `dim`, the smallest of such, and where it is last."""

def nanmedian(input: Tensor, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., *, out: Tensor | None = ...) -> Any:
    """Return the median of the elements that are not NaN."""

def nanquantile(input: Tensor, q: Any, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., *, interpolation: builtins.str = ..., out: Tensor | None = ...) -> Tensor:
    """Return the quantile of the elements that are not NaN."""

def quantile(input: Tensor, q: Any, dim: builtins.int | None = ..., keepdim: builtins.bool = ..., *, interpolation: builtins.str = ..., out: Tensor | None = ...) -> Tensor:
    """Return what a share `q` of the elements along `dim` does not exceed; several of `q` give a leading dim."""

def all(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = ..., keepdim: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """Say whether all elements along `dim` are true, that is, not zero."""

def any(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = ..., keepdim: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """Say whether any element along `dim` is true, that is, not zero."""

def logsumexp(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None, keepdim: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """Take the logarithm of the sum of exponentials, without overflow."""

def mean(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = ..., keepdim: builtins.bool = ..., *, dtype: Any = ..., out: Tensor | None = ...) -> Tensor:
    """Average the elements along `dim`, or all of them."""

def nanmean(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = ..., keepdim: builtins.bool = ..., *, dtype: Any = ..., out: Tensor | None = ...) -> Tensor:
    """Average the elements that are not NaN."""

def nansum(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = ..., keepdim: builtins.bool = ..., *, dtype: Any = ..., out: Tensor | None = ...) -> Tensor:
    """Add up the elements that are not NaN."""

def sum(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = ..., keepdim: builtins.bool = ..., *, dtype: Any = ..., out: Tensor | None = ...) -> Tensor:
    """Add up the elements along `dim`, or all of them. Integers and booleans add up to int64."""

def geqrf(input: Tensor, *, out: Tensor | None = ...) -> Any:
    """Decompose into reflections and R: below the diagonal of `a` are the vectors v, on and above it is R."""

def orgqr(input: Tensor, input2: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Do as `householder_product`, the newer name."""

def ormqr(input: Tensor, input2: Tensor, input3: Tensor, left: builtins.bool = ..., transpose: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """Multiply `input3` with Q, the product of the reflections of factors `input2` that `geqrf` wrote down, or with Qᴴ."""

def abs(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the absolute value; of complex numbers the distance from zero."""

def absolute(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the absolute value; of complex numbers the distance from zero."""

def ceil(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Round up."""

def copysign(input: Tensor, other: Tensor | builtins.float, *, out: Tensor | None = ...) -> Tensor:
    """Give `input` the signs of `other`."""

def fix(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Round towards zero."""

def floor(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Round down."""

def frac(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return what rounding towards zero takes away."""

def heaviside(input: Tensor, values: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return 0 below zero, 1 above, and `values` at zero."""

def nan_to_num(input: Tensor, nan: builtins.float | None = ..., posinf: builtins.float | None = ..., neginf: builtins.float | None = ..., *, out: Tensor | None = ...) -> Tensor:
    """Replace NaN by `nan` (or 0), and infinities by `posinf` and `neginf` (or the dtype's largest numbers)."""

def nextafter(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the next number that the dtype has, on the way to `other`."""

def round(input: Tensor, *, decimals: builtins.int = ..., out: Tensor | None = ...) -> Tensor:
    """Round to the nearest number of `decimals` digits after the point, a half to the even one."""

def sgn(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return -1, 0 or 1; of complex numbers the one of size 1 in the same direction."""

def sign(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return -1, 0 or 1."""

def signbit(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Say which elements carry a minus sign; -0.0 does."""

def trunc(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Round towards zero."""

def index_add(input: Tensor, dim: builtins.int, index: Tensor, source: Tensor, *, alpha: builtins.float = ..., out: Tensor | None = ...) -> Tensor:
    """Copy `input`, with each slice of `source` along `dim`, times `alpha`, added to the slice that `index` names."""

def index_copy(input: Tensor, dim: builtins.int, index: Tensor, source: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Copy `input`, with each slice of `source` along `dim` in the place that `index` names."""

def index_select(input: Tensor, dim: builtins.int, index: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Copy the slices of `input` along `dim` that `index` lists."""

def gather(input: Tensor, dim: builtins.int, index: Tensor, *, sparse_grad: builtins.bool = ..., out: Tensor | None = ...) -> Tensor:
    """Read, for each element of `index`, the element of `input` at that place along `dim`."""

def scatter(input: Tensor, dim: builtins.int, index: Tensor, src: Tensor | builtins.float | None = ..., value: builtins.float | None = ..., *, reduce: builtins.str | None = ..., out: Tensor | None = ...) -> Tensor:
    """Copy `input`, with each element of `src` (or the number `value`) written where `index` says along `dim`."""

def scatter_add(input: Tensor, dim: builtins.int, index: Tensor, src: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Copy `input`, with each element of `src` added where `index` says along `dim`."""

def index_reduce(input: Tensor, dim: builtins.int, index: Tensor, source: Tensor, reduce: builtins.str, *, include_self: builtins.bool = ..., out: Tensor | None = ...) -> Tensor:
    """Copy `input`, with each slice of `source` along `dim` merged ("prod", "mean", "amax", "amin") where `index` says."""

def scatter_reduce(input: Tensor, dim: builtins.int, index: Tensor, src: Tensor, reduce: builtins.str, *, include_self: builtins.bool = ..., out: Tensor | None = ...) -> Tensor:
    """Copy `input`, with each element of `src` merged ("sum", "prod", "mean", "amax", "amin") where `index` says."""

def log_softmax(input: Tensor, dim: builtins.int, dtype: Any = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the logarithm of the softmax along `dim`, exact where that is small."""

def softmax(input: Tensor, dim: builtins.int, dtype: Any = ..., *, out: Tensor | None = ...) -> Tensor:
    """Scale the exponentials of `input` along `dim` so that they add up to one."""

def inverse(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the matrix whose product with `input` is the identity."""

def argsort(input: Tensor, dim: builtins.int = ..., descending: builtins.bool = ..., stable: builtins.bool = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return the indices that put the elements in order along `dim`."""

def bucketize(input: Any, boundaries: Tensor, *, out_int32: builtins.bool = ..., right: builtins.bool = ..., out: Tensor | None = ...) -> Tensor:
    """Return the number of the bucket that each of `input` falls in, between ordered `boundaries`."""

def msort(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the elements in order along the first dim."""

def searchsorted(sorted_sequence: Tensor, input: Any, *, out_int32: builtins.bool = ..., right: builtins.bool = ..., side: builtins.str | None = ..., sorter: Tensor | None = ..., out: Tensor | None = ...) -> Tensor:
    """Return where each of `input` would go into the ordered last dim of `sorted_sequence`, left or right of equals."""

def sort(input: Tensor, dim: builtins.int = ..., descending: builtins.bool = ..., stable: builtins.bool = ..., *, out: builtins.tuple[Tensor, Tensor] | None = ...) -> builtins.tuple[Tensor, Tensor]:
    """Return the elements in order along `dim`, and where each was. Equals always keep their order."""

def topk(input: Tensor, k: builtins.int, dim: builtins.int = ..., largest: builtins.bool = ..., sorted: builtins.bool = ..., *, out: builtins.tuple[Tensor, Tensor] | None = ...) -> builtins.tuple[Tensor, Tensor]:
    """Return the `k` largest (or smallest) elements along `dim`, in order, and where they are."""

def diag(input: Tensor, diagonal: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
    """Return a matrix with a vector on its diagonal, or the diagonal of a matrix."""

def tril(input: Tensor, diagonal: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
    """Keep what is on and below a diagonal of matrices; the rest becomes zero."""

def triu(input: Tensor, diagonal: builtins.int = ..., *, out: Tensor | None = ...) -> Tensor:
    """Keep what is on and above a diagonal of matrices; the rest becomes zero."""

def acos(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the angle whose cosine it is."""

def acosh(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the inverse of the hyperbolic cosine."""

def arccos(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the angle whose cosine it is."""

def arccosh(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the inverse of the hyperbolic cosine."""

def arcsin(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the angle whose sine it is."""

def arcsinh(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the inverse of the hyperbolic sine."""

def arctan(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the angle whose tangent it is."""

def arctan2(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the angle of the point with ordinate `input` and abscissa `other`, from -π to π."""

def arctanh(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the inverse of the hyperbolic tangent."""

def asin(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the angle whose sine it is."""

def asinh(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the inverse of the hyperbolic sine."""

def atan(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the angle whose tangent it is."""

def atan2(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the angle of the point with ordinate `input` and abscissa `other`, from -π to π."""

def atanh(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the inverse of the hyperbolic tangent."""

def cos(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the cosine."""

def cosh(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the hyperbolic cosine."""

def deg2rad(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Turn degrees into radians."""

def hypot(input: Tensor, other: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the hypotenuse of a right triangle with these legs."""

def rad2deg(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Turn radians into degrees."""

def sin(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the sine."""

def sinc(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return sin(π input) / (π input), which is 1 at 0."""

def sinh(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the hyperbolic sine."""

def tan(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the tangent."""

def tanh(input: Tensor, *, out: Tensor | None = ...) -> Tensor:
    """Return the hyperbolic tangent."""
