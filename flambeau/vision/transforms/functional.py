"""The transforms as functions: what is done, with nothing left to chance."""
from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

import numpy

from flambeau.core.dtype import dtype, uint8
from flambeau.core.tensor import TensorBase
from flambeau.ops.bounds import clamp
from flambeau.ops.creation import as_tensor, from_numpy
from flambeau.ops.joining import stack
from flambeau.ops.shape import unsqueeze


class InterpolationMode(Enum):
    """How an image is resampled."""

    NEAREST = "nearest"
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    BOX = "box"
    HAMMING = "hamming"
    LANCZOS = "lanczos"


def is_pil(image: Any) -> bool:
    """Say whether an image is Pillow's, without importing Pillow for it."""
    return any(kind.__module__ == "PIL.Image" and kind.__name__ == "Image" for kind in type(image).__mro__)


def is_tensor(image: Any) -> bool:
    return isinstance(image, TensorBase)


def refuse(image: Any) -> None:
    if not isinstance(image, TensorBase) and not is_pil(image):
        raise TypeError(f"Unexpected type {type(image)}; an image is a tensor or a Pillow image")


def get_image_size(img: Any) -> list[int]:
    """Return [width, height]."""
    refuse(img)
    return list(img.size) if is_pil(img) else [img.shape[-1], img.shape[-2]]


def get_dimensions(img: Any) -> list[int]:
    """Return [channels, height, width]; a tensor without a channel dim has 1."""
    width, height = get_image_size(img)
    if is_pil(img):
        return [len(img.getbands()), height, width]
    return [img.shape[-3] if img.ndim > 2 else 1, height, width]


# ------------------------------------------------------------------------------------- conversion


def pil_to_tensor(pic: Any) -> Any:
    """Return a Pillow image as a tensor (C, H, W) of its own values."""
    if not is_pil(pic):
        raise TypeError(f"pic should be PIL Image. Got {type(pic)}")
    array = numpy.array(pic, copy=True)
    return from_numpy(numpy.ascontiguousarray(array.reshape(*array.shape[:2], -1).transpose(2, 0, 1)))


def to_tensor(pic: Any) -> Any:
    """Return an image as a float32 tensor (C, H, W), its bytes divided by 255.

    A NumPy array is (H, W, C) or (H, W); a tensor is (C, H, W) or (H, W) already.
    """
    from flambeau.core.dtype import float32

    if isinstance(pic, numpy.ndarray):
        if pic.ndim not in (2, 3):
            raise ValueError(f"pic should be 2/3 dimensional. Got {pic.ndim} dimensions.")
        pic = from_numpy(numpy.ascontiguousarray(pic.reshape(*pic.shape[:2], -1).transpose(2, 0, 1)))
    elif is_pil(pic):
        pic = pil_to_tensor(pic)
    elif not isinstance(pic, TensorBase):
        raise TypeError(f"pic should be PIL Image or ndarray. Got {type(pic)}")
    image = unsqueeze(pic, 0) if pic.ndim == 2 else pic
    return image.to(float32) / 255 if image.dtype == uint8 else image


def to_pil_image(pic: Any, mode: str | None = None) -> Any:
    """Return a tensor (C, H, W) or an array (H, W, C) as a Pillow image; floats are multiplied by 255."""
    if not isinstance(pic, TensorBase | numpy.ndarray):
        raise TypeError(f"pic should be Tensor or ndarray. Got {type(pic)}.")
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError("Pillow images need Pillow; install it with: pip install 'flambeau[vision]'") from error
    if isinstance(pic, TensorBase):
        image: Any = pic.unsqueeze(0) if pic.ndim == 2 else pic
        if image.is_floating_point() and mode != "F":
            image = (image * 255).byte()
        array = image.cpu().numpy().transpose(1, 2, 0)
    else:
        array = pic
    return Image.fromarray(array[:, :, 0] if array.ndim == 3 and array.shape[2] == 1 else array, mode)


