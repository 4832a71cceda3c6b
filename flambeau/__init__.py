"""flambeau: PyTorch's API on NumPy and CuPy. This page is the table of contents."""
from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from flambeau.tensor import Tensor as Tensor  # isort: skip  first: the function `tensor` then takes the folder's name

from flambeau.autograd.mode import enable_grad as enable_grad
from flambeau.autograd.mode import inference_mode as inference_mode
from flambeau.autograd.mode import is_grad_enabled as is_grad_enabled
from flambeau.autograd.mode import is_inference_mode_enabled as is_inference_mode_enabled
from flambeau.autograd.mode import no_grad as no_grad
from flambeau.autograd.mode import set_grad_enabled as set_grad_enabled
from flambeau.core.device import device as device
from flambeau.core.device import set_default_device as set_default_device
from flambeau.core.dtype import bfloat16 as bfloat16
from flambeau.core.dtype import bool_ as bool
from flambeau.core.dtype import cdouble as cdouble
from flambeau.core.dtype import cfloat as cfloat
from flambeau.core.dtype import complex64 as complex64
from flambeau.core.dtype import complex128 as complex128
from flambeau.core.dtype import double as double
from flambeau.core.dtype import dtype as dtype
from flambeau.core.dtype import float8_e4m3fn as float8_e4m3fn
from flambeau.core.dtype import float8_e5m2 as float8_e5m2
from flambeau.core.dtype import float16 as float16
from flambeau.core.dtype import float32 as float32
from flambeau.core.dtype import float64 as float64
from flambeau.core.dtype import float_ as float
from flambeau.core.dtype import get_default_dtype as get_default_dtype
from flambeau.core.dtype import half as half
from flambeau.core.dtype import int8 as int8
from flambeau.core.dtype import int16 as int16
from flambeau.core.dtype import int32 as int32
from flambeau.core.dtype import int64 as int64
from flambeau.core.dtype import int_ as int
from flambeau.core.dtype import long as long
from flambeau.core.dtype import set_default_dtype as set_default_dtype
from flambeau.core.dtype import short as short
from flambeau.core.dtype import uint8 as uint8
from flambeau.core.dtype import uint16 as uint16
from flambeau.core.dtype import uint32 as uint32
from flambeau.core.dtype import uint64 as uint64
from flambeau.core.errors import OutOfMemoryError as OutOfMemoryError
from flambeau.core.layout import channels_last as channels_last
from flambeau.core.layout import channels_last_3d as channels_last_3d
from flambeau.core.layout import contiguous_format as contiguous_format
from flambeau.core.layout import layout as layout
from flambeau.core.layout import memory_format as memory_format
from flambeau.core.layout import preserve_format as preserve_format
from flambeau.core.layout import sparse_bsc as sparse_bsc
from flambeau.core.layout import sparse_bsr as sparse_bsr
from flambeau.core.layout import sparse_coo as sparse_coo
from flambeau.core.layout import sparse_csc as sparse_csc
from flambeau.core.layout import sparse_csr as sparse_csr
from flambeau.core.layout import strided as strided
from flambeau.core.size import Size as Size
from flambeau.dispatch import anomaly as _anomaly  # noqa: F401  adds its names to `autograd`
from flambeau.ops.conversion import clone as clone

# questions
from flambeau.core.limits import finfo as finfo
from flambeau.core.limits import iinfo as iinfo
from flambeau.ops.queries import can_cast as can_cast
from flambeau.ops.queries import is_complex as is_complex
from flambeau.ops.queries import is_floating_point as is_floating_point
from flambeau.ops.queries import is_nonzero as is_nonzero
from flambeau.ops.queries import is_same_size as is_same_size
from flambeau.ops.queries import is_tensor as is_tensor
from flambeau.ops.queries import numel as numel
from flambeau.ops.queries import promote_types as promote_types
from flambeau.ops.queries import result_type as result_type

# creation
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
from flambeau.ops.creation import scalar_tensor as scalar_tensor
from flambeau.ops.creation import tensor as tensor
from flambeau.ops.creation import tril_indices as tril_indices
from flambeau.ops.creation import triu_indices as triu_indices
from flambeau.ops.creation import zeros as zeros
from flambeau.ops.creation import zeros_like as zeros_like
from flambeau.ops.creation import range_ as range
from flambeau.ops.filling import fill as fill

