"""`Distribution`: what all distributions have, and checks of parameters and values."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.autograd.mode import no_grad
from flambeau.core.size import Size
from flambeau.core.tensor import TensorBase
from flambeau.distributions import constraints
from flambeau.distributions.utils import lazy_property

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flambeau.tensor import Tensor


class Distribution:
    """A distribution over tensors of shape `event_shape`; `batch_shape` says how many, with parameters of their own."""

    has_rsample = False
    has_enumerate_support = False
    _validate_args = __debug__

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Choose whether distributions check parameters and values where they are not told."""
        if value not in (True, False):
            raise ValueError(f"set_default_validate_args takes True or False, not {value!r}")
        Distribution._validate_args = value

    def __init__(self, batch_shape: Sequence[int] = Size(), event_shape: Sequence[int] = Size(),
                 validate_args: bool | None = None) -> None:
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            self._validate_parameters()

    def _validate_parameters(self) -> None:
        """Raise ValueError unless each parameter keeps to its constraint. What is yet to be computed is right."""
        try:
            expected = self.arg_constraints
        except NotImplementedError:
            _warn(f"{type(self)} does not define `arg_constraints`. Please set `arg_constraints = {{}}` or initialize the "
                  "distribution with `validate_args=False` to turn off validation.")
            return
        for name, constraint in expected.items():
            if constraints.is_dependent(constraint) or self._is_not_computed(name):
                continue
            value = getattr(self, name)
            if not constraint.check(value).all():
                raise ValueError(f"Expected parameter {name} ({_described(value)}) of distribution {self!r} to satisfy the "
                                 f"constraint {constraint!r}, but found invalid values:\n{value}")

    def _is_not_computed(self, name: str) -> bool:
        return name not in self.__dict__ and isinstance(getattr(type(self), name, None), lazy_property)

    def expand(self, batch_shape: Sequence[int], _instance: Any = None) -> Any:
        """Return the distribution with its parameters stretched to a larger batch shape."""
        raise NotImplementedError(f"{type(self).__name__} does not implement expand")

    @property
    def batch_shape(self) -> Size:
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        return self._event_shape

    @property
    def arg_constraints(self) -> dict[str, constraints.Constraint]:
        """For each parameter what it must keep to."""
        raise NotImplementedError(f"{type(self).__name__} does not define arg_constraints")

    @property
    def support(self) -> Any:
        """Where the values lie, as a constraint."""
        raise NotImplementedError(f"{type(self).__name__} does not define support")

    @property
    def mean(self) -> Tensor:
        raise NotImplementedError(f"{type(self)} does not implement mean")

    @property
    def mode(self) -> Tensor:
        raise NotImplementedError(f"{type(self)} does not implement mode")

    @property
    def variance(self) -> Tensor:
        raise NotImplementedError(f"{type(self)} does not implement variance")

    @property
    def stddev(self) -> Tensor:
        return self.variance.sqrt()

    def sample(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        """Draw a tensor of shape `sample_shape + batch_shape + event_shape`, without gradients."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        """Draw as `sample` does, with gradients to the parameters: the draw as a function of them."""
        raise NotImplementedError(f"{type(self).__name__} has no reparametrized draws; see has_rsample, or use sample()")

    def sample_n(self, n: int) -> Tensor:
        import warnings

        warnings.warn("`sample_n(n)` will be deprecated. Use `sample((n,))` instead.", FutureWarning, stacklevel=2)
        return self.sample((n,))

    def log_prob(self, value: Tensor) -> Tensor:
        """Return the logarithm of the density, or of the probability, at `value`."""
        raise NotImplementedError(f"{type(self).__name__} does not implement log_prob")

    def cdf(self, value: Tensor) -> Tensor:
        """Return the probability of a draw up to `value`."""
        raise NotImplementedError(f"{type(self).__name__} does not implement cdf")

    def icdf(self, value: Tensor) -> Tensor:
        """Return the point up to which draws come with probability `value`."""
        raise NotImplementedError(f"{type(self).__name__} does not implement icdf")

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """Return all values that there are, along a new first dim."""
        raise NotImplementedError(f"{type(self).__name__} has no list of its values; see has_enumerate_support")

    def entropy(self) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} does not implement entropy")

    def perplexity(self) -> Tensor:
        return self.entropy().exp()

    def _extended_shape(self, sample_shape: Sequence[int] = Size()) -> Size:
        """Return the shape of a draw."""
        return Size((*sample_shape, *self._batch_shape, *self._event_shape))

    def _validate(self, value: Any) -> None:
        """Check a value, if this distribution checks at all."""
        if self._validate_args:
            self._validate_sample(value)

    def _validate_sample(self, value: Any) -> None:
        """Raise ValueError unless `value` has a fitting shape and lies in the support."""
        if not isinstance(value, TensorBase):
            raise ValueError(f"The value argument to log_prob must be a Tensor, not {type(value).__name__}")
        _check_shape(tuple(value._array.shape), self._batch_shape, self._event_shape)
        try:
            support = self.support
        except NotImplementedError:
            _warn(f"{type(self)} does not define `support` to enable sample validation. Please initialize the distribution "
                  "with `validate_args=False` to turn off validation.")
            return
        if not support.check(value).all():
            raise ValueError(f"Expected value argument ({_described(value)}) to be within the support ({support!r}) of the "
                             f"distribution {self!r}, but found invalid values:\n{value}")

    def _get_checked_instance(self, cls: type, _instance: Any = None) -> Any:
        """Return the object that `expand` fills in.

        Raises NotImplementedError for a subclass with an `__init__` of its own, which only its own `expand` can serve.
        """
        if _instance is not None:
            return _instance
        if type(self).__init__ is not cls.__init__:  # type: ignore[misc]  # both are looked at, not called
            raise NotImplementedError(f"Subclass {type(self).__name__} of {cls.__name__} that defines a custom __init__ "
                                      "method must also define a custom .expand() method.")
        return type(self).__new__(type(self))

    def __repr__(self) -> str:
        given = {name: self.__dict__[name] for name in self.arg_constraints if name in self.__dict__}
        shown = (f"{name}: {value if value.numel() == 1 else value.shape}" for name, value in given.items())
        return f"{type(self).__name__}({', '.join(shown)})"


def expand_parameters(self: Distribution, batch_shape: Sequence[int], _instance: Any = None) -> Any:
    """Return the distribution stretched to a larger batch shape.

    `expand` for every distribution whose tensors are named in `arg_constraints` or held by distributions inside it.
    """
    defined_in = next(kind for kind in type(self).__mro__ if vars(kind).get("expand") is expand_parameters)
    new = self._get_checked_instance(defined_in, _instance)
    for name, value in self.__dict__.items():
        if name not in new.__dict__ and not _is_derived(self, name):
            new.__dict__[name] = _expanded(self, name, value, Size(batch_shape))
    new._batch_shape = Size(batch_shape)
    return new


def _is_derived(self: Distribution, name: str) -> bool:
    return name not in self.arg_constraints and isinstance(getattr(type(self), name, None), lazy_property)


def _expanded(self: Distribution, name: str, value: Any, batch_shape: Size) -> Any:
    """Stretch a parameter, or a distribution inside, keeping what it has beyond the batch dims."""
    if isinstance(value, Distribution):
        return value.expand(batch_shape + value.batch_shape[len(self._batch_shape):])
    constraint = _all_constraints(self).get(name)
    if constraint is None:
        return value
    return value.expand(batch_shape + value.shape[value.ndim - constraint.event_dim:])


def _all_constraints(self: Distribution) -> dict[str, constraints.Constraint]:
    """The constraints of the parameters, also of those that a parent class knows: `Chi2` takes `df`, but is a `Gamma`."""
    found: dict[str, constraints.Constraint] = {}
    for kind in reversed(type(self).__mro__):
        own = vars(kind).get("arg_constraints")
        found |= own if isinstance(own, dict) else {}
    return found | self.arg_constraints


def _check_shape(shape: tuple[int, ...], batch_shape: Size, event_shape: Size) -> None:
    """Raise ValueError unless a value of this shape can be looked at as a batch of events."""
    start = len(shape) - len(event_shape)
    if shape[max(start, 0):] != tuple(event_shape):
        raise ValueError(f"The right-most size of value must match event_shape: {Size(shape)} vs {event_shape}.")
    expected = batch_shape + event_shape
    if any(1 not in (have, want) and have != want for have, want in zip(reversed(shape), reversed(expected), strict=False)):
        raise ValueError(f"Value is not broadcastable with batch_shape+event_shape: {Size(shape)} vs {expected}.")


def _described(value: Any) -> str:
    return f"{type(value).__name__} of shape {tuple(value.shape)}"


def _warn(message: str) -> None:
    import warnings

    warnings.warn(message, stacklevel=4)
