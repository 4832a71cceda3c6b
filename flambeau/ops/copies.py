"""The `_copy` forms of views: the same values in memory of their own."""
from __future__ import annotations

from typing import Any

from flambeau.core.layout import contiguous_format
from flambeau.dispatch.op import composite
from flambeau.dispatch.signature import with_out
from flambeau.ops import complex_numbers, internals, parts, permutation, shape, splitting, strides
from flambeau.ops.conversion import clone


def copied(view: Any) -> Any:
    """Make the op that copies what `view` looks at."""
    def copy(*args: Any, **kwargs: Any) -> Any:
        result = view(*args, **kwargs)
        return tuple(map(_copied, result)) if isinstance(result, tuple) else _copied(result)

    copy.__name__ = copy.__qualname__ = view.__name__ + "_copy"
    copy.__module__ = __name__
    copy.__wrapped__ = with_out(view)
    return composite(copy)


@composite
def detach_copy(input: Any) -> Any:
    """Copy `input`, off the tape."""
    return _copied(input.detach())


def _copied(tensor: Any) -> Any:
    return clone(tensor, memory_format=contiguous_format)


as_strided_copy, unfold_copy, diagonal_copy = copied(strides.as_strided), copied(strides.unfold), copied(strides.diagonal)
expand_copy, view_copy, alias_copy = copied(shape.expand), copied(shape.view), copied(shape.view_as_itself)
squeeze_copy, unsqueeze_copy = copied(shape.squeeze), copied(shape.unsqueeze)
permute_copy, transpose_copy, t_copy = copied(permutation.permute), copied(permutation.transpose), copied(permutation.t)
select_copy, unbind_copy = copied(parts.select), copied(splitting.unbind)
split_copy, split_with_sizes_copy = copied(splitting.split), copied(splitting.split_with_sizes)
view_as_complex_copy = copied(complex_numbers.view_as_complex)
view_as_real_copy, slice_copy = copied(complex_numbers.view_as_real), copied(internals.slice_along)
slice_copy.__name__ = "slice_copy"
