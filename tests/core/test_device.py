"""Device names, and clear errors where there is no GPU."""
from __future__ import annotations

import pickle

import pytest

import flambeau as torch

no_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")


def test_devices_are_named_in_every_way():
    assert str(torch.device("cuda:1")) == str(torch.device("cuda", 1)) == str(torch.device(1)) == "cuda:1"
    assert repr(torch.device("cpu")) == "device(type='cpu')"
    assert torch.device("cuda:0") != torch.device("cuda")
    assert pickle.loads(pickle.dumps(torch.device("cuda:1"))) == torch.device("cuda:1")


@pytest.mark.parametrize("name", ["gpu", "cuda:", "cuda:x", ""])
def test_a_device_that_does_not_exist_is_refused(name):
    with pytest.raises(RuntimeError, match="Invalid device string"):
        torch.device(name)


@no_gpu
@pytest.mark.parametrize("move", [lambda x: x.to("cuda:0"), lambda x: x.cuda(), lambda x: x.to(),
                                  lambda x: torch.zeros(1, device="cuda")])
def test_without_a_gpu_the_error_says_what_to_install(move):
    with pytest.raises((AssertionError, RuntimeError), match=r"flambeau\[cuda\]|GPU"):
        move(torch.ones(1))


def test_to_returns_the_tensor_itself_when_nothing_changes():
    x = torch.ones(2)
    assert x.to("cpu") is x
    assert x.to(torch.float32) is x
    assert x.to("cpu", torch.float64).dtype == torch.float64
    assert x.to(x, copy=True) is not x


def test_the_default_device_is_each_threads_own():
    from concurrent.futures import ThreadPoolExecutor

    with torch.device("cuda:5"), ThreadPoolExecutor(1) as thread:
        assert str(thread.submit(lambda: torch.ones(1)).result().device) == "cpu"
