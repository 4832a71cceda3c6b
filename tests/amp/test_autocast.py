"""Which functions autocast runs in which precision, and where it stops."""
from __future__ import annotations

import threading

import pytest

import flambeau as torch
from flambeau import nn
from flambeau.nn import functional as F

X = torch.manual_seed(0) and torch.randn(4, 4)
CLASSES = torch.arange(4)

# recorded from PyTorch 2.13 on the CPU
IN_BFLOAT16 = {
    "matmul": lambda x: x @ x, "mv": lambda x: x @ x[0], "dot": lambda x: x[0] @ x[0], "linear": lambda x: F.linear(x, x),
    "bmm": lambda x: torch.bmm(x[None], x[None]), "addmm": lambda x: torch.addmm(x, x, x),
    "baddbmm": lambda x: torch.baddbmm(x[None], x[None], x[None]), "einsum": lambda x: torch.einsum("ij,jk", x, x),
    "conv1d": lambda x: F.conv1d(x[None], x[:, :, None]),
    "conv2d": lambda x: F.conv2d(x[None, :, :, None], x[:, :, None, None]),
    "conv_transpose1d": lambda x: F.conv_transpose1d(x[None], x[:, :, None]), "inner": lambda x: torch.inner(x, x),
    "chain_matmul": lambda x: torch.chain_matmul(x, x), "tensordot": lambda x: torch.tensordot(x, x, 1),
    "prelu": lambda x: F.prelu(x, torch.tensor([0.1])), "module": lambda x: nn.Linear(4, 2)(x),
    "lstm": lambda x: nn.LSTM(4, 2)(x)[0], "rnn": lambda x: nn.RNN(4, 2)(x)[0], "rnn_cell": lambda x: nn.RNNCell(4, 2)(x),
}
IN_FLOAT32 = {
    "mse_loss": lambda x: F.mse_loss(x, x * 2), "cross_entropy": lambda x: F.cross_entropy(x, CLASSES),
    "nll_loss": lambda x: F.nll_loss(x, CLASSES), "prod": lambda x: x.prod(), "cdist": lambda x: torch.cdist(x, x),
    "kl_div": lambda x: F.kl_div(x, x, reduction="sum"), "quantile": lambda x: x.quantile(0.5), "trace": lambda x: x.trace(),
    "bce": lambda x: F.binary_cross_entropy(x.sigmoid(), x.sigmoid()), "triplet": lambda x: F.triplet_margin_loss(x, x, x),
    "bce_with_logits": lambda x: F.binary_cross_entropy_with_logits(x, x), "huber": lambda x: F.huber_loss(x, x),
    "avg_pool3d": lambda x: F.avg_pool3d(x[None, None, None], (1, 2, 2)),
    "reflect": lambda x: F.pad(x[None], (1, 1), "reflect"),
    "multi_margin": lambda x: F.multi_margin_loss(x, CLASSES), "stack": lambda x: torch.stack([x, x.float()]),
}
AS_GIVEN = {
    "add": lambda x: x + x, "exp": lambda x: x.exp(), "softmax": lambda x: F.softmax(x, 0), "sum": lambda x: x.sum(),
    "layer_norm": lambda x: F.layer_norm(x, (4,)), "gelu": F.gelu, "pow": lambda x: x**2,
    "max_pool2d": lambda x: F.max_pool2d(x[None, None], 2), "embedding": lambda x: F.embedding(CLASSES, x),
}


def under_autocast(function, x, **options):
    with torch.autocast("cpu", **options):
        return function(x).dtype


@pytest.mark.parametrize("name", IN_BFLOAT16)
def test_products_are_computed_in_the_half_type(name):
    for x in (X, X.bfloat16()):
        assert under_autocast(IN_BFLOAT16[name], x) == torch.bfloat16
    assert under_autocast(IN_BFLOAT16[name], X, dtype=torch.float16) == torch.float16
    if name != "prelu":
        assert under_autocast(IN_BFLOAT16[name], X, enabled=False) == torch.float32


@pytest.mark.parametrize("name", IN_FLOAT32)
def test_losses_are_computed_in_float32(name):
    for x in (X, X.bfloat16()):
        assert under_autocast(IN_FLOAT32[name], x) == torch.float32


