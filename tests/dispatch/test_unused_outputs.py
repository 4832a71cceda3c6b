"""What a rule is told about outputs that no loss was made of."""
from __future__ import annotations

import flambeau as torch
from flambeau.dispatch.op import op, registry


def declare(partial: bool):
    seen = []

    def rule(g_double, g_triple):
        seen.append((g_double, g_triple))
        return sum((2, 3)[i] * g for i, g in enumerate((g_double, g_triple)) if g is not None)

    @op(outputs=("double", "triple"), partial=partial, grad={"input": rule})
    def twice_and_thrice(input: torch.Tensor):
        return input * 2, input * 3

    registry.pop(next(name for name in registry if name.endswith("twice_and_thrice")))
    return twice_and_thrice, seen


def test_a_rule_finds_zeros_for_an_output_that_nobody_used():
    function, seen = declare(partial=False)
    x = torch.ones(2, requires_grad=True)
    function(x)[0].sum().backward()
    assert seen[0][1].tolist() == [0.0, 0.0]
    assert x.grad.tolist() == [2.0, 2.0]


def test_a_partial_rule_finds_none_instead():
    function, seen = declare(partial=True)
    x = torch.ones(2, requires_grad=True)
    function(x)[1].sum().backward()
    assert seen[0][0] is None
    assert x.grad.tolist() == [3.0, 3.0]


def test_holomorphic_ops_may_have_outputs_without_gradients():
    matrix = torch.tensor([[2.0 + 1j, 1.0], [0.5, 3.0 - 1j]], requires_grad=True)
    inverse, info = torch.linalg.inv_ex(matrix)
    inverse.real.sum().backward()
    assert info.tolist() == 0
    assert matrix.grad.shape == (2, 2)
