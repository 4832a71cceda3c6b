"""Transforms: values, inverses and how they stretch space, held against PyTorch 2.13 and against derivatives."""
from __future__ import annotations

import copy
import functools
import json
import pickle
from pathlib import Path

import pytest
from distributions import spaces
from distributions.comparing import same

import flambeau as torch
from flambeau import distributions as d

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())["transforms"]
about = functools.cache(functools.partial(spaces.about_transform, torch))


@pytest.mark.parametrize("line", spaces.TRANSFORMS)
@pytest.mark.parametrize("question", spaces.ABOUT_TRANSFORMS)
def test_a_transform_answers_as_pytorchs(line, question):
    same(about(line)[question], RECORDED[line][question])


@pytest.mark.parametrize("transform", [d.ExpTransform(), d.SigmoidTransform(), d.SoftplusTransform(), d.TanhTransform(),
                                       d.PowerTransform(3.0), d.AffineTransform(1.0, -2.0),
                                       d.CumulativeDistributionTransform(d.Laplace(0.0, 1.0))], ids=repr)
def test_the_stretch_of_numbers_is_the_derivative(transform):
    x = torch.tensor([0.3, 0.8, 1.7], dtype=torch.float64, requires_grad=True)
    y = transform(x)
    (slope,) = torch.autograd.grad(y.sum(), x)
    assert torch.allclose(transform.log_abs_det_jacobian(x, y), slope.abs().log())


def test_the_stretch_of_shares_is_that_of_all_but_the_last():
    transform = d.StickBreakingTransform()
    x = torch.tensor([0.3, -0.8, 1.7], dtype=torch.float64, requires_grad=True)
    y = transform(x)
    jacobian = torch.stack([torch.autograd.grad(share, x, retain_graph=True)[0] for share in y[:-1]])
    log_det = jacobian.diagonal().log().sum()  # it is triangular
    assert torch.allclose(transform.log_abs_det_jacobian(x, y), log_det)


@pytest.mark.parametrize("make", [d.ExpTransform, lambda **k: d.AffineTransform(1.0, 2.0, **k),
                                  lambda **k: d.ComposeTransform([d.ExpTransform(), d.SigmoidTransform()], **k),
                                  lambda **k: d.StackTransform([d.ExpTransform()], **k),
                                  lambda **k: d.CatTransform([d.ExpTransform()], **k),
                                  lambda **k: d.IndependentTransform(d.ExpTransform(), 1, **k),
                                  lambda **k: d.ReshapeTransform((1,), (1, 1), **k), lambda **k: d.PowerTransform(0.1, **k)])
def test_a_cache_gives_back_the_very_value(make):
    x = torch.tensor([100.3])
    for cached in (make(cache_size=1), make().with_cache(1)):
        y = cached(x)
        assert cached(x) is y or isinstance(cached, d.ComposeTransform)
        back = cached.inv(y)
        assert back is x or isinstance(cached, d.StackTransform | d.CatTransform)  # these keep parts
        assert torch.equal(back, x)


def test_a_cache_is_of_one_value_or_none():
    with pytest.raises(ValueError, match="cache_size must be 0 or 1"):
        d.ExpTransform(cache_size=2)


def test_an_inverse_has_the_transform_as_its_inverse():
    transform = d.AffineTransform(1.0, 2.0)
    assert transform.inv.inv is transform
    assert transform.inv is transform.inv
    composed = d.ComposeTransform([transform, d.ExpTransform()])
    assert composed.inv.inv is composed
    assert composed.inv == d.ComposeTransform([d.ExpTransform().inv, d.AffineTransform(1.0, 2.0).inv])


def test_transforms_with_equal_parameters_are_equal():
    assert d.ExpTransform() == d.ExpTransform() != d.TanhTransform()
    assert d.AffineTransform(0.0, torch.tensor([1.0, 2.0])) == d.AffineTransform(0.0, torch.tensor([1.0, 2.0]))
    assert d.AffineTransform(0.0, 1.0) != d.AffineTransform(0.0, 2.0)
    assert d.PowerTransform(2.0) == d.PowerTransform(torch.tensor(2.0)) != d.PowerTransform(3.0)
    assert d.ReshapeTransform((1,), ()) != d.ReshapeTransform((1,), ())  # as in PyTorch: only the same one


def test_a_copy_and_a_pickle_work_alike():
    transform = d.ComposeTransform([d.AffineTransform(1.0, 2.0), d.ExpTransform()])
    x = torch.tensor([0.5])
    transform.inv(transform(x))
    for twin in (copy.deepcopy(transform), pickle.loads(pickle.dumps(transform))):
        assert torch.equal(twin(x), transform(x))
        assert torch.allclose(twin.inv(twin(x)), x)


@pytest.mark.parametrize("call, message", [
    (lambda: d.ReshapeTransform((2,), (3,)), "different numbers of elements"),
    (lambda: d.ReshapeTransform((2,), (2, 1)).forward_shape((3,)), "Shape mismatch"),
    (lambda: d.ReshapeTransform((2,), (2, 1)).inverse_shape((2,)), "Too few dimensions"),
    (lambda: d.CorrCholeskyTransform().forward_shape((2,)), "not a flattened lower-diagonal number"),
    (lambda: d.CorrCholeskyTransform().inverse_shape((2, 3)), "not square"),
    (lambda: d.SoftmaxTransform().forward_shape(()), "Too few dimensions on input"),
    (lambda: d.IndependentTransform(d.ExpTransform(), 2)(torch.ones(3)), "Too few dimensions on input"),
])
def test_shapes_that_do_not_fit_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("call", [
    lambda: d.StackTransform([d.Normal(0.0, 1.0)]),
    lambda: d.CatTransform([d.ExpTransform()], lengths=[1, 2]),
    lambda: d.StackTransform([d.ExpTransform()], dim=1)(torch.ones(2)),
    lambda: d.CatTransform([d.ExpTransform()])(torch.ones(2)),
])
def test_parts_that_do_not_fit_are_refused(call):
    with pytest.raises(AssertionError):
        call()


def test_a_transform_of_ones_own_needs_three_methods():
    class Double(d.Transform):
        domain = codomain = d.constraints.real
        bijective, sign = True, 1

        def _call(self, x):
            return 2 * x

        def _inverse(self, y):
            return y / 2

        def log_abs_det_jacobian(self, x, y):
            return torch.full_like(x, 0.6931471805599453)

    doubled = d.TransformedDistribution(d.Normal(0.0, 1.0), Double())
    value = torch.tensor(1.5)
    assert torch.allclose(doubled.log_prob(value), d.Normal(0.0, 2.0).log_prob(value))
    assert torch.allclose(doubled.cdf(value), d.Normal(0.0, 2.0).cdf(value))
    assert Double().with_cache()._cache_size == 1
