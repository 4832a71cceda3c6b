"""What the samples of special functions cannot say: edges, far ranges, and every bit of float64.

The numbers were computed to 40 digits with mpmath; at the edges they are PyTorch's.
"""
from __future__ import annotations

from math import inf, nan

import pytest

import flambeau as torch
from flambeau.autograd.gradcheck import gradcheck, gradgradcheck

special = torch.special


def in_double(values, grad=False):
    return torch.tensor(values, dtype=torch.float64, requires_grad=grad)


EDGES = [-inf, -200.0, -0.0, 0.0, inf, nan]


@pytest.mark.parametrize("name, values", [
    ("erf", [-1, -1, -0.0, 0, 1, nan]),
    ("erfc", [2, 2, 1, 1, 0, nan]),
    ("erfcx", [inf, inf, 1, 1, 0, nan]),
    ("ndtr", [0, 0, 0.5, 0.5, 1, nan]),
    ("log_ndtr", [-inf, -20006.21728089819, -0.6931471805599453, -0.6931471805599453, 0, nan]),
    ("entr", [-inf, -inf, 0, 0, -inf, nan]),
    ("gammaln", [inf, inf, inf, inf, inf, nan]),
    ("digamma", [nan, nan, inf, -inf, inf, nan]),
    ("i0e", [0, 0.028227159949111914, 1, 1, 0, nan]),
    ("i1e", [0, -0.028156503394832914, 0, 0, 0, nan]),
    ("modified_bessel_k0", [nan, nan, inf, inf, 0, nan]),
    ("scaled_modified_bessel_k1", [nan, nan, inf, inf, 0, nan]),
    ("bessel_y0", [nan, nan, -inf, -inf, nan, nan]),
    ("bessel_y1", [nan, nan, -inf, -inf, nan, nan]),
    ("spherical_bessel_j0", [0, -0.0043664864860699735, 1, 1, 0, nan]),
])
def test_at_the_edges(name, values):
    assert getattr(special, name)(in_double(EDGES)).tolist() == pytest.approx(values, rel=1e-15, abs=0, nan_ok=True)


@pytest.mark.parametrize("name, points, values", [
    ("erfcx", [-5.0, 3.359], [144009798674.66104, 0.161339994225927669]),
    ("erfinv", [-1.0, 1e-300, 0.44058, 1.0, 1.5], [-inf, 8.862269254527580e-301, 0.412740505579162487, inf, nan]),
    ("ndtri", [-1.0, 0.0, 1e-300, 0.5, 0.9, 1.0], [nan, -inf, -37.04709629936119, 0.0, 1.2815515655446004, inf]),
    ("gammaln", [1e-10, 0.999, 2.001, 8.999, 9.001, 1e10],
     [23.025850929882736, 0.0005780385328913802, 0.000423106734800117, 10.602462320025602, 10.606743602976914,
      220258509288.81058]),
    ("bessel_j0", [0.5, 7.9, 8.1, 50.0],
     [0.938469807240812904, 0.19436184484127824, 0.14751745404437767, 0.055812327669251815]),
    ("bessel_j1", [-0.5, 7.9, 8.1, 50.0],
     [-0.242268457674873886, 0.219179399921751203, 0.247607766981592877, -0.0975118281251751377]),
    ("bessel_y0", [0.5, 7.9, 8.1, 50.0],
     [-0.444518733506706557, 0.206520948144375769, 0.238091328702234809, -0.098064995470077079]),
    ("bessel_y1", [0.5, 7.9, 8.1, 50.0],
     [-1.47147239267024307, -0.181721077280573128, -0.133148795952495926, -0.0567956685620147679]),
    ("modified_bessel_k0", [0.5, 7.9, 50.0],
     [0.924419071227665862, 0.000162867667687653217, 3.41016774978949551e-23]),
    ("modified_bessel_k1", [0.5, 7.9, 50.0],
     [1.65644112000330089, 0.000172884306492389839, 3.44410222671755561e-23]),
    ("airy_ai", [-5.1, -4.9, 1.9, 2.1, 60.0],
     [0.309525996287317692, 0.374536354705838747, 0.040594420031529502, 0.0299526021158665225, 2.78314870949693554e-136]),
])
def test_to_the_last_bits(name, points, values):
    assert getattr(special, name)(in_double(points)).tolist() == pytest.approx(values, rel=2e-14, abs=0, nan_ok=True)


