"""Lines, images and volumes made larger and smaller: PyTorch's numbers, bytes to the bit, and refusals."""
from __future__ import annotations

import warnings
from typing import Any

import numpy
import pytest
from drawn import listed, near, wrapped

import flambeau
from flambeau import nn
from flambeau.nn import functional as F

NAN = float("nan")
LINES = {  # mode, corners: to 7, to 3, by 1.3, by the ratio of the sizes that 1.3 makes
    ("nearest", None): ([0, 0, 1, 1, 4, 4, 9], [0, 1, 4], [0, 0, 1, 4, 9], [0, 0, 1, 4, 9]),
    ("nearest-exact", None): ([0, 0, 1, 4, 4, 9, 9], [0, 4, 9], [0, 1, 1, 4, 9], [0, 1, 4, 4, 9]),
    ("area", None): ([0, 0.5, 1, 2.5, 4, 6.5, 9], [0.5, 2.5, 6.5], [0, 0.5, 2.5, 6.5, 9], [0, 0.5, 2.5, 6.5, 9]),
    ("linear", False): ([0, 0.357143, 0.928571, 2.5, 4.357143, 7.214286, 9], [0.166667, 2.5, 8.166667],
                        [0, 0.653846, 2.269231, 4.961538, 8.807692], [0, 0.7, 2.5, 5.5, 9]),
    ("linear", True): ([0, 0.5, 1, 2.5, 4, 6.5, 9], [0, 2.5, 9], [0, 0.75, 2.5, 5.25, 9], [0, 0.75, 2.5, 5.25, 9]),
}
IMAGES = [  # of 3 x 3 to 2 x 4
    ({"mode": "bilinear"}, [2.25, 3.8125, 6.4375, 9.25, 3.75, 5.3125, 7.65625, 10]),
    ({"mode": "bilinear", "antialias": True}, [3.375, 5.40625, 8.59375, 11.875, 4.625, 6.65625, 9.609375, 12.5]),
    ({"mode": "bicubic"}, [2.100666, 3.423281, 6.79744, 9.791506, 3.717854, 5.129303, 8.123249, 10.542061]),
    ({"mode": "bicubic", "align_corners": True}, [0, 0.351852, 2.055555, 4, 2, 2.462963, 3.74074, 5]),
    ({"mode": "bicubic", "antialias": True}, [3.255683, 5.146231, 9.013036, 12.431949, 4.636101, 6.575073, 10.135836,
                                              13.086102]),
    ({"mode": "lanczos", "antialias": True}, [3.497186, 4.894866, 9.937935, 13.031191, 4.93293, 6.448352, 11.088731,
                                              13.705642]),
]
BYTES = [  # of 3 x 4 to 2 x 3, and to 4 x 5
    ("bilinear", False, [40, 119, 155, 169, 115, 60],
     [0, 179, 133, 67, 200, 19, 99, 97, 87, 150, 114, 60, 95, 129, 75, 255, 76, 128, 179, 0]),
    ("bilinear", True, [62, 111, 131, 127, 108, 89],
     [0, 179, 133, 67, 200, 19, 99, 97, 87, 150, 114, 60, 95, 129, 75, 255, 76, 128, 179, 0]),
    ("bicubic", False, [33, 123, 159, 173, 114, 56],
     [0, 223, 144, 31, 218, 0, 107, 92, 66, 168, 113, 28, 87, 149, 68, 255, 43, 132, 220, 0]),
    ("bicubic", True, [57, 112, 132, 126, 107, 90],
     [0, 209, 140, 43, 213, 2, 105, 94, 73, 162, 115, 40, 90, 143, 70, 255, 53, 131, 207, 0]),
    ("lanczos", True, [61, 112, 124, 115, 105, 99],
     [3, 217, 148, 35, 220, 0, 114, 95, 60, 177, 127, 25, 88, 155, 58, 255, 49, 133, 215, 0]),
]


def line() -> Any:
    return flambeau.tensor([[[0.0, 1.0, 4.0, 9.0]]])


def image() -> Any:
    return flambeau.tensor([[[[0.0, 1.0, 4.0], [9.0, 16.0, 25.0], [2.0, 3.0, 5.0]]]])


def zeros(*shape: int, dtype: Any = None) -> Any:
    return flambeau.zeros(*shape, dtype=dtype)