# pointwise
from flambeau.ops.bitwise import bitwise_and as bitwise_and
from flambeau.ops.bitwise import bitwise_left_shift as bitwise_left_shift
from flambeau.ops.bitwise import bitwise_not as bitwise_not
from flambeau.ops.bitwise import bitwise_or as bitwise_or
from flambeau.ops.bitwise import bitwise_right_shift as bitwise_right_shift
from flambeau.ops.bitwise import bitwise_xor as bitwise_xor
from flambeau.ops.bitwise import gcd as gcd
from flambeau.ops.bitwise import lcm as lcm
from flambeau.ops.bounds import clamp as clamp
from flambeau.ops.bounds import clamp_max as clamp_max
from flambeau.ops.bounds import clamp_min as clamp_min
from flambeau.ops.bounds import clip as clip
from flambeau.ops.bounds import fmax as fmax
from flambeau.ops.bounds import fmin as fmin
from flambeau.ops.bounds import maximum as maximum
from flambeau.ops.bounds import minimum as minimum
from flambeau.ops.complex_numbers import angle as angle
from flambeau.ops.complex_numbers import complex as complex
from flambeau.ops.complex_numbers import conj as conj
from flambeau.ops.complex_numbers import conj_physical as conj_physical
from flambeau.ops.complex_numbers import imag as imag
from flambeau.ops.complex_numbers import is_complex as is_complex
from flambeau.ops.complex_numbers import is_conj as is_conj
from flambeau.ops.complex_numbers import isreal as isreal
from flambeau.ops.complex_numbers import polar as polar
from flambeau.ops.complex_numbers import real as real
from flambeau.ops.complex_numbers import resolve_conj as resolve_conj
from flambeau.ops.complex_numbers import resolve_neg as resolve_neg
from flambeau.ops.complex_numbers import view_as_complex as view_as_complex
from flambeau.ops.complex_numbers import view_as_real as view_as_real
from flambeau.ops.exponential import exp as exp
from flambeau.ops.exponential import exp2 as exp2
from flambeau.ops.exponential import expm1 as expm1
from flambeau.ops.exponential import float_power as float_power
from flambeau.ops.exponential import frexp as frexp
from flambeau.ops.exponential import ldexp as ldexp
from flambeau.ops.exponential import log as log
from flambeau.ops.exponential import log10 as log10
from flambeau.ops.exponential import log1p as log1p
from flambeau.ops.exponential import log2 as log2
from flambeau.ops.exponential import logaddexp as logaddexp
from flambeau.ops.exponential import logaddexp2 as logaddexp2
from flambeau.ops.exponential import pow as pow
from flambeau.ops.exponential import rsqrt as rsqrt
from flambeau.ops.exponential import sqrt as sqrt
from flambeau.ops.exponential import square as square
from flambeau.ops.exponential import xlogy as xlogy
from flambeau.ops.extrema import amax as amax
from flambeau.ops.extrema import amin as amin
from flambeau.ops.extrema import aminmax as aminmax
from flambeau.ops.extrema import argmax as argmax
from flambeau.ops.extrema import argmin as argmin
from flambeau.ops.pointwise import add as add
from flambeau.ops.pointwise import addcdiv as addcdiv
from flambeau.ops.pointwise import addcmul as addcmul
from flambeau.ops.pointwise import div as div
from flambeau.ops.pointwise import divide as divide
from flambeau.ops.pointwise import floor_divide as floor_divide
from flambeau.ops.pointwise import fmod as fmod
from flambeau.ops.pointwise import lerp as lerp
from flambeau.ops.pointwise import mul as mul
from flambeau.ops.pointwise import multiply as multiply
from flambeau.ops.pointwise import neg as neg
from flambeau.ops.pointwise import negative as negative
from flambeau.ops.pointwise import positive as positive
from flambeau.ops.pointwise import reciprocal as reciprocal
from flambeau.ops.pointwise import remainder as remainder
from flambeau.ops.pointwise import rsub as rsub
from flambeau.ops.pointwise import sub as sub
from flambeau.ops.pointwise import subtract as subtract
from flambeau.ops.pointwise import true_divide as true_divide
from flambeau.ops.rounding import abs as abs
from flambeau.ops.rounding import absolute as absolute
from flambeau.ops.rounding import ceil as ceil
from flambeau.ops.rounding import copysign as copysign
from flambeau.ops.rounding import fix as fix
from flambeau.ops.rounding import floor as floor
from flambeau.ops.rounding import frac as frac
from flambeau.ops.rounding import heaviside as heaviside
from flambeau.ops.rounding import nan_to_num as nan_to_num
from flambeau.ops.rounding import nextafter as nextafter
from flambeau.ops.rounding import round as round
from flambeau.ops.rounding import sgn as sgn
from flambeau.ops.rounding import sign as sign
from flambeau.ops.rounding import signbit as signbit
from flambeau.ops.rounding import trunc as trunc
from flambeau.ops.special import digamma as digamma
from flambeau.ops.special import erf as erf
from flambeau.ops.special import erfc as erfc
from flambeau.ops.special import erfinv as erfinv
from flambeau.ops.special import i0 as i0
from flambeau.ops.special import lgamma as lgamma
from flambeau.ops.special import logit as logit
from flambeau.ops.special import mvlgamma as mvlgamma
from flambeau.ops.special import polygamma as polygamma
from flambeau.ops.trigonometry import acos as acos
from flambeau.ops.trigonometry import acosh as acosh
from flambeau.ops.trigonometry import arccos as arccos
from flambeau.ops.trigonometry import arccosh as arccosh
from flambeau.ops.trigonometry import arcsin as arcsin
from flambeau.ops.trigonometry import arcsinh as arcsinh
from flambeau.ops.trigonometry import arctan as arctan
from flambeau.ops.trigonometry import arctan2 as arctan2
from flambeau.ops.trigonometry import arctanh as arctanh
from flambeau.ops.trigonometry import asin as asin
from flambeau.ops.trigonometry import asinh as asinh
from flambeau.ops.trigonometry import atan as atan
from flambeau.ops.trigonometry import atan2 as atan2
from flambeau.ops.trigonometry import atanh as atanh
from flambeau.ops.trigonometry import cos as cos
from flambeau.ops.trigonometry import cosh as cosh
from flambeau.ops.trigonometry import deg2rad as deg2rad
from flambeau.ops.trigonometry import hypot as hypot
from flambeau.ops.trigonometry import rad2deg as rad2deg
from flambeau.ops.trigonometry import sin as sin
from flambeau.ops.trigonometry import sinc as sinc
from flambeau.ops.trigonometry import sinh as sinh
from flambeau.ops.trigonometry import tan as tan
from flambeau.ops.trigonometry import tanh as tanh

