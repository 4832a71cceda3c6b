"""Selective checkpoints: a policy says what is kept, and the gradients are those of a plain call."""
from __future__ import annotations

import functools

import pytest

import flambeau as torch
from flambeau.utils.checkpoint import (
    CheckpointPolicy,
    checkpoint,
    create_selective_checkpoint_contexts,
)

aten = torch.ops.aten


def block(x, w):
    return torch.cat([torch.sigmoid(x @ w @ w) * x, x.sort(0).values]).max(1).values


def kept_by(policy, **options):
    return functools.partial(create_selective_checkpoint_contexts, policy, **options)


def gradients(call, dtype=torch.float32):
    torch.manual_seed(0)
    x, w = (torch.randn(3, 3, dtype=dtype, requires_grad=True) for _ in range(2))
    out = call(x, w)
    out.float().pow(2).sum().backward()
    return out.detach(), x.grad, w.grad


@pytest.mark.parametrize("policy", [*CheckpointPolicy, True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_gradients_are_those_of_a_plain_call_whatever_the_policy(policy, dtype):
    expected = gradients(block, dtype)
    found = gradients(lambda x, w: checkpoint(block, x, w, use_reentrant=False,
                                              context_fn=kept_by(lambda ctx, op, *args, **kwargs: policy)), dtype)
    assert all(map(torch.equal, found, expected))


def test_a_policy_sees_the_op_its_arguments_and_its_result_in_the_first_run_only():
    seen = []

    def policy(ctx, op, *args, **kwargs):
        seen.append((op, [getattr(arg, "shape", arg) for arg in args], ctx.op_output.shape, ctx.is_recompute))
        return CheckpointPolicy.MUST_SAVE

    x = torch.ones(2, 3, requires_grad=True)
    out = checkpoint(lambda x: torch.cat([x @ x.T, x], 1), x, use_reentrant=False, context_fn=kept_by(policy))
    assert [op for op, *_ in seen][1:] == [aten.mm.default, aten.cat.default]
    assert seen[-1][2:] == ((2, 5), False) and len(seen[-1][1][0]) == 2
    calls = len(seen)
    out.sum().backward()
    assert len(seen) == calls


def test_what_a_list_names_is_not_computed_again():
    class Own(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, g):
            return g

    results = []
    x = torch.randn(2, 2, requires_grad=True)

    def run(x):
        product = x @ x
        results.append(product)
        return product.exp() * Own.apply(x)

    checkpoint(run, x, use_reentrant=False, context_fn=kept_by([aten.mm.default])).sum().backward()
    first, second = results
    assert first.data_ptr() == second.data_ptr()
    results.clear()
    checkpoint(run, x, use_reentrant=False, context_fn=kept_by([aten.exp.default])).sum().backward()
    first, second = results
    assert first.data_ptr() != second.data_ptr()


def test_a_kept_result_that_was_written_to_is_refused_unless_allowed():
    def run(x):
        y = x.exp()
        return y.sin_() * x

    def go(**options):
        x = torch.ones(2, requires_grad=True)
        policy = kept_by([aten.exp.default], **options)
        checkpoint(run, x, use_reentrant=False, context_fn=policy).sum().backward()

    with pytest.raises(RuntimeError, match="cached during selective activation checkpoint has been mutated"):
        go()
    go(allow_cache_entry_mutation=True)


def test_a_second_backward_pass_finds_nothing_kept():
    x = torch.ones(2, requires_grad=True)
    out = checkpoint(lambda x: x.exp().sin(), x, use_reentrant=False, context_fn=kept_by([aten.exp.default])).sum()
    out.backward(retain_graph=True)
    with pytest.raises(RuntimeError, match="Trying to backward an extra time"):
        out.backward()


def test_a_second_run_with_other_ops_is_noticed():
    calls = []

    def run(x):
        calls.append(1)
        return x.exp().sin() if len(calls) == 1 else x.exp().cos().sin()

    out = checkpoint(run, torch.ones(2, requires_grad=True), use_reentrant=False, context_fn=kept_by([aten.exp.default]))
    with pytest.raises(RuntimeError, match=r"aten\.cos\.default invocation index 0 encountered during backward"):
        out.sum().backward()


def test_what_is_neither_a_policy_nor_a_list_of_overloads_is_refused():
    with pytest.raises(TypeError, match="must be either a function or a list of ops"):
        create_selective_checkpoint_contexts(3)
    with pytest.raises(ValueError, match=r"Name one of its overloads, such as aten\.mm\.default"):
        create_selective_checkpoint_contexts([aten.mm])
    with pytest.raises(ValueError, match="to be an OpOverload but got"):
        create_selective_checkpoint_contexts([torch.mm])
