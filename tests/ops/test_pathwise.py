"""How draws move with their parameters, in each region that has a formula of its own: numbers of PyTorch 2.13."""
from __future__ import annotations

import pytest

import flambeau as torch


def double(values):
    return torch.tensor(values, dtype=torch.float64)


def test_draws_from_gamma_distributions():
    slopes = torch._standard_gamma_grad(double([0.5, 2.0, 5.0, 20.0, 20.0, 20.0]), double([0.1, 1.5, 9.0, 20.0, 18.5, 35.0]))
    assert slopes.tolist() == pytest.approx([0.5097655670711938, 0.9366198345654156, 1.3672391086493698, 1.0083594111689815,
                                             0.9695932959822666, 1.3167297306942345], rel=1e-12)


def test_draws_from_beta_distributions():
    slopes = torch._dirichlet_grad(double([0.1, 0.9, 0.5, 0.8, 0.5, 0.55]), double([0.5, 3.0, 4.0, 30.0, 9.0, 12.0]),
                                   double([2.5, 3.5, 9.0, 50.0, 20.0, 20.0]))
    assert slopes.tolist() == pytest.approx([0.4014400633483731, 0.3415464687139042, 0.12761782296882523,
                                             0.023308108007268055, 0.05457994065726685, 0.04932201013475761], rel=1e-12)


def test_a_gamma_draw_carries_its_gradient():
    torch.manual_seed(3)
    shapes = double([0.3, 1.0, 5.0, 40.0]).requires_grad_()
    drawn = torch._standard_gamma(shapes)
    drawn.sum().backward()
    assert drawn.tolist() == pytest.approx([0.5600706879677687, 3.185458997004563, 3.6355673476955825, 37.087958966637856])
    assert shapes.grad.tolist() == pytest.approx([2.1056893336580393, 1.985279642209484, 0.877740335596557,
                                                  0.9667302137502182])


def test_a_dirichlet_draw_carries_its_gradient():
    torch.manual_seed(3)
    concentrations = double([0.3, 1.0, 5.0, 40.0]).requires_grad_()
    torch._standard_gamma(concentrations)
    drawn = torch._sample_dirichlet(concentrations)
    (drawn * torch.arange(4.0)).sum().backward()
    assert drawn.tolist() == pytest.approx([0.00021995041875525948, 0.0483041276671907, 0.11962220232850818,
                                            0.8318537195855459])
    assert concentrations.grad.tolist() == pytest.approx([-0.009119673739248733, -0.0665600792270027, -0.01852739560812064,
                                                          0.004649908091210694])


def test_a_second_derivative_is_refused():
    shapes = double([2.0]).requires_grad_()
    (slope,) = torch.autograd.grad(torch._standard_gamma(shapes).sum(), shapes, create_graph=True)
    with pytest.raises(NotImplementedError, match="_standard_gamma_grad"):
        slope.sum().backward()
