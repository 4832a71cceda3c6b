"""Complex numbers: their parts, how they are put together, and how they turn."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import namespace_of, strided_view
from flambeau.core.promotion import COMPLEX64, COMPLEX128, FLOAT32, FLOAT64
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.layout import as_operands
from flambeau.dispatch.op import TO_FLOAT, composite, op
from flambeau.ops.flat import flat
from flambeau.ops.masking import masked_fill
from flambeau.ops.refusals import COMPLEX

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def is_complex(input: Tensor) -> bool:
    """Say whether a tensor (or an array) holds complex numbers.

    >>> is_complex(randn(2))
    """
    array: Any = input._array if isinstance(input, TensorBase) else input
    return getattr(array, "dtype", None) is not None and array.dtype.kind == COMPLEX


@op(view=True, complex_rules=True, grad={"input": lambda g: g}, grad_name="RealBackward0")
def _real(input: Tensor) -> Tensor:
    return input.real


def real(input: Tensor) -> Tensor:
    """Return the real parts, as a view; a real tensor is its own.

    >>> real(randn(2, 3))
    """
    return _real(input) if is_complex(input) else input


@op(view=True, complex_rules=True, grad={"input": lambda g: g * 1j})
def imag(input: Tensor) -> Tensor:
    """Return the imaginary parts of a complex tensor, as a view."""
    if input.dtype.kind != COMPLEX:
        raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")
    return input.imag


@op(complex_rules=True, grad={"input": lambda g: conj(g)}, grad_name="ConjBackward0")
def _conj(input: Tensor) -> Tensor:
    return input.conj()


def conj(input: Tensor) -> Tensor:
    """Change the sign of the imaginary parts; a real tensor is returned as it is.

    >>> conj(randn(2, 3))
    """
    return _conj(input) if is_complex(input) else input


@composite
def conj_physical(input: Tensor) -> Tensor:
    """Change the sign of the imaginary parts.

    >>> conj_physical(randn(2, 3))
    """
    return conj(input)


def resolve_conj(input: Tensor) -> Tensor:
    """Return `input`: no conjugation is put off here.

    >>> resolve_conj(randn(3))
    """
    return input


def resolve_neg(input: Tensor) -> Tensor:
    """Return `input`: no negation is put off here.

    >>> resolve_neg(randn(3))
    """
    return input


def is_conj(input: Tensor) -> bool:
    """Say whether a conjugation was put off: never.

    >>> is_conj(randn(3))
    """
    return False


is_neg = is_conj


@op(promote=TO_FLOAT, complex_rules=True, grad={"input": lambda g, input: _angle_slope(g, input)})
def angle(input: Tensor) -> Tensor:
    """Return the angles of complex numbers, in radians; those of real numbers are 0 or π.

    >>> angle(randn(2, 3))
    """
    xp = namespace_of(input)
    if input.dtype.kind == COMPLEX:
        return xp.angle(input)
    angles = xp.where(input < 0, xp.asarray(xp.pi, input.dtype), xp.zeros((), input.dtype))
    return xp.where(xp.isnan(input), input, angles)


def _angle_slope(g: Tensor, input: Tensor) -> Tensor:
    if not is_complex(input):
        return flat(g)
    return masked_fill(g * input / real(input * conj(input)) * 1j, input == 0, 0.0)


@op(layout=as_operands, complex_rules=True, grad={"real": lambda g: real(g), "imag": lambda g: imag(g)})
def complex(real: Tensor, imag: Tensor) -> Tensor:
    """Put complex numbers together from their parts."""
    if real.dtype not in _COMPLEX_OF or imag.dtype not in _COMPLEX_OF:
        raise RuntimeError("Expected both inputs to be Float or Double tensors but got "
                           f"{pytorch_name(real.dtype)} and {pytorch_name(imag.dtype)}")
    if real.dtype != imag.dtype:
        raise RuntimeError(f"Expected object of scalar type {pytorch_name(real.dtype)} but got scalar type "
                           f"{pytorch_name(imag.dtype)} for second argument")
    xp = namespace_of(real)
    result = xp.empty(xp.broadcast_shapes(real.shape, imag.shape), _COMPLEX_OF[real.dtype])
    result.real, result.imag = real, imag
    return result


_COMPLEX_OF = {FLOAT32: COMPLEX64, FLOAT64: COMPLEX128}


@op(layout=as_operands, complex_rules=True, grad={
    "abs": lambda g, out: _outward(g, out),
    "angle": lambda g, out: real(conj(g) * out * 1j),
})
def polar(abs: Tensor, angle: Tensor) -> Tensor:
    """Put complex numbers together from distances and angles."""
    if abs.dtype != angle.dtype:
        raise RuntimeError(f"polar(): distances of {abs.dtype} and angles of {angle.dtype} must be of one dtype")
    if abs.dtype.kind not in "fV":
        raise RuntimeError("Expected both inputs to be Half, Float or Double tensors but got "
                           f"{pytorch_name(abs.dtype)} and {pytorch_name(angle.dtype)}")
    xp = namespace_of(abs)
    return complex(abs * xp.cos(angle), abs * xp.sin(angle))


def _outward(g: Tensor, out: Tensor) -> Tensor:
    """What moves a number away from zero. By convention nothing does at zero, and a distance below it counts as above."""
    from flambeau.ops.rounding import sgn

    return real(conj(g) * sgn(out))


@op(complex_rules=True, grad={"input": lambda g: view_as_real(g)})
def _from_pairs(input: Tensor) -> Tensor:
    """As `view_as_complex`, of memory in any order."""
    input = namespace_of(input).ascontiguousarray(input)
    return input.view(_COMPLEX_OF[input.dtype])[..., 0]


@op(view=True, complex_rules=True, grad={"input": lambda g: _from_pairs(g)})
def view_as_real(input: Tensor) -> Tensor:
    """Look at complex numbers as pairs of real ones, in a last dim."""
    if input.dtype.kind != COMPLEX:
        raise RuntimeError("view_as_real is only supported for complex tensors")
    return strided_view(input.real, (*input.shape, 2), (*input.strides, input.itemsize // 2))


@op(view=True, complex_rules=True, grad={"input": lambda g: view_as_real(g)})
def view_as_complex(input: Tensor) -> Tensor:
    """Look at pairs of real numbers, in the last dim, as complex ones."""
    if input.dtype not in _COMPLEX_OF:
        raise RuntimeError("view_as_complex is only supported for half, float and double tensors, but got a tensor of "
                           f"scalar type: {pytorch_name(input.dtype)}")
    if not input.ndim or input.shape[-1] != 2:
        raise RuntimeError("Tensor must have a last dimension of size 2" if input.ndim else
                           "Input tensor must have one or more dimensions")
    if input.strides[-1] != input.itemsize or any(stride % (2 * input.itemsize) for stride in input.strides[:-1]):
        raise RuntimeError("Tensor must have a last dimension with stride 1, and strides divisible by 2 in the others; "
                           "make it contiguous first")
    return input.view(_COMPLEX_OF[input.dtype])[..., 0]


@op(layout=as_operands)
def isreal(input: Tensor) -> Tensor:
    """Say which elements have no imaginary part.

    >>> isreal(randn(3))
    """
    return namespace_of(input).isreal(input)
