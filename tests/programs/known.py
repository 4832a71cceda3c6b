"""Differences that stay, and why. An entry that matches nothing any more is to be taken out."""
from __future__ import annotations

import re
from typing import NamedTuple

from programs.comparing import Difference, first_difference


class Known(NamedTuple):
    """`about`, `line`, `said`, `before`: patterns for what differs, the line after which it does, what either framework
    has there, and any line up to it."""

    why: str
    about: str = ""
    line: str = ""
    said: str = ""
    before: str = ""


KNOWN: tuple[Known, ...] = (
    # PyTorch refuses, and flambeau has the answer.
    Known("PyTorch has this gradient only where index and source are of one shape", "error RuntimeError None", "grad",
          "Scatter(Add|Reduce)Backward0 returned an invalid gradient|size of tensor a"),
    Known("PyTorch has no gradient of a scatter that adds or multiplies; flambeau does it by scatter_reduce",
          "error RuntimeError None", "grad|backward", "derivative for aten::scatter"),
    Known("a rule that needs fewer of its arguments notices fewer writes to them", "error RuntimeError None", "grad|backward",
          "modified by an inplace operation"),
    Known("nothing was written to what has no elements", "error None RuntimeError", "grad|backward",
          r"modified by an inplace operation.*\[(\d+, )*0[,\]]"),
    Known("what is written through a mask may be of another dtype", "error RuntimeError None", r"\] = ",
          "source and destination dtypes match"),
    Known("flambeau keeps what it saved for the gradient when the tensor is detached in place", "error RuntimeError None",
          "grad", "detached in-place"),
    Known("a gradient that PyTorch's own code stumbles over", "error RuntimeError None", "grad",
          "INTERNAL ASSERT|Expected isFloatingType|Subtraction, the `-` operator, with a bool|invalid gradient at index"),
    Known("PyTorch refuses to sum what needs a gradient into whole numbers", "error RuntimeError None", "dtype=",
          "Autograd not support dtype|functions with out=... arguments don't support automatic differentiation"),
    Known("True counts as 1 where PyTorch has no subtraction of it, nor a negation", "error RuntimeError None", "",
          "(Subtraction|Negation), the `-` operator, (with|on) a bool tensor"),
    Known("what is written into whole numbers has no gradient", "error RuntimeError None", "scatter",
          "Autograd not support dtype"),
    Known("the same, where PyTorch says that it has one", "requires_grad", r"\] = "),
    Known("shapes that only a copy can have", "error RuntimeError None", r"\.kron\(", "view size is not compatible"),
    Known("what is read while it is written to is read before", "error RuntimeError None( in shared memory)?", "",
          "some elements of the input tensor and the written-to tensor refer to a single memory location"),
    Known("an index beyond a dim of 0 that is repeated along it", "error IndexError None", "repeat_interleave",
          r"expected to be in range of \[-1, 0\], but got 1"),
    Known("in-place absolute values of complex numbers are written with an imaginary part of 0", "error RuntimeError None",
          r"\.abs_\(", "In-place abs"),
    Known("powers of half complex numbers are computed in complex64", "error NotImplementedError None",
          r"\*\*|/|divide|div_?\(", "ComplexHalf"),
    Known("a negative width takes nothing away where nothing is", "error RuntimeError None", r"functional\.pad\(",
          "length must be non-negative"),
    Known("False and True have a smaller and a larger one", "error NotImplementedError None", r"\.clamp",
          "not implemented for .*Bool"),
    Known("a running product in complex numbers has a gradient also where the input is real", "error RuntimeError None",
          r"autograd\.(grad|backward)", "result type Complex", "cumprod"),
    Known("one number to add counts as a vector of one", "error RuntimeError None", r"\.index_add_?\(",
          r"source\.shape = \[\]"),
    Known("an output of complex numbers that PyTorch has no gradient of may be computed all the same",
          "error RuntimeError None", "", "does not support automatic differentiation for outputs with complex dtype"),

    # Two faults in one call.
    Known("two arguments are wrong, and each framework names another first", "error (Index|Runtime|NotImplemented|Type)Error "
          "(Index|Runtime|NotImplemented|Overflow|Type)Error( in shared memory)?"),

    # One fault, which both name.
    Known("how far an op came before it failed is nobody's business", ".* of what failed"),

    # Memory.
    Known("conjugation is done at once, into new memory; PyTorch puts it off in a view", "memory|requires_grad|view|offset",
          r"\.(conj|mH|adjoint)\b"),
    Known("the same, seen in the strides of what was expanded before, and in how often it was written to",
          "stride|writes|memory", "", "", r"\.(conj|mH|adjoint)\b"),
    Known("the same", "stride", r"\.(mH|adjoint)\b"),
    Known("powers of a number, and Kronecker's products, lie as their operand lies; PyTorch's row by row", "stride",
          r"x\d+ = \S+ \*\* x|\.kron\(|\.angle\(|einsum"),
    Known("no element, no address to begin at", "answer", r"\.storage_offset\("),
    Known("the same, in what strides make of it", "offset|error RuntimeError None", "as_strided", "", r"narrow\(.*, 0\)"),
    Known("what PyTorch computes may have memory to spare, that strides can reach", "error None RuntimeError", "as_strided",
          "out of bounds for storage"),
    Known("a base that shows less than its views cannot hand their gradients on", "error None RuntimeError", "",
          "reach out of the memory", r"as_strided_\("),
    Known("whether a result that nobody else holds is called a view", "answer", r"\._is_view\("),
    Known("a copy to scatter into begins where the original begins in its memory", "offset",
          r"(select|slice|diagonal)_scatter\("),
    Known("dims of one element, whose strides NumPy does not keep, may make channels last of a layout", "stride",
          r"[hvd]stack\(|cat\(|concatenate\("),
    Known("nothing lies nowhere: NumPy drops the offset of a view without elements", "offset", r"\.as_strided_?\("),
    Known("a detached view counts its offset from its own first element", "offset", r"\.(data|detach|as_strided_)\b"),
    Known("views that cannot be asked any more, or can", "memory", r"requires_grad_\("),
    Known("where a dim of one element lies decides between layouts", "stride", "", "", r"\.(unsqueeze_?|diagonal)\("),
    Known("elements that are several places at once", "value", r"out=|\.tri[lu]_\(", "", r"\.unfold\(|expand|broadcast"),
    Known("a base that asks for its gradient after it was looked at: PyTorch has the views need one too, but sends it nowhere",
          "requires_grad|is_leaf", "", "", r"requires_grad_\(\)"),
    Known("and refuses them as outputs", "error RuntimeError None", "out=", "don't support automatic diff",
          r"requires_grad_\("),
    Known("the same, at the line that does it", "requires_grad", r"requires_grad_\(\)"),
    Known("and in what follows: such views are of the graph there, or leaves", "error RuntimeError None", "backward",
          "leaf variable has been moved into the graph interior", r"requires_grad_\(\)"),
    Known("the same", "error AttributeError RuntimeError", "autograd.grad", "does not require grad", r"requires_grad_\(\)"),
    Known("and answers where it is asked for theirs", "error None RuntimeError", r"autograd\.(grad|backward)",
          "does not require grad", r"requires_grad_\(\)"),
    Known("views of a base that was detached: PyTorch has them need no gradient any more",
          "requires_grad", "", "", r"\.detach_\("),
    Known("and counts them as leaves that were asked for theirs", "error RuntimeError None", "",
          "a view of a leaf Variable", r"\.detach_\("),
    Known("nor count as made unrecorded", "error None RuntimeError", "", "created in no_grad", r"\.detach_\("),
    Known("elements that share memory are not written to, even where all get the same", "error None RuntimeError", "",
          "more than one element of the written-to tensor"),
    Known("a tensor that is read while it is written to gives what the order of the steps makes of it", "value",
          r"\b(x\d+)\.masked_scatter_\(.*\b\1\)"),
    Known("the same", "(value|error None RuntimeError) in shared memory"),
    Known("a conjugated leaf is written to as what it is here, new memory", "error RuntimeError None", "",
          "view of a leaf Variable|A view was created in no_grad mode", r"\.(conj|mH|adjoint)\b"),

    # PyTorch's in-place logic stays off the tape, and so do the leaves it overwrites.
    Known("PyTorch leaves the old gradient in place after logical_*_ on floats, which is wrong",
          "value|error None RuntimeError", "", "", r"\.logical_\w+_\("),
    Known("and writes so over leaves and views", "error None RuntimeError", r"\.logical_\w+_\(",
          "a leaf Variable|modified inplace"),
    Known("one op with one rule, where PyTorch has two, keeps what it was given and notices writes to it",
          "error None RuntimeError", "grad", "l1_loss needs"),
    Known("a view made in no_grad mode stands for its base where an op that has no gradient is asked for one",
          "error None (Runtime|NotImplemented)Error", r"autograd\.(grad|backward)", "is not implemented|modified by an inplace",
          r"with torch\.no_grad"),
    Known("shapes that were changed in place, in no_grad mode, do not fit the tape in either framework",
          "error (None|RuntimeError) (None|RuntimeError|ValueError|AxisError)", r"autograd\.(grad|backward)|\.backward\(",
          "invalid gradient|broadcast together|axis remapping|out of bounds for array|shorter than argument",
          r"(no_grad\(\): |^)\w+\.(t|swapaxes|swapdims|transpose|as_strided|unsqueeze|squeeze)_"),
    Known("PyTorch refuses to walk back through a write to an expanded tensor that it allowed", "error RuntimeError None",
          r"autograd\.(grad|backward)|\.backward\(", "more than one element of the written-to tensor"),
    Known("a comparison in place needs a gradient only where what it overwrites does", "requires_grad|is_leaf", r"\.eq_\("),
    Known("and hands none on, where PyTorch hands on zeros, which may come to NaN", "answer|value", "grad", "None|nan",
          r"\.(eq|ne|lt|le|gt|ge)_\("),

    # Dtypes.
    Known("there is no complex32", "dtype|answer|error None RuntimeError", "", "complex32|Half and Half"),
    Known("int() of a complex number without an imaginary part", "error None TypeError", r"x\d+ = (int|float)\("),
    Known("torch.einsum of whole numbers over a dim of one element answers in int64, by way of a sum", "dtype", "einsum"),
    Known("and so promotes, and takes truth values, where there is but one", "error None (Runtime|NotImplemented)Error",
          "einsum", "same dtype, but got|addmm_impl_cpu_"),
    Known("a product that einsum takes element by element is no view there", "error None RuntimeError", "",
          "modified inplace|detach views in-place", "einsum"),
    Known("the dtype of `out` does not choose the dtype to sum in", "error None RuntimeError", r"torch\.sum\(.*out="),

    Known("a gradient that is a view of another cannot be detached in place", "error None RuntimeError", "",
          "detach views in-place", "grad"),
    Known("PyTorch multiplies the real parts of complex numbers, and takes the gradient of the numbers themselves", "value",
          "grad", "j", r"cumprod\(.*dtype=torch\.(float|bfloat)"),
    Known("PyTorch says itself that it has a bug", "error RuntimeError None", "", "INTERNAL ASSERT FAILED"),
    Known("what is written through .data is noticed by neither framework's tape", "value", "grad", "", r"\.data$"),
    Known("PyTorch stumbles over its own zero tensors", "error RuntimeError None", "", "ZeroTensors are immutable"),
    Known("repeat_interleave makes a new tensor, which is no view", "error RuntimeError None", "",
          "A view was created in no_grad", r"\.repeat_interleave\("),
    Known("PyTorch forgets what was done to a base through a view of it, where that has no derivative",
          "error None RuntimeError", r"autograd\.(grad|backward)", "derivative for aten::floor_divide"),

    # NaN.
    Known("where a NaN belongs in an order", "value", r"searchsorted|\.mode\("),

    Known("what is left of 1e30 and more where such numbers cancel, in float64", "value", "grad", r"e\+\d\d", r"1e-30"),
    Known("PyTorch negates unsigned numbers, which wrap around, in this gradient", "value", "grad", "", r"atan2|arctan2"),
    Known("squares beyond float32, whose mean or root is within", "value", r"\.(std|var)(_mean)?\(", "inf"),
    Known("nobody can tell the sign of a zero that was added up", "value", r"copysign|atan2"),
    Known("nor that of its inverse", "value", r"rsqrt|reciprocal|/|\*\*|float_power", "-inf"),
    Known("nor that of NaN", "value", r"signbit|copysign"),
    Known("zeros that stay so, also times NaN", "value", "autograd.grad", "nan", r"\.sgn\("),
    Known("complex numbers less an infinity: whether the factor 1 is complex", "value", r"\.(sub|add)_?\(| [-+]=? ", "nanj"),
    Known("the second derivative of a norm at zero, where the first is a choice", "value", "grad", "nan",
          r"dist\(|norm\("),
    Known("remainders of what rounding moved across a multiple", "value", r" %= |//= |\.(remainder|fmod|floor_divide)_\("),
    Known("the quotient of a complex number and zero: which part is infinite, and which NaN", "value", "grad", "nan",
          r"\.(log|log2|log10|log1p|reciprocal|rsqrt|sqrt|div)_?\(| / "),
    Known("an imaginary part that rounding makes of nothing, or not", "shape", r"argwhere|nonzero", "", r"\*\*|\.pow"),
    Known("the second derivative where a curve turns into a straight line", "value", "autograd.grad", "",
          r"(huber|smooth_l1)_loss\("),
    Known("float32's rounding, shown in float64", "value", r"double\(|float64|complex128"),
    Known("complex products with NaN: whether their imaginary part is NaN too", "value",
          r"cumprod|prod\(|einsum|matmul|mm\(| @ ", "nanj"),
    Known("the normal distribution's far end, where either framework's float32 has lost some digits", "value", r"gelu\("),
    Known("of equal elements, which one is chosen", "value", "grad", "", r"\.(m?sort|argsort|topk|kthvalue|median|mode)\("),
    Known("running logarithms of complex infinities", "value", r"\.logcumsumexp\(", "inf"),
    Known("zero to the power of a complex zero is one", "value", r"\*\*|float_power|\.pow", r"nan\+nanj|inf\+nanj"),
    Known("and has a gradient of zero in its exponent", "value", "grad", r"nan\+nanj", r" = 0(\.0)? \*\* "),
    Known("products of infinities, without the one that the gradient is asked for", "value", "grad", "nan", r"\.(cum)?prod\("),
    Known("the angle of a negative zero", "value", r"\.log(2|10|1p)?\(", r"-inf"),
    Known("the same", "value", r"\.angle\(", r"3\.14"),
    Known("complex numbers divided by zero", "value", "grad", "nan", "/=? 0"),
    Known("PyTorch counts ties among what no index asks for", "value", "grad", "", r"scatter_reduce\(.*'am(ax|in)'"),

    # Out of bounds.
    Known("PyTorch does not look at all indices, and reads what is there", "error None RuntimeError", "take_along_dim",
          "out of bounds"),
    Known("a product that PyTorch computes of copies does not notice writes", "error None RuntimeError",
          r"autograd\.(grad|backward)", "mul needs|matmul needs", r"\.(kron|inner|outer|tensordot|einsum)\("),
    Known("views that a function returned among others, and that strides were taken of", "error RuntimeError None", "grad",
          "is a view and its base or another view"),
    Known("copies are no views", "error RuntimeError None", r"\.detach_\(", "", r"repeat_interleave|interpolate|avg_pool"),
    Known("PyTorch does not count the indices into a tensor without dims", "error None RuntimeError", "index_copy",
          "is invalid for input of size"),

    # Nothing to compute.
    Known("arguments are checked even where there is no element to compute", "error None (Runtime|Index|NotImplemented)Error",
          r"\.(scatter_?|repeat|index_fill_?|cummin|cummax|cumsum_|(log_)?soft(max|min)|bucketize|searchsorted|matmul|bmm|inner"
          r"|tensordot|matrix_power|cdist|nansum|scatter_reduce|roll|amin|amax|mode|index_add_?|linear)\("
          r"|\*\*=|\*\* | @ ", ""),
    Known("the same", "error None RuntimeError", "", "ZeroDivisionError"),
    Known("the middle one of no truth values", "value", r"\.median\("),
    Known("the gradient of nothing: zeros that were recorded, or none at all", "requires_grad|answer", "autograd.grad"),
    Known("torch.trapezoid of no points keeps dtype and tape out of it", "dtype|requires_grad", "trapezoid"),
)


def known(difference: Difference, lines: list[str]) -> Known | None:
    """The entry for a difference that a program shows, if there is one."""
    before = lines[:lines.index(difference.line) + 1]
    manners = difference.about, difference.about.removesuffix(" in shared memory")
    for entry in KNOWN:
        if (any(re.fullmatch(entry.about or ".*", about) for about in manners) and re.search(entry.line, difference.line)
                and re.search(entry.said, difference.theirs + difference.ours)
                and (not entry.before or any(re.search(entry.before, line) for line in before))):
            return entry
    return None


def unknown_difference(lines: list[str]) -> tuple[Difference | None, list[str], list[Known]]:
    """The first difference that no entry explains, the program that shows it, and the entries met on the way.

    What follows a known difference is to be compared too, so the line that shows it is left out and the program run again.
    Raises Doubtful as `first_difference` does.
    """
    met: list[Known] = []
    while (found := first_difference(lines)) is not None:
        entry = known(found, lines)
        if entry is None:
            break
        met.append(entry)
        lines = [line for line in lines if line != found.line]
    return found, lines, met
