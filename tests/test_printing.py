"""Tensors in text: PyTorch 2.13's own answers, character by character."""
from __future__ import annotations

import doctest
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import flambeau as torch
from flambeau.tensor import printing

TRANSCRIPT = """
# numbers alone
>>> torch.tensor(3.0)
tensor(3.)
>>> torch.tensor(3.25)
tensor(3.2500)
>>> torch.tensor(-7)
tensor(-7)
>>> torch.tensor(True)
tensor(True)
>>> torch.tensor(1e-9)
tensor(1.0000e-09)
>>> torch.tensor(1e9)
tensor(1.0000e+09)
>>> torch.tensor(1.5 - 2.0j)
tensor(1.5000-2.j)
>>> torch.tensor(float("nan"))
tensor(nan)
# whole floats end in a point, others have four digits
>>> torch.tensor([1.0, -2.0, 30.0])
tensor([ 1., -2., 30.])
>>> torch.tensor([1.0, 2.5, -30.125])
tensor([  1.0000,   2.5000, -30.1250])
>>> torch.tensor([0.1, 0.25])
tensor([0.1000, 0.2500])
>>> torch.tensor([-0.0, 0.0])
tensor([-0., 0.])
>>> torch.tensor([1000.0, 1.0])
tensor([1000.,    1.])
# far apart, small or large numbers go scientific
>>> torch.tensor([1001.5, 1.0])
tensor([1.0015e+03, 1.0000e+00])
>>> torch.tensor([1e-5, 0.5])
tensor([1.0000e-05, 5.0000e-01])
>>> torch.tensor([1e-4, 0.05])
tensor([1.0000e-04, 5.0000e-02])
>>> torch.tensor([123456789.0])
tensor([1.2346e+08])
>>> torch.tensor([99999999.0])
tensor([100000000.])
>>> torch.tensor([2e8, 1.0])
tensor([2.0000e+08, 1.0000e+00])
>>> torch.tensor([0.0, 1e-12])
tensor([0.0000e+00, 1.0000e-12])
# what is not finite has no say
>>> torch.tensor([float("nan"), float("inf"), -float("inf")])
tensor([nan, inf, -inf])
>>> torch.tensor([float("nan"), 1.0])
tensor([nan, 1.])
>>> torch.tensor([float("-inf"), 1.5])
tensor([  -inf, 1.5000])
>>> torch.tensor([float("inf"), 1e-6])
tensor([       inf, 1.0000e-06])
# dtypes
>>> torch.tensor([1, 20, -300])
tensor([   1,   20, -300])
>>> torch.tensor([True, False])
tensor([ True, False])
>>> torch.tensor([1, 2], dtype=torch.uint8)
tensor([1, 2], dtype=torch.uint8)
>>> torch.tensor([1, -2], dtype=torch.int32)
tensor([ 1, -2], dtype=torch.int32)
>>> torch.tensor([1.0, 2.5], dtype=torch.float64)
tensor([1.0000, 2.5000], dtype=torch.float64)
>>> torch.tensor([1.0, 0.1], dtype=torch.float16)
tensor([1.0000, 0.1000], dtype=torch.float16)
>>> torch.tensor([1.0, 0.1], dtype=torch.bfloat16)
tensor([1.0000, 0.1001], dtype=torch.bfloat16)
>>> torch.tensor(0.1, dtype=torch.bfloat16)
tensor(0.1001, dtype=torch.bfloat16)
>>> torch.tensor([1.0 + 2.0j, -0.5j])
tensor([1.+2.0000j, -0.-0.5000j])
>>> torch.tensor([1 + 2j, 3 - 4j])
tensor([1.+2.j, 3.-4.j])
>>> torch.tensor([1e-6 + 1j, complex("nan")])
tensor([1.0000e-06+1.j,        nan+0.j])
>>> torch.tensor([[1 + 2.5j]], dtype=torch.complex128)
tensor([[1.+2.5000j]], dtype=torch.complex128)
# nothing
>>> torch.tensor([])
tensor([])
>>> torch.tensor([], dtype=torch.int64)
tensor([], dtype=torch.int64)
>>> of(np.zeros((0, 3), "f4"))
tensor([], size=(0, 3))
>>> of(np.zeros((2, 0), "i8"))
tensor([], size=(2, 0), dtype=torch.int64)
>>> of(np.zeros((2, 0, 3), "?"))
tensor([], size=(2, 0, 3), dtype=torch.bool)
# brackets
>>> torch.tensor([[1.0, 2.0], [3.0, 4.5]])
tensor([[1.0000, 2.0000],
        [3.0000, 4.5000]])
>>> of(np.arange(12).reshape(2, 3, 2))
tensor([[[ 0,  1],
         [ 2,  3],
         [ 4,  5]],
<BLANKLINE>
        [[ 6,  7],
         [ 8,  9],
         [10, 11]]])
>>> of(np.arange(8.0, dtype="f4").reshape(2, 2, 1, 2))
tensor([[[[0., 1.]],
<BLANKLINE>
         [[2., 3.]]],
<BLANKLINE>
<BLANKLINE>
        [[[4., 5.]],
<BLANKLINE>
         [[6., 7.]]]])
# lines break where they are full
>>> of(np.arange(30.0, dtype="f4"))
tensor([ 0.,  1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10., 11., 12., 13.,
        14., 15., 16., 17., 18., 19., 20., 21., 22., 23., 24., 25., 26., 27.,
        28., 29.])
>>> of(np.arange(40).reshape(2, 20) * 1000)
tensor([[    0,  1000,  2000,  3000,  4000,  5000,  6000,  7000,  8000,  9000,
         10000, 11000, 12000, 13000, 14000, 15000, 16000, 17000, 18000, 19000],
        [20000, 21000, 22000, 23000, 24000, 25000, 26000, 27000, 28000, 29000,
         30000, 31000, 32000, 33000, 34000, 35000, 36000, 37000, 38000, 39000]])
>>> of(np.arange(12).reshape(1, 1, 12) * 100000)
tensor([[[      0,  100000,  200000,  300000,  400000,  500000,  600000,
           700000,  800000,  900000, 1000000, 1100000]]])
>>> of(np.linspace(0, 1, 10) + 1j)
tensor([0.0000+1.j, 0.1111+1.j, 0.2222+1.j, 0.3333+1.j, 0.4444+1.j, 0.5556+1.j,
        0.6667+1.j, 0.7778+1.j, 0.8889+1.j, 1.0000+1.j],
       dtype=torch.complex128)
# more than a thousand elements are summed up
>>> of(np.arange(1001))
tensor([   0,    1,    2,  ...,  998,  999, 1000])
>>> of(np.arange(1001.0).reshape(7, 143) / 3)
tensor([[  0.0000,   0.3333,   0.6667,  ...,  46.6667,  47.0000,  47.3333],
        [ 47.6667,  48.0000,  48.3333,  ...,  94.3333,  94.6667,  95.0000],
        [ 95.3333,  95.6667,  96.0000,  ..., 142.0000, 142.3333, 142.6667],
        ...,
        [190.6667, 191.0000, 191.3333,  ..., 237.3333, 237.6667, 238.0000],
        [238.3333, 238.6667, 239.0000,  ..., 285.0000, 285.3333, 285.6667],
        [286.0000, 286.3333, 286.6667,  ..., 332.6667, 333.0000, 333.3333]],
       dtype=torch.float64)
>>> of(np.arange(2000, dtype="f4").reshape(10, 10, 20))
tensor([[[0.0000e+00, 1.0000e+00, 2.0000e+00,  ..., 1.7000e+01,
          1.8000e+01, 1.9000e+01],
         [2.0000e+01, 2.1000e+01, 2.2000e+01,  ..., 3.7000e+01,
          3.8000e+01, 3.9000e+01],
         [4.0000e+01, 4.1000e+01, 4.2000e+01,  ..., 5.7000e+01,
          5.8000e+01, 5.9000e+01],
         ...,
         [1.4000e+02, 1.4100e+02, 1.4200e+02,  ..., 1.5700e+02,
          1.5800e+02, 1.5900e+02],
         [1.6000e+02, 1.6100e+02, 1.6200e+02,  ..., 1.7700e+02,
          1.7800e+02, 1.7900e+02],
         [1.8000e+02, 1.8100e+02, 1.8200e+02,  ..., 1.9700e+02,
          1.9800e+02, 1.9900e+02]],
<BLANKLINE>
        [[2.0000e+02, 2.0100e+02, 2.0200e+02,  ..., 2.1700e+02,
          2.1800e+02, 2.1900e+02],
         [2.2000e+02, 2.2100e+02, 2.2200e+02,  ..., 2.3700e+02,
          2.3800e+02, 2.3900e+02],
         [2.4000e+02, 2.4100e+02, 2.4200e+02,  ..., 2.5700e+02,
          2.5800e+02, 2.5900e+02],
         ...,
         [3.4000e+02, 3.4100e+02, 3.4200e+02,  ..., 3.5700e+02,
          3.5800e+02, 3.5900e+02],
         [3.6000e+02, 3.6100e+02, 3.6200e+02,  ..., 3.7700e+02,
          3.7800e+02, 3.7900e+02],
         [3.8000e+02, 3.8100e+02, 3.8200e+02,  ..., 3.9700e+02,
          3.9800e+02, 3.9900e+02]],
<BLANKLINE>
        [[4.0000e+02, 4.0100e+02, 4.0200e+02,  ..., 4.1700e+02,
          4.1800e+02, 4.1900e+02],
         [4.2000e+02, 4.2100e+02, 4.2200e+02,  ..., 4.3700e+02,
          4.3800e+02, 4.3900e+02],
         [4.4000e+02, 4.4100e+02, 4.4200e+02,  ..., 4.5700e+02,
          4.5800e+02, 4.5900e+02],
         ...,
         [5.4000e+02, 5.4100e+02, 5.4200e+02,  ..., 5.5700e+02,
          5.5800e+02, 5.5900e+02],
         [5.6000e+02, 5.6100e+02, 5.6200e+02,  ..., 5.7700e+02,
          5.7800e+02, 5.7900e+02],
         [5.8000e+02, 5.8100e+02, 5.8200e+02,  ..., 5.9700e+02,
          5.9800e+02, 5.9900e+02]],
<BLANKLINE>
        ...,
<BLANKLINE>
        [[1.4000e+03, 1.4010e+03, 1.4020e+03,  ..., 1.4170e+03,
          1.4180e+03, 1.4190e+03],
         [1.4200e+03, 1.4210e+03, 1.4220e+03,  ..., 1.4370e+03,
          1.4380e+03, 1.4390e+03],
         [1.4400e+03, 1.4410e+03, 1.4420e+03,  ..., 1.4570e+03,
          1.4580e+03, 1.4590e+03],
         ...,
         [1.5400e+03, 1.5410e+03, 1.5420e+03,  ..., 1.5570e+03,
          1.5580e+03, 1.5590e+03],
         [1.5600e+03, 1.5610e+03, 1.5620e+03,  ..., 1.5770e+03,
          1.5780e+03, 1.5790e+03],
         [1.5800e+03, 1.5810e+03, 1.5820e+03,  ..., 1.5970e+03,
          1.5980e+03, 1.5990e+03]],
<BLANKLINE>
        [[1.6000e+03, 1.6010e+03, 1.6020e+03,  ..., 1.6170e+03,
          1.6180e+03, 1.6190e+03],
         [1.6200e+03, 1.6210e+03, 1.6220e+03,  ..., 1.6370e+03,
          1.6380e+03, 1.6390e+03],
         [1.6400e+03, 1.6410e+03, 1.6420e+03,  ..., 1.6570e+03,
          1.6580e+03, 1.6590e+03],
         ...,
         [1.7400e+03, 1.7410e+03, 1.7420e+03,  ..., 1.7570e+03,
          1.7580e+03, 1.7590e+03],
         [1.7600e+03, 1.7610e+03, 1.7620e+03,  ..., 1.7770e+03,
          1.7780e+03, 1.7790e+03],
         [1.7800e+03, 1.7810e+03, 1.7820e+03,  ..., 1.7970e+03,
          1.7980e+03, 1.7990e+03]],
<BLANKLINE>
        [[1.8000e+03, 1.8010e+03, 1.8020e+03,  ..., 1.8170e+03,
          1.8180e+03, 1.8190e+03],
         [1.8200e+03, 1.8210e+03, 1.8220e+03,  ..., 1.8370e+03,
          1.8380e+03, 1.8390e+03],
         [1.8400e+03, 1.8410e+03, 1.8420e+03,  ..., 1.8570e+03,
          1.8580e+03, 1.8590e+03],
         ...,
         [1.9400e+03, 1.9410e+03, 1.9420e+03,  ..., 1.9570e+03,
          1.9580e+03, 1.9590e+03],
         [1.9600e+03, 1.9610e+03, 1.9620e+03,  ..., 1.9770e+03,
          1.9780e+03, 1.9790e+03],
         [1.9800e+03, 1.9810e+03, 1.9820e+03,  ..., 1.9970e+03,
          1.9980e+03, 1.9990e+03]]])
>>> of(np.arange(1010).reshape(505, 2))
tensor([[   0,    1],
        [   2,    3],
        [   4,    5],
        ...,
        [1004, 1005],
        [1006, 1007],
        [1008, 1009]])
# the tape
>>> torch.tensor([1.0, 2.0], requires_grad=True)
tensor([1., 2.], requires_grad=True)
>>> torch.tensor([1.0, 2.0], requires_grad=True) * 2
tensor([2., 4.], grad_fn=<MulBackward0>)
>>> torch.tensor([[1.0, 2.0]], requires_grad=True)[0]
tensor([1., 2.], grad_fn=<SelectBackward0>)
>>> torch.tensor(1.0, requires_grad=True) + 1
tensor(2., grad_fn=<AddBackward0>)
>>> of(np.arange(22.0, dtype="f4") + 0.5).requires_grad_()
tensor([ 0.5000,  1.5000,  2.5000,  3.5000,  4.5000,  5.5000,  6.5000,  7.5000,
         8.5000,  9.5000, 10.5000, 11.5000, 12.5000, 13.5000, 14.5000, 15.5000,
        16.5000, 17.5000, 18.5000, 19.5000, 20.5000, 21.5000],
       requires_grad=True)
>>> of(np.arange(7.0) / 7).requires_grad_()
tensor([0.0000, 0.1429, 0.2857, 0.4286, 0.5714, 0.7143, 0.8571],
       dtype=torch.float64, requires_grad=True)
# options
>>> printed(of(np.arange(4.0) / 7), precision=2)
tensor([0.00, 0.14, 0.29, 0.43], dtype=torch.float64)
>>> printed(of(np.arange(4.0) / 7), precision=0)
tensor([0, 0, 0, 0], dtype=torch.float64)
>>> printed(of(np.arange(4.0) / 7), sci_mode=True)
tensor([0.0000e+00, 1.4286e-01, 2.8571e-01, 4.2857e-01], dtype=torch.float64)
>>> printed(torch.tensor([1e-9, 1.0]), sci_mode=False)
tensor([0.0000, 1.0000])
>>> printed(torch.tensor([1.0, 2.0]), sci_mode=True)
tensor([1.0000e+00, 2.0000e+00])
>>> printed(of(np.arange(8.0, dtype="f4") / 7), linewidth=30)
tensor([0.0000, 0.1429,
        0.2857, 0.4286,
        0.5714, 0.7143,
        0.8571, 1.0000])
>>> printed(of(np.arange(8)), threshold=5)
tensor([0, 1, 2,  ..., 5, 6, 7])
>>> printed(of(np.arange(30).reshape(5, 6)), threshold=5, edgeitems=1)
tensor([[ 0,  ...,  5],
        ...,
        [24,  ..., 29]])
>>> printed(of(np.arange(30).reshape(5, 6)), threshold=5, edgeitems=0)
tensor([...], size=(5, 6))
>>> printed(of(np.arange(4.0, dtype="f4") / 7), profile="short")
tensor([0.00, 0.14, 0.29, 0.43])
>>> printed(of(np.arange(1001) % 2), profile="full", linewidth=1600, edgeitems=9)[:30]
tensor([0, 1, 0, 1, 0, 1, 0, 1
"""

