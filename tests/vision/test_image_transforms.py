"""Transforms: torchvision's choices for the same seed, on tensors and on Pillow's images."""
from __future__ import annotations

import numpy
import pytest

import flambeau as torch
from flambeau.vision import transforms as T
from flambeau.vision.transforms import functional as F

IMAGE = (torch.arange(3 * 8 * 10) % 251).to(torch.uint8).reshape(3, 8, 10)

RECORDED = [  # torchvision 0.28 on PyTorch 2.13, seed 7: the shape, and a weighted sum of the pixels
    ("RandomCrop(5, padding=2)", (3, 5, 5), 73.3765),
    ("RandomResizedCrop(4)", (3, 4, 4), 70.7259),
    ("RandomHorizontalFlip()", (3, 8, 10), 336.4706),
    ("ColorJitter(0.4, 0.4, 0.4, 0.1)", (3, 8, 10), 437.4314),
    ("RandomErasing(1.0)", (3, 8, 10), 309.6353),
    ("RandomGrayscale(0.6)", (3, 8, 10), 293.7066),
    ("Resize((5, 4))", (3, 5, 4), 82.4549),
    ("CenterCrop((10, 4))", (3, 10, 4), 131.8275),
    ("Pad((1, 2), padding_mode='reflect')", (3, 12, 12), 606.4),
]


@pytest.mark.parametrize(("call", "shape", "total"), RECORDED)
def test_the_same_seed_makes_torchvisions_choices(call, shape, total):
    torch.manual_seed(7)
    out = eval(f"T.{call}")(IMAGE.float() / 255)
    weights = torch.arange(out.numel()).reshape(out.shape) % 7
    assert out.shape == shape
    assert (out.double() * weights).sum().item() == pytest.approx(total, abs=2e-3)


@pytest.mark.parametrize("call", [call for call, _, _ in RECORDED if "Erasing" not in call])
def test_a_pillow_image_is_treated_like_a_tensor(call):
    Image = pytest.importorskip("PIL.Image")
    picture = Image.fromarray(IMAGE.numpy().transpose(1, 2, 0))
    outs = []
    for image in (picture, IMAGE):
        torch.manual_seed(7)
        outs.append(eval(f"T.{call}")(image))
    there = F.pil_to_tensor(outs[0])
    assert there.shape == outs[1].shape
    tolerance = 12 if "Jitter" in call else 2 if "Res" in call or "Gray" in call else 0  # Pillow rounds at each of its steps
    assert int((there.int() - outs[1].int()).abs().max()) <= tolerance


def test_the_usual_line_of_transforms_goes_from_bytes_to_normalized_floats():
    line = T.Compose([T.RandomCrop(8, padding=1), T.ToTensor(), T.Normalize((0.5, 0.4, 0.3), (0.1, 0.2, 0.3))])
    out = line(IMAGE)
    assert (out.shape, out.dtype) == ((3, 8, 8), torch.float32)
    assert repr(T.Compose([T.ToTensor(), T.CenterCrop(3)])) == "Compose(\n    ToTensor()\n    CenterCrop(size=(3, 3))\n)"


def test_grey_images_need_no_channel_until_they_are_made_floats():
    grey = IMAGE[0]
    assert T.RandomCrop(4, padding=2)(grey).shape == (4, 4)
    assert T.ToTensor()(grey).shape == (1, 8, 10)
    assert T.ToTensor()(grey.numpy()).tolist() == T.ToTensor()(grey).tolist()
    assert T.Resize(4)(grey).shape == (4, 5)


def test_arrays_have_their_channels_last_and_tensors_first():
    array = IMAGE.numpy().transpose(1, 2, 0)
    assert torch.equal(T.ToTensor()(array), T.ToTensor()(IMAGE))
    assert T.ToTensor()(numpy.ones((2, 2))).dtype == torch.float64


@pytest.mark.parametrize(("size", "max_size", "shape"), [(4, None, (4, 5)), ((3, 6), None, (3, 6)), ([16], 18, (14, 18))])
def test_a_single_size_is_the_shorter_sides(size, max_size, shape):
    assert T.Resize(size, max_size=max_size)(IMAGE).shape[-2:] == shape


def test_images_change_dtype_within_their_range():
    assert F.convert_image_dtype(torch.tensor([0.0, 0.5, 1.0]), torch.uint8).tolist() == [0, 127, 255]
    assert F.convert_image_dtype(torch.tensor([0, 255], dtype=torch.uint8), torch.float32).tolist() == [0.0, 1.0]
    assert F.convert_image_dtype(torch.tensor([0, 255], dtype=torch.uint8), torch.int16).tolist() == [0, 32640]
    assert F.convert_image_dtype(torch.tensor([0, 32767], dtype=torch.int16), torch.uint8).tolist() == [0, 255]


def test_hues_turned_all_the_way_round_return():
    image = IMAGE.float() / 255
    assert torch.allclose(F.adjust_hue(F.adjust_hue(image, 0.5), 0.5), image, atol=1e-5)


def test_erasing_leaves_the_image_that_it_was_given():
    image = torch.ones(3, 8, 8)
    out = T.RandomErasing(1.0, value=(1.5, 2.5, 3.5))(image)
    assert image.sum() == image.numel() and set(out.flatten().tolist()) == {1.0, 1.5, 2.5, 3.5}


def test_tensors_become_pillow_images_and_back():
    pytest.importorskip("PIL.Image")
    assert torch.equal(T.PILToTensor()(T.ToPILImage()(IMAGE)), IMAGE)
    assert T.ToPILImage()(torch.rand(1, 3, 4)).mode == "L"


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: T.RandomCrop(20)(IMAGE), ValueError, r"Required crop size \(20, 20\) is larger than input image size \(8, 10\)"),
    (lambda: T.Normalize((0.5,), (0.0,))(IMAGE.float()), ValueError, "std evaluated to zero"),
    (lambda: T.Normalize((0.5,), (0.1,))(IMAGE), TypeError, "should be a float tensor. Got torch.uint8"),
    (lambda: T.ToTensor()("image"), TypeError, "pic should be PIL Image or ndarray"),
    (lambda: T.ColorJitter(hue=0.7), ValueError, "hue values should be between"),
    (lambda: T.ColorJitter(-1), ValueError, "must be non negative"),
    (lambda: T.RandomErasing(2.0), ValueError, "probability should be between 0 and 1"),
    (lambda: T.Pad((1, 2, 3)), ValueError, "1, 2, or 4 element tuple"),
    (lambda: T.Lambda(3), TypeError, "should be callable"),
    (lambda: F.hflip(numpy.ones(3)), TypeError, "Unexpected type"),
    (lambda: T.Resize(9, max_size=8)(IMAGE), ValueError, "must be strictly greater"),
])
def test_what_cannot_be_done_is_said(call, error, message):
    with pytest.raises(error, match=message):
        call()
