"""Images read at the points of a grid: PyTorch's numbers at every edge, gradients of gradients, and refusals."""
from __future__ import annotations

import warnings
from typing import Any

import numpy
import pytest
from drawn import listed

import flambeau
from flambeau.nn import functional as F

NAN = float("nan")
POINTS = [[-1.0, -1.0], [0.0, 0.0], [0.5, -0.25], [1.2, 0.9], [-1.7, 2.1]]
READ = {  # mode and padding: without and with aligned corners
    ("bilinear", "zeros"): ([0.0, 5.5, 5.0, 0.715, 0.0], [0.0, 5.5, 5.25, 7.42, 0.0]),
    ("bilinear", "border"): ([0.0, 5.5, 5.0, 11.0, 8.0], [0.0, 5.5, 5.25, 10.6, 8.0]),
    ("bilinear", "reflection"): ([0.0, 5.5, 5.0, 11.0, 4.3], [0.0, 5.5, 5.25, 10.3, 4.65]),
    ("nearest", "zeros"): ([0.0, 6.0, 6.0, 0.0, 0.0], [0.0, 6.0, 6.0, 11.0, 0.0]),
    ("nearest", "border"): ([0.0, 6.0, 6.0, 11.0, 8.0], [0.0, 6.0, 6.0, 11.0, 8.0]),
    ("nearest", "reflection"): ([0.0, 6.0, 6.0, 11.0, 5.0], [0.0, 6.0, 6.0, 11.0, 5.0]),
    ("bicubic", "zeros"): ([-0.234375, 5.5, 5.382324, 0.642571, 0.0], [0.0, 5.5, 5.289001, 8.312732, 0.016454]),
    ("bicubic", "border"): ([-0.46875, 5.5, 4.712891, 11.450375, 8.0], [0.0, 5.5, 5.003906, 10.809249, 8.0]),
    ("bicubic", "reflection"): ([-0.9375, 5.5, 4.712891, 11.75, 4.021375], [0.0, 5.5, 4.898438, 10.8205, 4.473375]),
}


def near(tensor: Any, numbers: Any) -> bool:
    return numpy.allclose(listed(tensor), numbers, rtol=2e-5, atol=2e-5)  # a cubic's coefficients are large beside its values


def image() -> Any:
    return flambeau.arange(12.0).reshape(1, 1, 3, 4)


def grid(*points: list[float]) -> Any:
    return flambeau.tensor([[list(points)]])


def zeros(*shape: int, dtype: Any = None) -> Any:
    return flambeau.zeros(*shape, dtype=dtype)


@pytest.mark.parametrize(("mode", "padding"), READ)
def test_points_inside_on_the_edge_and_outside_read_what_pytorch_reads(mode: str, padding: str) -> None:
    for align_corners in (False, True):
        got = F.grid_sample(image(), grid(*POINTS), mode, padding, align_corners)
        assert near(got, READ[mode, padding][align_corners])


def test_a_grid_that_moves_nothing_gives_the_image_back() -> None:
    for align_corners in (False, True):
        still = F.affine_grid(flambeau.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]), (1, 1, 3, 4), align_corners)
        assert near(F.grid_sample(image(), still, align_corners=align_corners), listed(image()))


def test_channels_are_moved_alike() -> None:
    two = flambeau.cat([image(), image() * 10], 1)
    first, second = F.grid_sample(two, grid(*POINTS), align_corners=False)[0]
    assert near(second, listed(first * 10))


def test_what_is_no_number_outside_a_point_does_not_spread() -> None:
    holed = flambeau.tensor([[[[NAN, 1.0, 2.0]]]])
    assert listed(F.grid_sample(holed, grid([1.0, 0.0], [9.0, 9.0]), align_corners=False)) == [1.0, 0.0]


def test_a_point_that_is_no_number_counts_as_the_first_edge_where_there_is_a_border() -> None:
    x = image().requires_grad_()
    read = F.grid_sample(x, grid([NAN, 0.0]), padding_mode="border", align_corners=False)
    read.sum().backward()
    assert listed(read) == [4.0]
    assert listed(x.grad) == [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]


def test_the_nearest_cell_does_not_move_with_the_grid() -> None:
    points = grid(*POINTS).requires_grad_()
    F.grid_sample(image(), points, "nearest", align_corners=False).sum().backward()
    assert listed(points.grad) == [0.0] * 10