EXAMPLES = doctest.DocTestParser().get_examples(TRANSCRIPT.replace("\n#", "\n\n#"))


@pytest.fixture(autouse=True)
def default_options() -> Iterator[None]:
    yield
    printing.set_printoptions(profile="default")


def printed(tensor: Any, **options: Any) -> str:
    with printing.printoptions(**options):
        return repr(tensor)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.source.strip())
def test_a_tensor_prints_as_in_pytorch(example: doctest.Example) -> None:
    words = {"torch": torch, "np": np, "of": torch.from_numpy, "printed": printed}
    shown = eval(example.source, words)  # the transcript above
    text = shown if isinstance(shown, str) else repr(shown)
    assert text == example.want.rstrip("\n").replace("<BLANKLINE>", "")


def test_in_a_text_a_tensor_of_one_number_is_the_number() -> None:
    assert f"{torch.tensor(1.5)} {torch.tensor(2)} {torch.tensor(1.25):.1f}" == "1.5 2 1.2"
    assert f"{torch.tensor([1.5])}" == "tensor([1.5000])"
    assert f"{torch.nn.Parameter(torch.tensor(1.5))}".startswith("Parameter containing:")


def test_a_huge_tensor_prints_without_being_read() -> None:
    never_touched = np.lib.stride_tricks.as_strided(np.zeros(1), (10**6, 10**6), (0, 0))
    assert "..." in printing.format_array(never_touched, printing.Options())