def test_hurwitz_zeta_is_exact_for_large_exponents_and_has_its_poles():
    s, x = in_double([-1, 1, 2, 2, 1.5, 25, 200]), in_double([2, 2, -1, -1.5, -1.5, 3, 1.1])
    wanted = [nan, inf, inf, 9.379246644989124, nan, 1.1811269569676861e-12, 5.265783124294512e-09]
    assert special.zeta(s, x).tolist() == pytest.approx(wanted, rel=1e-14, abs=0, nan_ok=True)


def test_zeta_has_no_gradient_to_its_exponent():
    s = in_double([2.5], grad=True)
    with pytest.raises(NotImplementedError, match="derivative for 'zeta' is not implemented"):
        special.zeta(s, 2.0).sum().backward()


def test_trigamma_of_one_is_the_sum_of_inverse_squares():
    assert special.polygamma(1, in_double([1.0])).item() == pytest.approx(1.6449340668482264, rel=1e-15)


@pytest.mark.parametrize("name", ["erfcx", "log_ndtr", "ndtr", "i0", "i1", "i0e", "i1e", "gammaln", "digamma"])
def test_gradients_far_from_zero_agree_with_finite_differences(name):
    points = in_double([-7.3, -0.4, 3.7, 9.2], grad=True)
    assert gradcheck(getattr(special, name), [points], rtol=1e-5)
    assert gradgradcheck(getattr(special, name), [points], rtol=1e-4)


@pytest.mark.parametrize("name", ["i1", "i1e"])
def test_the_slope_at_zero_is_a_half(name):
    zero = in_double([0.0], grad=True)
    getattr(special, name)(zero).backward()
    assert zero.grad.tolist() == [0.5]


def test_logit_has_no_gradient_where_eps_kept_the_input_away():
    shares = in_double([0.01, 0.25, 0.99], grad=True)
    torch.logit(shares, eps=0.1).sum().backward()
    assert shares.grad.tolist() == pytest.approx([0, 16 / 3, 0])


def test_an_in_place_logit_can_be_differentiated():
    shares = in_double([0.25], grad=True)
    (shares * 1).logit_().backward()
    assert shares.grad.tolist() == pytest.approx([16 / 3])


# ------------------------------------------------------------------------------------- polynomials


@pytest.mark.parametrize("kind, values", [
    ("t", [-8.212461277442e41, -1, -0.5987731930347585, 1, 8.212461277442e41]),
    ("u", [-1.92306342848095e42, -102, -0.3468959342092044, 102, 1.92306342848095e42]),
    ("v", [-2.65760829563877e42, -203, -1.1864867969610784, 1, 1.18851856132313e42]),
    ("w", [-1.18851856132313e42, -1, 0.49269492854265007, 203, 2.65760829563877e42]),
])
def test_chebyshev_polynomials_of_a_high_degree(kind, values):
    points = in_double([-1.5, -1.0, 0.3, 1.0, 1.5])
    assert getattr(special, f"chebyshev_polynomial_{kind}")(points, 101).tolist() == pytest.approx(values, rel=1e-12, abs=0)


def test_a_degree_in_the_millions_takes_no_longer_than_a_hundred():
    assert special.chebyshev_polynomial_t(in_double(0.5), 3_000_001).item() == pytest.approx(0.5, rel=1e-8)


def test_degrees_are_cut_to_whole_numbers_and_below_zero_is_nothing():
    degrees = in_double([-1.0, -0.5, 0.0, 1.9, 2.7, inf, nan])
    assert special.legendre_polynomial_p(0.5, degrees).tolist() == [0, 1, 1, 0.5, -0.125, 0, 0]


def test_a_number_and_a_tensor_of_either_kind_broadcast():
    assert special.hermite_polynomial_h(torch.tensor([1, 2]), 3).dtype is torch.float32
    assert special.hermite_polynomial_h(2.0, torch.tensor([[1], [3]])).tolist() == [[4], [40]]
    assert special.laguerre_polynomial_l(torch.ones(0), 3).shape == (0,)


def test_far_from_zero_the_slope_of_digamma_ends_as_series_do():
    points = in_double([inf, -1.5, -3.25]).requires_grad_()
    special.digamma(points).sum().backward()
    assert points.grad.tolist() == pytest.approx([0, 9.379246644989124, 19.474085068082157], rel=1e-12)
    assert special.polygamma(1, in_double([-1e20, -7.0])).tolist() == [inf, inf]  # no fraction is left of the first
