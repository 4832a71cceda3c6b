"""What the samples of normalizations cannot say: running statistics, layouts, halves, errors."""
from __future__ import annotations

import numpy
import pytest

import flambeau
from flambeau.autograd.gradcheck import gradcheck, gradgradcheck
from flambeau.nn import functional as F


def drawn(*shape, dtype="f8"):
    return flambeau.from_numpy(numpy.random.default_rng(0).standard_normal(shape).astype(dtype))


def test_a_batch_has_mean_zero_and_variance_one_in_each_channel():
    out = F.batch_norm(drawn(6, 3, 4) * 5 + 2, None, None, training=True, eps=1e-12)
    numpy.testing.assert_allclose(out.mean((0, 2)).numpy(), 0, atol=1e-12)
    numpy.testing.assert_allclose(out.var((0, 2), correction=0).numpy(), 1)


def test_training_moves_the_running_statistics_in_place():
    x = drawn(6, 3, 4)
    mean, var = flambeau.zeros(3).double(), flambeau.ones(3).double()
    version = mean._version
    F.batch_norm(x, mean, var, training=True, momentum=0.25)
    numpy.testing.assert_allclose(mean.numpy(), 0.25 * x.mean((0, 2)).numpy())
    numpy.testing.assert_allclose(var.numpy(), 0.75 + 0.25 * x.var((0, 2)).numpy())
    assert mean._version > version


def test_evaluating_uses_the_running_statistics_and_leaves_them():
    mean, var = flambeau.tensor([1.0, 2.0]), flambeau.tensor([4.0, 9.0])
    out = F.batch_norm(flambeau.tensor([[3.0, 5.0]]), mean, var, eps=0.0)
    assert out.tolist() == [[1.0, 1.0]]
    assert mean.tolist() == [1.0, 2.0]


def test_evaluating_has_gradients_of_all_three_inputs():
    mean, var = drawn(3), drawn(3) ** 2 + 0.5
    inputs = [drawn(2, 3, 2).requires_grad_(), drawn(3).requires_grad_(), drawn(3).requires_grad_()]

    def evaluated(x, weight, bias):
        return F.batch_norm(x, mean, var, weight, bias)

    assert gradcheck(evaluated, inputs)
    assert gradgradcheck(evaluated, inputs)


def test_channels_last_memory_changes_nothing():
    x = drawn(2, 3, 4, 5)
    turned = flambeau.from_numpy(numpy.ascontiguousarray(x.numpy().transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2))
    grads = []
    for given in (x.clone(), turned):
        given.requires_grad_()
        (F.batch_norm(given, None, None, drawn(3), drawn(3), training=True) ** 3).sum().backward()
        grads.append(given.grad.numpy())
    numpy.testing.assert_allclose(*grads, atol=1e-12)


def test_half_precision_is_normalized_in_float32():
    x = flambeau.full((2, 4096), 100.0).half()
    x[:, ::2] = 101.0
    out = F.layer_norm(x, (4096,), eps=0.0)
    assert out.dtype is flambeau.float16
    assert out[0, :2].tolist() == [1.0, -1.0]


def test_a_large_offset_does_not_drown_the_variance():
    x = flambeau.from_numpy((numpy.arange(8.0) % 2 + 1000).astype("f4"))
    assert F.layer_norm(x, (8,), eps=0.0).tolist() == [-1.0, 1.0] * 4


def test_one_group_for_each_channel_is_instance_norm():
    x = drawn(2, 4, 3)
    weight, bias = drawn(4), drawn(4)
    grouped = F.group_norm(x, 4, weight, bias)
    numpy.testing.assert_allclose(grouped.numpy(), F.instance_norm(x, weight=weight, bias=bias).numpy(), atol=1e-12)


def test_instance_norm_keeps_running_statistics_of_the_mean_instance():
    x = drawn(2, 3, 5)
    mean, var = flambeau.zeros(3).double(), flambeau.zeros(3).double()
    F.instance_norm(x, mean, var, momentum=1.0)
    numpy.testing.assert_allclose(mean.numpy(), x.mean((0, 2)).numpy())
    numpy.testing.assert_allclose(var.numpy(), x.var(2).mean(0).numpy())