def test_options_that_are_not_named_stay() -> None:
    printing.set_printoptions(precision=2, edgeitems=5)
    printing.set_printoptions(linewidth=100)
    assert printing.get_printoptions() == {
        "precision": 2, "threshold": 1000, "edgeitems": 5, "linewidth": 100, "sci_mode": None}


def test_a_profile_replaces_all_options() -> None:
    printing.set_printoptions(precision=2, linewidth=20)
    printing.set_printoptions(profile="full", edgeitems=1)
    assert printing.get_printoptions() == {
        "precision": 4, "threshold": float("inf"), "edgeitems": 1, "linewidth": 80, "sci_mode": None}


def test_options_return_after_the_with_block_even_on_an_error() -> None:
    with pytest.raises(ZeroDivisionError), printing.printoptions(precision=1):
        raise ZeroDivisionError
    assert printing.get_printoptions()["precision"] == 4


def test_a_subclass_prints_under_its_own_name() -> None:
    class Weights(torch.Tensor):
        pass

    array = np.arange(25)
    weights = Weights()
    weights._array, weights._requires_grad, weights._node, weights._view = array, False, None, None
    assert repr(weights).splitlines()[0].startswith("Weights([ 0,  1,")
    assert repr(weights).splitlines()[1].startswith("         18,")
