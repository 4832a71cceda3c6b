"""Optimizers with parameters on a GPU, real and pretended: nothing of theirs comes back to the host but counts of steps."""
from __future__ import annotations

import numpy
import pytest
from problems import OPTIMIZERS, options, shapes_for, wave

import flambeau as torch

pytestmark = pytest.mark.usefixtures("gpu")


def stepped(name, given, device):
    params = [torch.from_numpy(wave(shape, 0)).to(device).requires_grad_() for shape in shapes_for(name)]
    optimizer = getattr(torch.optim, name)(params, **options(torch, given))
    for step in range(3):
        for param in params:
            param.grad = torch.from_numpy(wave(tuple(param.shape), step + 1)).to(device)
        optimizer.step()
    return params, optimizer


@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if name != "LBFGS"])
def test_steps_are_those_of_the_cpu_and_stay_on_the_gpu(name):
    for given in OPTIMIZERS[name]:
        there, optimizer = stepped(name, given, "cuda:0")
        here, _ = stepped(name, given, "cpu")
        for one, other in zip(there, here, strict=True):
            assert str(one.device) == "cuda:0"
            # a GPU fuses multiply and add: the last bits differ
            numpy.testing.assert_allclose(one.detach().cpu().numpy(), other.detach().numpy(), rtol=1e-5)
        for key, value in optimizer.state[there[0]].items():
            if value.numel() > 1:
                assert str(value.device) == "cuda:0", key


def test_a_state_saved_on_the_cpu_goes_on_on_the_gpu(tmp_path):
    _, saved = stepped("Adam", {}, "cpu")
    torch.save(saved.state_dict(), tmp_path / "adam.pt")
    params, optimizer = stepped("Adam", {}, "cuda:0")
    optimizer.load_state_dict(torch.load(tmp_path / "adam.pt"))
    assert str(optimizer.state[params[0]]["exp_avg"].device) == "cuda:0"
    optimizer.step()


def test_lbfgs_minimizes_on_the_gpu():
    param = torch.tensor([3.0, -2.0]).to("cuda:0").requires_grad_()
    optimizer = torch.optim.LBFGS([param], line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = ((param - 1.0) ** 2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    assert param.tolist() == pytest.approx([1.0, 1.0], abs=1e-5)


def test_tensors_are_saved_from_the_gpu_and_loaded_to_it(tmp_path):
    torch.save([torch.arange(6.0).to("cuda:0").reshape(2, 3).t()], tmp_path / "x.pt")
    (there,) = torch.load(tmp_path / "x.pt")
    assert str(there.device) == "cuda:0"
    assert there.cpu().tolist() == [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]
    (here,) = torch.load(tmp_path / "x.pt", map_location="cpu")
    assert str(here.device) == "cpu"
