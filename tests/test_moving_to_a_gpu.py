"""The road to a GPU and back, on a real one and on a pretended one: what moves, what stays, what is refused."""
from __future__ import annotations

import fake_cupy
import pytest

import flambeau as torch
from flambeau import nn

pytestmark = pytest.mark.usefixtures("gpu")


def test_to_takes_a_tensor_to_the_gpu_and_back():
    x = torch.tensor([1.0, 2.0])
    there = x.to("cuda:0")
    assert (str(there.device), there.is_cuda) == ("cuda:0", True)
    assert str(there.cpu().device) == "cpu"
    assert there.cpu().tolist() == [1.0, 2.0]


def test_to_without_arguments_goes_to_the_first_gpu():
    assert str(torch.ones(1).to().device) == "cuda:0"
    assert {str(p.device) for p in nn.Linear(2, 2).to().parameters()} == {"cuda:0"}


def test_a_computation_stays_where_its_tensors_are():
    x = torch.ones(2, 3).cuda().requires_grad_()
    y = ((x * 2.0 + 1).exp() @ torch.ones(3, 2, device="cuda")).softmax(-1).sum()
    y.backward()
    assert (str(y.device), str(x.grad.device)) == ("cuda:0", "cuda:0")


def test_a_gradient_returns_to_where_its_tensor_is():
    x = torch.ones(2, requires_grad=True)
    (x.to("cuda") * 3.0).sum().backward()
    assert (str(x.grad.device), x.grad.tolist()) == ("cpu", [3.0, 3.0])


def test_tensors_on_two_devices_do_not_mix():
    message = r"found at least two devices, cpu and cuda:0!.*add: input on cuda:0.*\.to\(device\)"
    with pytest.raises(RuntimeError, match=message):
        torch.ones(2).cuda() + torch.ones(2)


def test_a_single_number_from_the_host_joins_any_device():
    assert (torch.ones(2).cuda() * torch.tensor(3.0)).cpu().tolist() == [3.0, 3.0]


def test_a_gpu_that_is_not_there_is_named():
    with pytest.raises(RuntimeError, match="invalid device ordinal.*cuda:99"):
        torch.ones(1).to("cuda:99")


def test_numpy_wants_the_values_on_the_host():
    with pytest.raises(TypeError, match=r"can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu\(\)"):
        torch.ones(1).cuda().numpy()


def test_empty_cache_gives_memory_back_to_the_driver():
    before = fake_cupy.Pool.freed
    with fake_cupy.installed():
        torch.cuda.empty_cache()
    assert fake_cupy.Pool.freed == before + 2


def test_a_deleted_graph_gives_its_memory_back():
    def step():
        x = torch.randn(64, 64, device="cuda", requires_grad=True)
        ((x @ x).exp().sum() * 1e-9).backward()

    step()
    before = torch.cuda.memory_allocated()
    for _ in range(5):
        step()
    assert torch.cuda.memory_allocated() <= before


def losses_of_training(device, dropout):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(dropout),
                          nn.Linear(18, 3)).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    x, y = torch.randn(8, 1, 8, 8).to(device), torch.arange(8).to(device) % 3
    losses = []
    for _ in range(10):
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert {str(torch.device(p.device.type)) for p in model.parameters()} == {device}
    return losses


def test_a_small_network_trains_on_the_gpu_as_on_the_cpu():
    losses = losses_of_training("cuda", dropout=0.0)
    assert losses[-1] < losses[0]
    assert losses == pytest.approx(losses_of_training("cpu", dropout=0.0), rel=1e-3)


def test_a_network_with_dropout_trains_on_the_gpu():
    losses = losses_of_training("cuda", dropout=0.1)
    assert losses[-1] < losses[0]