def test_gradients_go_where_pytorch_sends_them() -> None:
    x, points = image().requires_grad_(), grid([0.5, -0.25], [1.1, 0.2]).requires_grad_()
    F.grid_sample(x, points, "bicubic", "reflection", align_corners=False).sum().backward()
    assert near(points.grad, [1.875, 6.2578125, -0.6, 6.705])
    assert near(x.grad[0, 0], [
        0.0, -0.033783, 0.231323, 0.052562, 0.0, -0.070267, 0.314101, 1.336928, 0.0, 0.0103, -0.109174, 0.26801,
    ])


def test_empty_batches_grids_and_channels_give_empty_images() -> None:
    assert F.grid_sample(zeros(0, 1, 2, 2), zeros(0, 3, 1, 2), align_corners=False).shape == (0, 1, 3, 1)
    assert F.grid_sample(zeros(1, 0, 2, 2), zeros(1, 3, 1, 2), align_corners=False).shape == (1, 0, 3, 1)
    assert F.grid_sample(zeros(1, 1, 2, 2), zeros(1, 0, 1, 2), align_corners=False).shape == (1, 1, 0, 1)


def test_the_tape_says_which_sampler_ran() -> None:
    out = F.grid_sample(image().requires_grad_(), grid([0.0, 0.0]), align_corners=False)
    assert out.grad_fn.name() == "GridSampler2DBackward0"


@pytest.mark.parametrize(("input", "points", "options", "error", "message"), [
    (zeros(1, 1, 2, 2), zeros(1, 1, 1, 2), {"mode": "cubic"}, ValueError, "expected mode to be 'bilinear'"),
    (zeros(1, 1, 2, 2), zeros(1, 1, 1, 2), {"padding_mode": "wrap"}, ValueError, "expected padding_mode to be 'zeros'"),
    (zeros(1, 1, 2, 2), zeros(1, 1, 1, 2, dtype=flambeau.float64), {}, RuntimeError, "expected scalar type Float but found"),
    (zeros(1, 1, 2, 2), zeros(2, 1, 1, 2), {}, RuntimeError, "to have same batch size"),
    (zeros(1, 1, 2, 2), zeros(1, 1, 1, 3), {}, RuntimeError, "expected grid to have size 2 in last dimension"),
    (zeros(1, 1, 2, 2), zeros(1, 1, 2), {}, RuntimeError, "same number of dimensions"),
    (zeros(1, 1, 2, 0), zeros(1, 1, 1, 2), {}, RuntimeError, "with dimension 3 being empty"),
    (zeros(1, 1, 2, 2, 2), zeros(1, 1, 1, 1, 3), {"mode": "bicubic"}, RuntimeError, "bicubic interpolation only supports 4D"),
    (zeros(1, 1, 2, 2, dtype=flambeau.int32), zeros(1, 1, 1, 2, dtype=flambeau.int32), {}, NotImplementedError, "'Int'"),
])
def test_what_cannot_be_sampled_is_refused(input: Any, points: Any, options: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        F.grid_sample(input, points, align_corners=False, **options)


@pytest.mark.parametrize(("theta", "size", "error", "message"), [
    (zeros(2, 2, 3, dtype=flambeau.int32), (2, 1, 2, 2), ValueError, "floating point type, but got torch.int32"),
    (zeros(2, 3, 3), (2, 1, 2, 2), ValueError, "2D affine matrices of shape Nx2x3"),
    (zeros(2, 2, 3), (2, 1, 2, 2, 2), ValueError, "3D affine matrices of shape Nx3x4"),
    (zeros(2, 2, 3), (2, 1, 2), NotImplementedError, "only supports 4D and 5D sizes"),
    (zeros(2, 2, 3), (2, 1, 0, 2), ValueError, "non-zero, positive output size"),
    (zeros(2, 2, 3), (3, 1, 2, 2), RuntimeError, "2 matrices for 3 images"),
])
def test_matrices_that_do_not_fit_are_refused(theta: Any, size: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        F.affine_grid(theta, size, align_corners=False)


def test_leaving_align_corners_open_warns() -> None:
    with pytest.warns(UserWarning, match="align_corners=False since 1.3.0"):
        F.grid_sample(image(), grid([0.0, 0.0]))
    with pytest.warns(UserWarning, match="align_corners=False since 1.3.0"):
        F.affine_grid(zeros(1, 2, 3), (1, 1, 2, 2))
    with pytest.warns(UserWarning, match="unit-size grids"):
        F.affine_grid(zeros(1, 2, 3), (1, 1, 2, 1), align_corners=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        F.affine_grid(zeros(1, 2, 3), (1, 1, 2, 1), align_corners=False)