# comparison
from flambeau.ops.comparison import allclose as allclose
from flambeau.ops.comparison import eq as eq
from flambeau.ops.comparison import equal as equal
from flambeau.ops.comparison import ge as ge
from flambeau.ops.comparison import greater as greater
from flambeau.ops.comparison import greater_equal as greater_equal
from flambeau.ops.comparison import gt as gt
from flambeau.ops.comparison import isclose as isclose
from flambeau.ops.comparison import isfinite as isfinite
from flambeau.ops.comparison import isinf as isinf
from flambeau.ops.comparison import isnan as isnan
from flambeau.ops.comparison import isneginf as isneginf
from flambeau.ops.comparison import isposinf as isposinf
from flambeau.ops.comparison import le as le
from flambeau.ops.comparison import less as less
from flambeau.ops.comparison import less_equal as less_equal
from flambeau.ops.comparison import logical_and as logical_and
from flambeau.ops.comparison import logical_not as logical_not
from flambeau.ops.comparison import logical_or as logical_or
from flambeau.ops.comparison import logical_xor as logical_xor
from flambeau.ops.comparison import lt as lt
from flambeau.ops.comparison import ne as ne
from flambeau.ops.comparison import not_equal as not_equal

# reduction
from flambeau.ops.cumulative import cummax as cummax
from flambeau.ops.cumulative import cummin as cummin
from flambeau.ops.cumulative import cumulative_trapezoid as cumulative_trapezoid
from flambeau.ops.cumulative import diff as diff
from flambeau.ops.cumulative import logcumsumexp as logcumsumexp
from flambeau.ops.cumulative import trapezoid as trapezoid
from flambeau.ops.cumulative import trapz as trapz
from flambeau.ops.distance import cdist as cdist
from flambeau.ops.distance import pdist as pdist
from flambeau.ops.extrema import amax as amax
from flambeau.ops.extrema import amin as amin
from flambeau.ops.extrema import aminmax as aminmax
from flambeau.ops.extrema import argmax as argmax
from flambeau.ops.extrema import argmin as argmin
from flambeau.ops.extrema import max as max
from flambeau.ops.extrema import min as min
from flambeau.ops.moments import corrcoef as corrcoef
from flambeau.ops.moments import cov as cov
from flambeau.ops.moments import std as std
from flambeau.ops.moments import std_mean as std_mean
from flambeau.ops.moments import var as var
from flambeau.ops.moments import var_mean as var_mean
from flambeau.ops.norms import dist as dist
from flambeau.ops.norms import norm as norm
from flambeau.ops.norms import renorm as renorm
from flambeau.ops.products import cumprod as cumprod
from flambeau.ops.products import cumsum as cumsum
from flambeau.ops.products import prod as prod
from flambeau.ops.quantiles import kthvalue as kthvalue
from flambeau.ops.quantiles import median as median
from flambeau.ops.quantiles import mode as mode
from flambeau.ops.quantiles import nanmedian as nanmedian
from flambeau.ops.quantiles import nanquantile as nanquantile
from flambeau.ops.quantiles import quantile as quantile
from flambeau.ops.reduction import all as all
from flambeau.ops.reduction import any as any
from flambeau.ops.reduction import count_nonzero as count_nonzero
from flambeau.ops.reduction import logsumexp as logsumexp
from flambeau.ops.reduction import mean as mean
from flambeau.ops.reduction import nanmean as nanmean
from flambeau.ops.reduction import nansum as nansum
from flambeau.ops.reduction import sum as sum