def randn(*shape: int) -> Any:
    return wrapped(numpy.random.default_rng([*shape]).standard_normal(shape))


@pytest.mark.parametrize(("mode", "corners"), LINES)
def test_lines_become_what_pytorch_makes_of_them(mode: str, corners: bool | None) -> None:
    longer, shorter, by_factor, by_ratio = LINES[mode, corners]
    assert near(F.interpolate(line(), 7, mode=mode, align_corners=corners), longer)
    assert near(F.interpolate(line(), (3,), mode=mode, align_corners=corners), shorter)
    assert near(F.interpolate(line(), None, 1.3, mode, corners), by_factor)
    assert near(F.interpolate(line(), None, (1.3,), mode, corners, recompute_scale_factor=True), by_ratio)


@pytest.mark.parametrize(("options", "numbers"), IMAGES)
def test_images_become_what_pytorch_makes_of_them(options: Any, numbers: Any) -> None:
    assert near(F.interpolate(image(), (2, 4), **options), numbers)


@pytest.mark.parametrize(("mode", "antialias", "smaller", "larger"), BYTES)
def test_bytes_are_resampled_in_whole_numbers(mode: str, antialias: bool, smaller: Any, larger: Any) -> None:
    pixels = flambeau.tensor([[[[0, 255, 10, 200], [30, 60, 90, 120], [255, 0, 255, 0]]]], dtype=flambeau.uint8)
    assert listed(F.interpolate(pixels, (2, 3), mode=mode, antialias=antialias)) == smaller
    assert listed(F.interpolate(pixels, (4, 5), mode=mode, antialias=antialias)) == larger


@pytest.mark.parametrize("mode", ["nearest", "nearest-exact"])
def test_nearest_elements_are_picked_whatever_they_are(mode: str) -> None:
    for dtype in (flambeau.bool, flambeau.int64, flambeau.uint8, flambeau.bfloat16, flambeau.complex64):
        ones = flambeau.tensor([[[1, 0]]]).to(dtype)
        assert F.interpolate(ones, 4, mode=mode).dtype == dtype
        assert F.interpolate(ones, 4, mode=mode).tolist() == [[[1, 1, 0, 0]]]


def test_an_image_that_stays_as_large_or_doubles_goes_by_its_sizes_not_the_factor() -> None:
    row = flambeau.tensor([[[[0.0, 1.0, 2.0]]]])
    assert listed(F.interpolate(row, scale_factor=(1, 2.25)))[:6] == [0, 0, 1, 1, 2, 2]
    assert listed(F.interpolate(row[0], scale_factor=2.25)) == [0, 0, 0, 1, 1, 2]


def test_smooth_modes_leave_what_stays_as_long_as_it_is_but_not_the_cubic_curve() -> None:
    assert listed(F.interpolate(line(), scale_factor=1.2, mode="linear")) == [0, 1, 4, 9]
    assert near(F.interpolate(image(), scale_factor=1.2, mode="bicubic")[0, 0, 0], [-0.508626, -0.226105, 1.85764])


def test_a_column_is_filtered_as_each_column_of_an_image_is() -> None:
    """Where PyTorch's own filter loses its way, and returns the first element throughout."""
    column = flambeau.tensor([0.0, 10.0, 20.0, 40.0]).reshape(1, 1, 4, 1)
    assert near(F.interpolate(column, (3, 1), mode="bilinear", antialias=True), [3, 15, 34])


def test_the_result_is_no_view_of_the_input() -> None:
    x = image()
    for mode in ("nearest", "bilinear", "bicubic"):
        F.interpolate(x, (3, 3), mode=mode).fill_(7)
    assert listed(x) == listed(image())


def test_what_is_no_number_reaches_its_neighbours_only() -> None:
    holed = flambeau.tensor([[[0.0, 1.0, NAN, 3.0, 4.0, 5.0]]])
    assert listed(F.interpolate(holed, 12, mode="linear").isnan()).count(True) == 4


@pytest.mark.parametrize(("mode", "dims"), [("nearest", 2), ("nearest-exact", 3), ("bilinear", 2), ("bicubic", 2),
                                            ("trilinear", 3), ("area", 2)])
