"""The `>>>` lines of the op declarations, as calls that can be made on any framework with the same numbers."""
from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy

import flambeau
import flambeau.ops

RANDOM_FAMILIES = {"random"}  # drawn numbers have tests of their own


class Given:
    """A tensor argument of a sample: its values, and whether its dtype may be varied and its gradient taken."""

    def __init__(self, array: Any, *, is_float: bool, is_drawn: bool = True) -> None:
        self.array = numpy.asarray(array)
        self.is_float = is_float
        self.is_drawn = is_drawn  # numbers written out may sit on a kink on purpose


@dataclass(frozen=True)
class Sample:
    """One documented call of one op."""

    family: str
    name: str
    line: str
    remark: str = ""  # "by convention": its gradient is not the derivative; "reads memory": strides are its argument

    def __str__(self) -> str:
        return f"{self.family}: {self.line}"

    @property
    def function(self) -> Callable[..., Any]:
        return getattr(importlib.import_module(f"flambeau.ops.{self.family}"), self.name)

    def arguments(self, seed: int = 0) -> tuple[list[Any], dict[str, Any]]:
        """The call's arguments, with `Given` in place of tensors."""
        call = ast.parse(self.line, mode="eval").body
        assert isinstance(call, ast.Call), f"a sample is one call: {self.line}"
        words = vocabulary(numpy.random.default_rng([zlib.crc32(self.line.encode()), seed]))

        def value(node: ast.expr) -> Any:
            return eval(compile(ast.Expression(node), self.line, "eval"), words)  # noqa: S307  our own docstrings

        args: list[Any] = []
        for node in call.args:
            args += value(node.value) if isinstance(node, ast.Starred) else [value(node)]
        return args, {str(keyword.arg): value(keyword.value) for keyword in call.keywords}


class Named:
    """Something that each framework has under the same name, such as a dtype."""

    def __init__(self, name: str) -> None:
        self.name = name


def vocabulary(rng: numpy.random.Generator) -> dict[str, Any]:
    """What a sample line may be written with."""
    def shaped(make: Callable[[Any], Any]) -> Callable[..., Given]:
        return lambda *shape: Given(make(shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape),
                                    is_float=True)

    def listed(data: Any, dtype: Any = None) -> Given:
        array = numpy.array(data)
        if dtype is not None:
            array = array.astype(dtype.name.replace("bool_", "bool"))
        return Given(array, is_float=array.dtype.kind in "fc", is_drawn=False)

    def arange(*args: float) -> Given:
        return Given(numpy.arange(*args), is_float=any(isinstance(arg, float) for arg in args))

    names = ("float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool", "complex64",
             "complex128", "contiguous_format", "channels_last", "preserve_format", "strided")
    return {
        "randn": shaped(rng.standard_normal),
        "rand": shaped(rng.random),
        "zeros": shaped(numpy.zeros),
        "ones": shaped(numpy.ones),
        "full": lambda shape, fill: Given(numpy.full(shape, fill), is_float=isinstance(fill, float)),
        "randint": lambda low, high, shape: Given(rng.integers(low, high, shape), is_float=False),
        "arange": arange,
        "tensor": listed,
        "mask": lambda *shape: Given(rng.random(shape) > 0.5, is_float=False),
        "inf": float("inf"),
        "nan": float("nan"),
        **{name: Named(name) for name in names},
    }


def all_samples() -> list[Sample]:
    """Every sample of every public function of the op families."""
    found = []
    for family in sorted(module.name for module in pkgutil.iter_modules(flambeau.ops.__path__)):
        module = importlib.import_module(f"flambeau.ops.{family}")
        for name, function in sorted(vars(module).items()):
            if getattr(function, "__module__", "") == module.__name__ and getattr(function, "__name__", "") == name:
                found += [Sample(family, name, line, remark) for line, remark in _lines(function)]
    return [sample for sample in found if not (sample.name.startswith("_") or sample.name.endswith("_"))]


def _lines(function: Any) -> Iterator[tuple[str, str]]:
    for line in (inspect.getdoc(function) or "").splitlines():
        if line.startswith(">>> "):
            call, _, remark = line[4:].partition("  # ")
            yield call, remark


def build(value: Any, framework: Any, make: Callable[[Given], Any]) -> Any:
    """Replace each `Given` in an argument by a tensor, each name by what the framework calls so."""
    if isinstance(value, Given):
        return make(value)
    if isinstance(value, Named):
        return getattr(framework, value.name)
    if isinstance(value, list | tuple):
        return type(value)(build(item, framework, make) for item in value)
    return slice(*(build(part, framework, make) for part in (value.start, value.stop, value.step))) if isinstance(
        value, slice) else value


def in_dtype(given: Given, dtype: str) -> Any:
    """The values of an argument in a dtype, where it may be varied; complex ones get an imaginary part."""
    with numpy.errstate(all="ignore"):
        return _in_dtype(given, dtype)


def _in_dtype(given: Given, dtype: str) -> Any:
    if not given.is_float:
        return given.array
    if dtype.startswith("complex") and given.array.dtype.kind == "f":
        return (given.array + 0.5j * given.array[..., ::-1] if given.array.ndim else given.array + 0.5j).astype(dtype)
    if dtype in ("int64", "int32", "uint8", "bool"):
        array = numpy.nan_to_num(given.array)
        return numpy.round(numpy.abs(array) * 2 if dtype in ("uint8", "bool") else array * 2).astype(dtype)
    return given.array if dtype in ("bfloat16", "float16") else given.array.astype(dtype)


def weights_for(shape: tuple[int, ...], number: int, is_complex: bool = False) -> Any:
    """The fixed weights that an output is projected on before its gradient is taken."""
    rng = numpy.random.default_rng([number, *shape])
    weights = rng.standard_normal(shape)
    return weights + 1j * rng.standard_normal(shape) if is_complex else weights
