"""NumPy's functions on tensors that need a gradient: NumPy's numbers, on the tape."""
from __future__ import annotations

from pathlib import Path

import fake_cupy
import numpy as np
import pytest

import flambeau as torch

CALLS = Path(__file__).with_name("numpy_calls.txt").read_text(encoding="utf-8").splitlines()
UNARY = """abs absolute arccos arcsin arcsinh arctan arctanh cbrt ceil conjugate cos cosh deg2rad degrees exp exp2 expm1 fabs
floor isfinite isinf isnan log log10 log1p log2 logical_not modf negative positive rad2deg radians reciprocal rint sign signbit
sin sinh sqrt square tan tanh trunc"""
BINARY = """add arctan2 copysign divide divmod equal float_power floor_divide fmax fmin fmod greater greater_equal hypot less
less_equal logaddexp logaddexp2 logical_and logical_or logical_xor maximum minimum multiply nextafter not_equal power remainder
subtract"""


def values():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    return {"A": a, "B": b, "V": rng.normal(size=6), "W": rng.uniform(.1, .9, size=(2, 3)), "X": rng.normal(size=(2, 3, 4)),
            "P": a @ a.T + 3 * np.eye(3), "N": np.array([1., np.nan, 3., 2.]), "Z": a + 1j * b}


ARRAYS = values()
MASK = ARRAYS["A"] > 0


def is_known(call):
    """Say whether this version of NumPy has the function."""
    return hasattr(np, call.removeprefix("np.").partition("(")[0].partition(".")[0])


def evaluate(call, arrays):
    return eval(call, {"np": np, "M": MASK, **arrays})  # noqa: S307  the calls are in the file beside


def leaves(**options):
    return {name: torch.tensor(value, requires_grad=True, **options) for name, value in ARRAYS.items()}


def parts(result):
    return [leaf for part in result for leaf in parts(part)] if isinstance(result, tuple | list) else [result]


def check(call, tensors):
    wanted, got = parts(evaluate(call, ARRAYS)), parts(evaluate(call, tensors))
    assert len(wanted) == len(got)
    for one, other in zip(wanted, got, strict=True):
        if not isinstance(one, np.ndarray | np.generic):
            assert one == other
            continue
        array = other.detach().cpu().numpy() if isinstance(other, torch.Tensor) else np.asarray(other)
        assert (array.dtype, array.shape) == (one.dtype, one.shape)
        np.testing.assert_allclose(array, one, rtol=1e-7, atol=1e-12)
        if one.dtype.kind in "fc" and "like" not in call and call != "np.imag(A)":
            assert other.requires_grad


@pytest.mark.parametrize("call", list(filter(is_known, CALLS)))
def test_a_function_of_numpy_gives_its_numbers_and_carries_the_gradient(call):
    check(call, leaves())


@pytest.mark.parametrize("name", UNARY.split())
def test_a_ufunc_of_one_gives_numpys_numbers(name):
    check(f"np.{name}(W)", leaves())


@pytest.mark.parametrize("name", BINARY.split())
@pytest.mark.parametrize("inputs", ["W, W[0]", "W, 2.0", "2.0, W", "W, np.ones(3)", "np.ones(3), W"])
def test_a_ufunc_of_two_gives_numpys_numbers(name, inputs):
    check(f"np.{name}({inputs})", leaves())


@pytest.mark.parametrize("call", [
    "np.exp(A)", "np.maximum(A, 0.)", "np.sum(X, axis=(0, 1))", "np.concatenate([A, B], axis=1)", "np.stack([A, B])",
    "np.einsum('ij,jk->ik', A, B)", "np.linalg.norm(A)", "np.median(X, axis=1)", "np.add.accumulate(A)",
    "np.transpose(X, (1, 0, 2))", "np.block([[A, B], [B, 2. * A]])", "np.ndim(A)", "np.size(X)", "np.clip(A, 0, 1)",
])
def test_tensors_of_a_gpu_stay_there(call):
    with fake_cupy.installed():
        tensors = leaves(device="cuda")
        results = parts(evaluate(call, tensors))
        assert all(result.is_cuda for result in results if isinstance(result, torch.Tensor))
        check(call, tensors)


def test_the_gradient_is_that_of_the_formula():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    loss = np.sum(np.concatenate([np.exp(x), x * np.array([3.0, 4.0], "f4")]) ** 2)
    loss.backward()
    np.testing.assert_allclose(x.grad.numpy(), 2 * np.exp([2.0, 4.0]) + 2 * np.array([1.0, 2.0]) * [9, 16], rtol=1e-6)


def test_a_gradient_can_be_differentiated_again():
    x = torch.tensor(0.5, requires_grad=True)
    slope, = torch.autograd.grad(np.sin(x), x, create_graph=True)
    curve, = torch.autograd.grad(slope, x)
    assert curve.item() == pytest.approx(-np.sin(0.5))


def test_bfloat16_which_numpy_has_not_is_computed_by_ops():
    x = torch.tensor([1.0, 2.0], dtype=torch.bfloat16)
    assert [np.exp(x).dtype, np.add(x, 1.0).dtype, np.sum(x).dtype] == [torch.bfloat16] * 3
    assert np.concatenate([x, x]).tolist() == [1, 2, 1, 2]


def test_what_has_no_stand_in_says_what_to_do():
    x = torch.ones(3, requires_grad=True)
    with pytest.raises(RuntimeError, match=r"requires grad.*numpy\.unique.*torch\.unique takes tensors"):
        np.unique(x)
    with pytest.raises(RuntimeError, match=r"numpy\.spacing"):
        np.spacing(x)
    with pytest.raises(ValueError, match=r"cannot select an axis to squeeze out"):
        np.squeeze(x, axis=0)
    with pytest.raises(TypeError, match=r"pad: mode 'mean'"):
        np.pad(x, 1, mode="mean")


def test_an_array_as_out_would_lose_the_gradient():
    x, out = torch.ones(2, requires_grad=True), np.zeros(2)
    for call in (lambda: np.add(x, 1, out=out), lambda: np.sum(x, out=np.zeros(())), lambda: np.copyto(out, x),
                 lambda: out.__iadd__(x)):
        with pytest.raises(RuntimeError, match="grad"):
            call()
    assert out.tolist() == [0, 0]


def test_a_tensor_as_out_takes_the_result_and_its_gradient():
    x, out = torch.ones(2, dtype=torch.float64, requires_grad=True), torch.zeros(2, dtype=torch.float64)
    assert np.multiply(x, 3, out=out) is out
    out.sum().backward()
    assert x.grad.tolist() == [3, 3]
    with pytest.raises(TypeError, match="does not fit"):
        np.multiply(x, 3.5, out=torch.zeros(2, dtype=torch.int64))


def test_add_at_adds_every_time_and_gives_the_gradient_back():
    table, x = torch.zeros(3), torch.ones(4, requires_grad=True)
    np.add.at(table, [0, 0, 2, 0], x)
    assert table.tolist() == [3, 0, 1]
    (table * torch.tensor([1.0, 2.0, 3.0])).sum().backward()
    assert x.grad.tolist() == [1, 1, 3, 1]