def test_channels_that_lie_last_in_memory_stay_there(mode: str, dims: int) -> None:
    layout = flambeau.channels_last if dims == 2 else flambeau.channels_last_3d
    x = randn(2, 3, *(4, 5, 6)[:dims])
    plain, last = F.interpolate(x, 7, mode=mode), F.interpolate(x.contiguous(memory_format=layout), 7, mode=mode)
    assert plain.is_contiguous()
    assert last.is_contiguous(memory_format=layout)
    assert near(last, listed(plain))


def test_an_empty_batch_stays_one() -> None:
    assert F.interpolate(zeros(0, 2, 3, 4), (5, 6), mode="bilinear").shape == (0, 2, 5, 6)


@pytest.mark.parametrize(("shape", "options", "error", "message"), [
    ((1, 1, 4), {}, ValueError, "either size or scale_factor should be defined"),
    ((1, 1, 4), {"size": 2, "scale_factor": 2}, ValueError, "only one of size or scale_factor"),
    ((1, 1, 4), {"size": (2, 2)}, ValueError, "Input and output must have the same number of spatial dimensions"),
    ((1, 1, 4), {"scale_factor": (2, 2)}, ValueError, "Input and scale_factor must have the same number"),
    ((1, 1, 4), {"size": (2.5,)}, TypeError, "expected size to be one of int"),
    ((1, 1, 4), {"size": 2, "recompute_scale_factor": True}, ValueError, "not meaningful with an explicit size"),
    ((1, 1, 4), {"size": 2, "align_corners": True}, ValueError, "align_corners option can only be set"),
    ((1, 1, 4), {"size": 2, "antialias": True}, ValueError, "Anti-alias option is restricted"),
    ((1, 1, 4, 4), {"size": 2, "mode": "lanczos"}, ValueError, "requires antialias=True"),
    ((1, 1, 4), {"size": 2, "mode": "bilinear"}, NotImplementedError, "Got 3D input, but bilinear mode needs 4D input"),
    ((1, 1, 4, 4), {"size": 2, "mode": "trilinear"}, NotImplementedError, "but trilinear mode needs 5D input"),
    ((1, 1), {"size": 2}, NotImplementedError, "Only 3D, 4D and 5D input Tensors supported"),
    ((1, 1, 4), {"size": 2, "mode": "cubic"}, NotImplementedError, "got cubic"),
    ((1, 1, 4), {"scale_factor": 0.1}, RuntimeError, "sizes should be greater than 0"),
    ((1, 0, 4), {"size": 2}, RuntimeError, "Non-empty 3D data tensor expected"),
])
def test_what_cannot_be_resampled_is_refused(shape: Any, options: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        F.interpolate(zeros(*shape), **options)


def test_integers_have_no_smooth_modes() -> None:
    with pytest.raises(NotImplementedError, match="'Int'"):
        F.interpolate(zeros(1, 1, 2, 2, dtype=flambeau.int32), 3, mode="bilinear")
    with pytest.raises(NotImplementedError, match="'Byte'"):
        F.interpolate(zeros(1, 1, 2, dtype=flambeau.uint8), 3, mode="linear")


def test_the_older_names_warn_and_do_the_same() -> None:
    with pytest.warns(UserWarning, match="`nn.functional.upsample_bilinear` is deprecated"):
        assert near(F.upsample_bilinear(image(), 2), [0, 4, 2, 5])
    with pytest.warns(UserWarning, match="upsample_nearest"):
        assert near(F.upsample_nearest(line(), scale_factor=0.5), [0, 4])
    with pytest.warns(UserWarning, match=r"`nn.functional.upsample` is"):
        assert near(F.upsample(line(), 2, mode="linear"), [0.5, 6.5])


def test_layers_keep_their_options_and_print_them() -> None:
    assert repr(nn.Upsample(scale_factor=2)) == "Upsample(scale_factor=2.0, mode='nearest')"
    assert repr(nn.UpsamplingBilinear2d(size=3)) == "UpsamplingBilinear2d(size=3, mode='bilinear')"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert near(nn.UpsamplingBilinear2d(size=2)(image()), [0, 4, 2, 5])
        assert near(nn.UpsamplingNearest2d(scale_factor=0.5)(image()), [0])
        layer = nn.Upsample(scale_factor=1.3, mode="linear", recompute_scale_factor=True)
        assert near(layer(line()), LINES["linear", False][3])