def convert_image_dtype(image: Any, dtype: dtype) -> Any:
    """Return an image in another dtype, scaled: integers run from 0 to their largest, floats from 0 to 1."""
    if not is_tensor(image):
        raise TypeError(f"Input img should be Tensor Image, not {type(image)}")
    if image.dtype == dtype:
        return image
    if image.is_floating_point():
        return image.to(dtype) if dtype.is_floating_point else (image * (_highest(dtype) + 1 - 1e-3)).to(dtype)
    if dtype.is_floating_point:
        return image.to(dtype) / _highest(image.dtype)
    have, want = _highest(image.dtype), _highest(dtype)
    if have > want:
        return (image // ((have + 1) // (want + 1))).to(dtype)
    return image.to(dtype) * ((want + 1) // (have + 1))


def _highest(kind: dtype) -> int:
    from flambeau.core.limits import iinfo

    return 1 if kind.numpy.kind == "b" else iinfo(kind).max


def normalize(tensor: Any, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> Any:
    """Subtract a mean from each channel of a float image and divide by a standard deviation."""
    if not isinstance(tensor, TensorBase):
        raise TypeError(f"img should be Tensor Image. Got {type(tensor)}")
    if not tensor.is_floating_point():
        raise TypeError(f"Input tensor should be a float tensor. Got {tensor.dtype}.")
    if tensor.ndim < 3:
        raise ValueError(f"Expected tensor to be a tensor image of size (..., C, H, W). Got tensor.size() = {tensor.shape}")
    means, deviations = (as_tensor(values, dtype=tensor.dtype, device=tensor.device) for values in (mean, std))
    if (deviations == 0).any():
        raise ValueError(f"std evaluated to zero after conversion to {tensor.dtype}, leading to division by zero.")
    means, deviations = (values.view(-1, 1, 1) if values.ndim == 1 else values for values in (means, deviations))
    image = tensor if inplace else tensor.clone()
    return image.sub_(means).div_(deviations)


# ------------------------------------------------------------------------------------- geometry


def hflip(img: Any) -> Any:
    """Mirror left and right."""
    refuse(img)
    return img.transpose(0) if is_pil(img) else img.flip(-1)


def vflip(img: Any) -> Any:
    """Mirror top and bottom."""
    refuse(img)
    return img.transpose(1) if is_pil(img) else img.flip(-2)


def crop(img: Any, top: int, left: int, height: int, width: int) -> Any:
    """Cut out a rectangle; what it has outside of the image is 0."""
    refuse(img)
    if is_pil(img):
        return img.crop((left, top, left + width, top + height))
    across, down = get_image_size(img)
    inside = img[..., max(top, 0):max(top + height, 0), max(left, 0):max(left + width, 0)]
    missing = [max(min(left + width, 0) - left, 0), max(left + width - max(across, left), 0),
               max(min(top + height, 0) - top, 0), max(top + height - max(down, top), 0)]
    return pad(inside, [missing[0], missing[2], missing[1], missing[3]]) if any(missing) else inside


def center_crop(img: Any, output_size: int | Sequence[int]) -> Any:
    """Cut out the middle; a smaller image gets a border of 0 first."""
    height, width = pair(output_size)
    across, down = get_image_size(img)
    if width > across or height > down:
        sides = [max(width - across, 0) // 2, max(height - down, 0) // 2,
                 (max(width - across, 0) + 1) // 2, (max(height - down, 0) + 1) // 2]
        img = pad(img, sides)
        across, down = get_image_size(img)
    return crop(img, round((down - height) / 2.0), round((across - width) / 2.0), height, width)


def pair(size: int | Sequence[int]) -> tuple[int, int]:
    """(height, width) of what users give as a size."""
    if isinstance(size, int):
        return size, size
    sizes = tuple(size)
    return (sizes[0], sizes[0]) if len(sizes) == 1 else (sizes[0], sizes[1])


def pad(img: Any, padding: int | Sequence[int], fill: Any = 0, padding_mode: str = "constant") -> Any:
    """Add a border: one width, (left and right, top and bottom), or (left, top, right, bottom).

    `padding_mode`: "constant", "edge", "reflect" or "symmetric".
    """
    refuse(img)
    if padding_mode not in ("constant", "edge", "reflect", "symmetric"):
        raise ValueError("Padding mode should be either constant, edge, reflect or symmetric")
    left, top, right, bottom = _sides(padding)
    if is_pil(img):
        return _pad_pil(img, (left, top, right, bottom), fill, padding_mode)
    mode = {"edge": "edge", "reflect": "reflect", "symmetric": "symmetric"}.get(padding_mode)
    widths = [(0, 0)] * (img.ndim - 2) + [(top, bottom), (left, right)]
    if min(left, top, right, bottom) < 0:
        img = img[..., max(-top, 0):img.shape[-2] - max(-bottom, 0), max(-left, 0):img.shape[-1] - max(-right, 0)]
        widths = [(max(before, 0), max(behind, 0)) for before, behind in widths]
    if mode is None:
        from flambeau.nn.functional import pad as padded

        flat = [side for widths_of_dim in reversed(widths) for side in widths_of_dim]
        return padded(img, flat, value=float(fill[0] if isinstance(fill, Sequence) else fill))
    return from_numpy(numpy.pad(img.cpu().numpy(), widths, mode)).to(img.device)


def _sides(padding: int | Sequence[int]) -> tuple[int, int, int, int]:
    sides = [padding] if isinstance(padding, int) else list(padding)
    if len(sides) not in (1, 2, 4):
        raise ValueError(f"Padding must be an int or a 1, 2, or 4 element tuple, not a {len(sides)} element tuple")
    return tuple(sides * (4 // len(sides)))  # type: ignore[return-value]  # four


def _pad_pil(img: Any, sides: tuple[int, int, int, int], fill: Any, padding_mode: str) -> Any:
    from PIL import Image, ImageOps

    if padding_mode == "constant":
        bands = len(img.getbands())
        return ImageOps.expand(img, border=sides, fill=(fill,) * bands if isinstance(fill, int) and bands > 1 else fill)
    left, top, right, bottom = sides
    array = numpy.asarray(img)
    widths = [(top, bottom), (left, right)] + [(0, 0)] * (array.ndim - 2)
    return Image.fromarray(numpy.pad(array, widths, padding_mode))


def resize(img: Any, size: int | Sequence[int], interpolation: InterpolationMode = InterpolationMode.BILINEAR,
           max_size: int | None = None, antialias: bool | None = True) -> Any:
    """Resample to (height, width); one number is the length of the shorter side, with `max_size` for the longer."""
    refuse(img)
    width, height = get_image_size(img)
    new_height, new_width = resized(height, width, size, max_size)
    if (new_height, new_width) == (height, width):
        return img
    if is_pil(img):
        order = ("nearest", "lanczos", "bilinear", "bicubic", "box", "hamming")
        wanted = interpolation.value.replace("nearest-exact", "nearest")
        return img.resize((new_width, new_height), order.index(wanted))
    return _resampled(img, (new_height, new_width), interpolation, bool(antialias))


def resized(height: int, width: int, size: int | Sequence[int], max_size: int | None) -> tuple[int, int]:
    """The (height, width) that `resize` makes of an image's."""
    if not isinstance(size, int) and len(size) > 1:
        if max_size is not None:
            raise ValueError("max_size should only be passed if size specifies the length of the smaller edge, i.e. size "
                             "should be an int or a sequence of length 1 in torchscript mode.")
        return size[0], size[1]
    wanted = size if isinstance(size, int) else size[0]
    short, long = min(height, width), max(height, width)
    new_short, new_long = wanted, int(wanted * long / short)
    if max_size is not None:
        if max_size <= wanted:
            raise ValueError(f"max_size = {max_size} must be strictly greater than the requested size for the smaller edge "
                             f"size = {wanted}")
        if new_long > max_size:
            new_short, new_long = int(max_size * new_short / new_long), max_size
    return (new_short, new_long) if height <= width else (new_long, new_short)


def _resampled(img: Any, size: tuple[int, int], interpolation: InterpolationMode, antialias: bool) -> Any:
    from flambeau.core.dtype import float32
    from flambeau.nn.functional import interpolate

    kind, lead = img.dtype, tuple(img.shape[:-2])
    batch = img.reshape(-1, 1, *img.shape[-2:])
    smooth = interpolation in (InterpolationMode.BILINEAR, InterpolationMode.BICUBIC)
    work = batch if kind.is_floating_point else batch.to(float32)
    options = {"align_corners": False, "antialias": antialias} if smooth else {}
    out = interpolate(work, size=size, mode=interpolation.value, **options)
    if not kind.is_floating_point:
        out = clamp(out.round() if smooth else out, 0, 255).to(kind)
    return out.reshape(*lead, *size)


def resized_crop(img: Any, top: int, left: int, height: int, width: int, size: int | Sequence[int],
                 interpolation: InterpolationMode = InterpolationMode.BILINEAR, antialias: bool | None = True) -> Any:
    """Cut out a rectangle and resample it."""
    return resize(crop(img, top, left, height, width), size, interpolation, antialias=antialias)


def erase(img: Any, i: int, j: int, h: int, w: int, v: Any, inplace: bool = False) -> Any:
    """Overwrite a rectangle of a tensor with `v`."""
    if not isinstance(img, TensorBase):
        raise TypeError(f"Tensor Image expected, got {type(img)}")
    image = img if inplace else img.clone()
    image[..., i:i + h, j:j + w] = v
    return image


# ------------------------------------------------------------------------------------- colour


def rgb_to_grayscale(img: Any, num_output_channels: int = 1) -> Any:
    """Return the luma 0.2989 R + 0.587 G + 0.114 B, in 1 or 3 channels."""
    if num_output_channels not in (1, 3):
        raise ValueError("num_output_channels should be either 1 or 3")
    if is_pil(img):
        grey = img.convert("L")
        return grey if num_output_channels == 1 else _pil().merge("RGB", [grey] * 3)
    if img.shape[-3] == 1:
        grey = img
    else:
        red, green, blue = img.unbind(-3)
        grey = unsqueeze((0.2989 * red + 0.587 * green + 0.114 * blue).to(img.dtype), -3)
    return grey if num_output_channels == 1 else grey.expand(*img.shape[:-3], 3, *img.shape[-2:])


def _pil() -> Any:
    from PIL import Image

    return Image


def invert(img: Any) -> Any:
    """Return the negative."""
    if is_pil(img):
        from PIL import ImageOps

        return ImageOps.invert(img)
    return _top(img) - img


def _top(img: Any) -> float:
    return 1.0 if img.is_floating_point() else _highest(img.dtype)


def _blend(one: Any, other: Any, ratio: float) -> Any:
    return clamp(ratio * one + (1.0 - ratio) * other, 0, _top(one)).to(one.dtype)


def _enhanced(img: Any, kind: str, factor: float) -> Any:
    from PIL import ImageEnhance

    return getattr(ImageEnhance, kind)(img).enhance(factor)


def adjust_brightness(img: Any, brightness_factor: float) -> Any:
    """Mix with black: 0 is black, 1 the image, 2 twice as bright."""
    _refuse_negative("brightness_factor", brightness_factor)
    if is_pil(img):
        return _enhanced(img, "Brightness", brightness_factor)
    return _blend(img, img * 0, brightness_factor)


def adjust_contrast(img: Any, contrast_factor: float) -> Any:
    """Mix with the mean grey: 0 is grey, 1 the image."""
    _refuse_negative("contrast_factor", contrast_factor)
    if is_pil(img):
        return _enhanced(img, "Contrast", contrast_factor)
    from flambeau.core.dtype import float32

    kind = img.dtype if img.is_floating_point() else float32
    grey = rgb_to_grayscale(img) if get_dimensions(img)[0] == 3 else img
    return _blend(img, grey.to(kind).mean((-3, -2, -1) if img.ndim > 2 else (-2, -1), keepdim=True), contrast_factor)


def adjust_saturation(img: Any, saturation_factor: float) -> Any:
    """Mix with the grey image: 0 is grey, 1 the image."""
    _refuse_negative("saturation_factor", saturation_factor)
    if is_pil(img):
        return _enhanced(img, "Color", saturation_factor)
    return img if get_dimensions(img)[0] == 1 else _blend(img, rgb_to_grayscale(img), saturation_factor)


def _refuse_negative(name: str, value: float) -> None:
    if value < 0:
        raise ValueError(f"{name} ({value}) is not non-negative.")


def adjust_hue(img: Any, hue_factor: float) -> Any:
    """Turn the hues by a share of the circle, from -0.5 to 0.5."""
    if not -0.5 <= hue_factor <= 0.5:
        raise ValueError(f"hue_factor ({hue_factor}) is not in [-0.5, 0.5].")
    if is_pil(img):
        return _turned_pil(img, hue_factor)
    if get_dimensions(img)[0] == 1:
        return img
    from flambeau.core.dtype import float32

    image = convert_image_dtype(img, float32)
    hue, saturation, value = _hsv(image)
    return convert_image_dtype(_rgb((hue + hue_factor) % 1.0, saturation, value), img.dtype)


def _turned_pil(img: Any, hue_factor: float) -> Any:
    if img.mode in ("L", "1", "I", "F"):
        return img
    hue, saturation, value = img.convert("HSV").split()
    turned = (numpy.asarray(hue, "u1").astype("i4") + int(hue_factor * 255)) % 256
    return _pil().merge("HSV", (_pil().fromarray(turned.astype("u1"), "L"), saturation, value)).convert(img.mode)


def _hsv(image: Any) -> tuple[Any, Any, Any]:
    """Hue, saturation and value, each from 0 to 1 (Smith, "Color Gamut Transform Pairs", 1978)."""
    from flambeau.ops.masking import where

    red, green, blue = image.unbind(-3)
    high, low = image.amax(-3), image.amin(-3)
    grey = high == low
    spread = high - low
    saturation = spread / where(grey, 1.0, high)
    by = where(grey, 1.0, spread)
    to_red, to_green, to_blue = (high - red) / by, (high - green) / by, (high - blue) / by
    is_red, is_green = high == red, (high == green) & (high != red)
    hue = where(is_red, to_blue - to_green, where(is_green, 2.0 + to_red - to_blue, 4.0 + to_green - to_red))
    return (hue / 6.0 + 1.0) % 1.0, saturation, high


def _rgb(hue: Any, saturation: Any, value: Any) -> Any:
    sector = (hue * 6.0).floor()
    part = hue * 6.0 - sector
    p, q, t = (clamp(value * (1.0 - share), 0.0, 1.0)
               for share in (saturation, saturation * part, saturation * (1.0 - part)))
    number = sector.long() % 6
    choices = (stack((value, q, p, p, t, value)), stack((t, value, value, q, p, p)), stack((p, p, t, value, value, q)))
    index = unsqueeze(number, 0)
    return stack([choice.gather(0, index)[0] for choice in choices], -3)