# shape and joining
from flambeau.ops.joining import block_diag as block_diag
from flambeau.ops.joining import cartesian_prod as cartesian_prod
from flambeau.ops.joining import cat as cat
from flambeau.ops.joining import column_stack as column_stack
from flambeau.ops.joining import combinations as combinations
from flambeau.ops.joining import concat as concat
from flambeau.ops.joining import concatenate as concatenate
from flambeau.ops.joining import dstack as dstack
from flambeau.ops.joining import hstack as hstack
from flambeau.ops.joining import meshgrid as meshgrid
from flambeau.ops.joining import row_stack as row_stack
from flambeau.ops.joining import stack as stack
from flambeau.ops.joining import vstack as vstack
from flambeau.ops.copies import alias_copy as alias_copy
from flambeau.ops.copies import as_strided_copy as as_strided_copy
from flambeau.ops.copies import diagonal_copy as diagonal_copy
from flambeau.ops.copies import expand_copy as expand_copy
from flambeau.ops.copies import permute_copy as permute_copy
from flambeau.ops.copies import select_copy as select_copy
from flambeau.ops.copies import split_copy as split_copy
from flambeau.ops.copies import split_with_sizes_copy as split_with_sizes_copy
from flambeau.ops.copies import squeeze_copy as squeeze_copy
from flambeau.ops.copies import t_copy as t_copy
from flambeau.ops.copies import transpose_copy as transpose_copy
from flambeau.ops.copies import unbind_copy as unbind_copy
from flambeau.ops.copies import unfold_copy as unfold_copy
from flambeau.ops.copies import unsqueeze_copy as unsqueeze_copy
from flambeau.ops.copies import view_copy as view_copy
from flambeau.ops.flipping import flip as flip
from flambeau.ops.flipping import fliplr as fliplr
from flambeau.ops.flipping import flipud as flipud
from flambeau.ops.flipping import repeat_interleave as repeat_interleave
from flambeau.ops.flipping import roll as roll
from flambeau.ops.flipping import rot90 as rot90
from flambeau.ops.flipping import tile as tile
from flambeau.ops.padding import constant_pad_nd as constant_pad_nd
from flambeau.ops.permutation import adjoint as adjoint
from flambeau.ops.permutation import moveaxis as moveaxis
from flambeau.ops.permutation import movedim as movedim
from flambeau.ops.permutation import permute as permute
from flambeau.ops.permutation import swapaxes as swapaxes
from flambeau.ops.permutation import swapdims as swapdims
from flambeau.ops.permutation import t as t
from flambeau.ops.permutation import transpose as transpose
from flambeau.ops.pixels import channel_shuffle as channel_shuffle
from flambeau.ops.pixels import pixel_shuffle as pixel_shuffle
from flambeau.ops.pixels import pixel_unshuffle as pixel_unshuffle
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
from flambeau.ops.strides import as_strided_scatter as as_strided_scatter
from flambeau.ops.strides import diag as diag
from flambeau.ops.strides import diag_embed as diag_embed
from flambeau.ops.strides import diagflat as diagflat
from flambeau.ops.strides import diagonal as diagonal