@pytest.mark.parametrize("name", AS_GIVEN)
def test_all_else_is_computed_as_given(name):
    for x in (X, X.bfloat16()):
        assert under_autocast(AS_GIVEN[name], x) == x.dtype


def test_float64_was_asked_for_and_stays():
    assert under_autocast(lambda x: x @ x, X.double()) == torch.float64


def test_on_a_gpu_softmax_and_norms_are_computed_in_float32(gpu):
    x = X.cuda()
    with torch.autocast("cuda"):
        assert (x @ x).dtype == torch.float16
        assert [y.dtype for y in (x.half().softmax(0), F.layer_norm(x.half(), (4,)), x.half().exp())] == [torch.float32] * 3
        assert (X @ X).dtype == torch.float32  # on the CPU, for which it is off


def test_gradients_arrive_in_the_weights_own_type():
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = F.mse_loss(model(X), torch.zeros(4, 1))
    loss.backward()
    assert {p.grad.dtype for p in model.parameters()} == {torch.float32}
    plain = F.mse_loss(model(X), torch.zeros(4, 1))
    assert loss.item() == pytest.approx(plain.item(), rel=0.02)


def copies_in(out):
    return {node for node, _ in out.grad_fn.next_functions if node is not None and "Copy" in node.name()}


def test_a_weight_is_cast_once_in_a_block_and_anew_after_a_write():
    weight = nn.Parameter(torch.ones(4, 4))
    with torch.autocast("cpu"):
        one, two = F.linear(X, weight), F.linear(X, weight)
        assert copies_in(one) & copies_in(two)
        with torch.no_grad():
            weight.zero_()
        assert F.linear(X, weight).abs().sum() == 0
    with torch.autocast("cpu", cache_enabled=False):
        one, two = F.linear(X, weight), F.linear(X, weight)
        assert not copies_in(one) & copies_in(two)


def test_blocks_nest_and_leave_no_trace():
    with torch.autocast("cpu"):
        with torch.autocast("cpu", enabled=False):
            assert (X @ X).dtype == torch.float32
        assert (X @ X).dtype == torch.bfloat16
        assert torch.is_autocast_enabled("cpu") and not torch.is_autocast_enabled()
        found = []
        thread = threading.Thread(target=lambda: found.append((X @ X).dtype))
        thread.start()
        thread.join()
        assert found == [torch.float32]
    with pytest.raises(ZeroDivisionError), torch.autocast("cpu"):
        raise ZeroDivisionError
    assert (X @ X).dtype == torch.float32


def test_a_function_may_be_decorated():
    @torch.autocast("cpu", dtype=torch.float16)
    def square(x):
        return x @ x

    assert square(X).dtype == torch.float16
    assert torch.get_autocast_dtype("cpu") == torch.bfloat16


def test_what_cannot_be_done_is_said():
    with pytest.raises(ValueError, match="Expected `device_type` of type `str`"):
        torch.autocast(1)
    with pytest.raises(RuntimeError, match="Invalid device string"):
        torch.autocast("gpu")
    with pytest.warns(UserWarning, match="the target dtype torch.float64 is not supported"):
        assert under_autocast(lambda x: x @ x, X, dtype=torch.float64) == torch.float32


class Product(torch.autograd.Function):
    @staticmethod
    @torch.amp.custom_fwd(device_type="cpu")
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a @ b

    @staticmethod
    @torch.amp.custom_bwd(device_type="cpu")
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        Product.seen = (g @ b.t()).dtype
        return g @ b.t(), a.t() @ g


def test_a_custom_backward_runs_in_the_precision_of_its_forward():
    a = X.clone().requires_grad_()
    with torch.autocast("cpu"):
        out = Product.apply(a, X)
    assert out.dtype == torch.bfloat16
    out.sum().backward()
    assert (Product.seen, a.grad.dtype) == (torch.bfloat16, torch.float32)


def test_a_custom_forward_may_ask_for_a_type():
    class Exact(torch.autograd.Function):
        @staticmethod
        @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.float32)
        def forward(ctx, a):
            return a @ a

    with torch.autocast("cpu"):
        assert Exact.apply(X.bfloat16()).dtype == torch.float32