def test_one_value_has_no_variance_to_train_on():
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        F.batch_norm(flambeau.ones(1, 3), None, None, training=True)
    with pytest.raises(ValueError, match="more than 1 spatial element"):
        F.instance_norm(flambeau.ones(1, 3, 1))


def test_evaluating_needs_running_statistics():
    with pytest.raises(RuntimeError, match="running_mean and running_var to be defined"):
        F.batch_norm(flambeau.ones(2, 3), None, None)


def test_statistics_of_another_size_are_named():
    with pytest.raises(RuntimeError, match="running_mean should contain 3 elements not 2"):
        F.batch_norm(flambeau.ones(2, 3), flambeau.ones(2), flambeau.ones(2))


def test_a_normalized_shape_must_end_the_input():
    with pytest.raises(RuntimeError, match=r"normalized_shape=\[4\], expected input with shape \[\*, 4\]"):
        F.layer_norm(flambeau.ones(2, 3), (4,))
    with pytest.raises(RuntimeError, match="at least 1-dimensional"):
        F.layer_norm(flambeau.ones(2, 3), ())


def test_groups_must_divide_the_channels():
    with pytest.raises(RuntimeError, match="divisible by num_groups"):
        F.group_norm(flambeau.ones(2, 3), 2)


def test_unit_vectors_have_length_one_and_zero_stays_zero():
    unit = F.normalize(flambeau.tensor([[3.0, 4.0], [0.0, 0.0]]))
    assert unit.tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0.0, 0.0]]


def test_an_empty_batch_leaves_the_running_statistics_alone():
    mean, var = flambeau.full((3,), 2.0), flambeau.full((3,), 5.0)
    F.batch_norm(flambeau.empty(0, 3, 2), mean, var, training=True)
    assert (mean.tolist(), var.tolist()) == ([2.0] * 3, [5.0] * 3)


@pytest.mark.parametrize("normalize", [
    lambda x, p: F.layer_norm(x, (4,), p, p),
    lambda x, p: F.group_norm(x, 2, p, p),
    lambda x, p: F.batch_norm(x, p, p),
    lambda x, p: F.batch_norm(x, None, None, p, p, training=True),
    lambda x, p: F.instance_norm(x[..., None].expand(2, 4, 3), weight=p, bias=p),
])
def test_parameters_have_the_dtype_of_the_input_or_float32_beside_half_types(normalize):
    x, parameter = flambeau.randn(2, 4), flambeau.ones(4)
    assert normalize(x.bfloat16(), parameter).dtype is flambeau.bfloat16
    assert normalize(x.half(), parameter.half()).dtype is flambeau.float16
    for one, other in ((x, parameter.double()), (x, parameter.half()), (x.half(), parameter.bfloat16())):
        with pytest.raises(RuntimeError, match="mixed dtype"):
            normalize(one, other)


def test_rms_norm_of_half_types_divides_by_no_less_than_float32_can_tell():
    x = flambeau.tensor([0.01, -0.02, 0.03])
    expected = F.rms_norm(x, (3,))
    assert flambeau.allclose(F.rms_norm(x.bfloat16(), (3,)).float(), expected, rtol=0.01)
    assert flambeau.allclose(F.rms_norm(x.half(), (3,)).float(), expected, rtol=0.001)


def test_batches_of_whole_numbers_are_not_normalized():
    with pytest.raises(NotImplementedError, match="not implemented for 'Long'"):
        flambeau.nn.BatchNorm1d(2)(flambeau.ones(3, 2, dtype=flambeau.int64))


def test_local_response_norm_of_whole_numbers_cuts_their_mean_square():
    x = flambeau.arange(6).reshape(1, 6, 1)
    assert F.local_response_norm(x, 3, alpha=1.0, beta=1.0).flatten().tolist() == pytest.approx(
        [0, 1 / 2, 2 / 5, 3 / 10, 4 / 17, 5 / 14])
    assert F.local_response_norm(x[:0], 3).dtype is flambeau.int64