# indexing
from flambeau.ops.elements import as_strided_scatter as as_strided_scatter
from flambeau.ops.elements import put as put
from flambeau.ops.elements import take as take
from flambeau.ops.elements import take_along_dim as take_along_dim
from flambeau.ops.indexing import index_put as index_put
from flambeau.ops.masking import argwhere as argwhere
from flambeau.ops.masking import masked_fill as masked_fill
from flambeau.ops.masking import masked_scatter as masked_scatter
from flambeau.ops.masking import masked_select as masked_select
from flambeau.ops.masking import nonzero as nonzero
from flambeau.ops.masking import where as where
from flambeau.ops.parts import diagonal_scatter as diagonal_scatter
from flambeau.ops.parts import narrow as narrow
from flambeau.ops.parts import narrow_copy as narrow_copy
from flambeau.ops.parts import select as select
from flambeau.ops.parts import select_scatter as select_scatter
from flambeau.ops.parts import slice_scatter as slice_scatter
from flambeau.ops.rows import index_add as index_add
from flambeau.ops.rows import index_copy as index_copy
from flambeau.ops.rows import index_fill as index_fill
from flambeau.ops.rows import index_select as index_select
from flambeau.ops.scatter import gather as gather
from flambeau.ops.scatter import scatter as scatter
from flambeau.ops.scatter import scatter_add as scatter_add
from flambeau.ops.scatter_reduce import index_reduce as index_reduce
from flambeau.ops.scatter_reduce import scatter_reduce as scatter_reduce

# sorting
from flambeau.ops.counting import bincount as bincount
from flambeau.ops.counting import histc as histc
from flambeau.ops.sorting import argsort as argsort
from flambeau.ops.sorting import bucketize as bucketize
from flambeau.ops.sorting import msort as msort
from flambeau.ops.sorting import searchsorted as searchsorted
from flambeau.ops.sorting import sort as sort
from flambeau.ops.sorting import topk as topk
from flambeau.ops.unique import unique as unique
from flambeau.ops.unique import unique_consecutive as unique_consecutive

# matrices
from flambeau.ops.linalg import addbmm as addbmm
from flambeau.ops.linalg import addmm as addmm
from flambeau.ops.linalg import addmv as addmv
from flambeau.ops.linalg import addr as addr
from flambeau.ops.linalg import baddbmm as baddbmm
from flambeau.ops.linalg import bmm as bmm
from flambeau.ops.linalg import dot as dot
from flambeau.ops.linalg import ger as ger
from flambeau.ops.linalg import matmul as matmul
from flambeau.ops.linalg import mm as mm
from flambeau.ops.linalg import mv as mv
from flambeau.ops.linalg import outer as outer

# activation, normalization, loss

# random
from flambeau.core.random import Generator as Generator
from flambeau.core.random import default_generator as default_generator
from flambeau.core.random import get_rng_state as get_rng_state
from flambeau.core.random import initial_seed as initial_seed
from flambeau.core.random import manual_seed as manual_seed
from flambeau.core.random import seed as seed
from flambeau.core.random import set_rng_state as set_rng_state
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

if TYPE_CHECKING:
    from flambeau import autograd as autograd
    from flambeau import cuda as cuda
    from flambeau import nn as nn
    from flambeau import optim as optim
    from flambeau import random as random
    from flambeau import utils as utils

__version__ = "0.1.0"

_LAZY = frozenset({"autograd", "cuda", "fft", "func", "linalg", "nn", "optim", "random", "serialization", "special",
                   "utils", "vision"})
_LAZY_NAMES = {"save": "serialization", "load": "serialization"}


def __getattr__(name: str) -> Any:
    """Import a part of the package when it is first asked for, so that `import flambeau` stays instant."""
    if name in _LAZY:
        return importlib.import_module(f"flambeau.{name}")
    if name in _LAZY_NAMES:
        return getattr(importlib.import_module(f"flambeau.{_LAZY_NAMES[name]}"), name)
    raise AttributeError(f"module 'flambeau' has no attribute {name!r}")
