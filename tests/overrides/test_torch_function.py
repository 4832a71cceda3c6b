"""Classes of the user's take calls: subclasses of Tensor, objects that are no tensors, and modes."""
from __future__ import annotations

import copy
import pickle
import subprocess
import sys

import pytest

import flambeau as torch
from flambeau import nn, overrides
from flambeau.nn import functional as F


class Plain(torch.Tensor):
    pass


class Watched(torch.Tensor):
    """Keeps a list of what was called."""

    calls: list = []

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        Watched.calls.append((overrides.resolve_name(func), kwargs or {}))
        return super().__torch_function__(func, types, args, kwargs)


class Narrower(Watched):
    pass


class Refusing(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return NotImplemented


class Diagonal:
    """A matrix that is no tensor."""

    handled: dict = {}

    def __init__(self, value):
        self.value = value

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if func not in cls.handled:
            return NotImplemented
        return cls.handled[func](*args, **(kwargs or {}))


class Calls(overrides.TorchFunctionMode):
    """Keeps a list of what is called while it is on."""

    def __init__(self):
        self.names = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.names.append(overrides.resolve_name(func))
        return func(*args, **(kwargs or {}))


def watched(*shape):
    made = torch.ones(*shape).as_subclass(Watched)
    Watched.calls.clear()
    return made


def calls(function):
    Watched.calls.clear()
    function()
    return [name for name, _ in Watched.calls]


def test_results_are_of_the_class_of_the_arguments():
    x = torch.ones(2, 2).as_subclass(Plain)
    results = [x + 1, 1 - x, x @ x, x[0], x.sum(), x.T, x.view(4), x.to(torch.float64), torch.cat([torch.ones(2, 2), x]),
               F.softmax(x, dim=1), x.max(0).values, *x.unbind(), nn.Linear(2, 2)(x)]
    assert {type(result) for result in results} == {Plain}
    assert type(x.as_subclass(torch.Tensor)) is torch.Tensor


def test_gradients_go_through_a_class_and_arrive_as_plain_tensors():
    leaf = torch.tensor([1.0, 2.0], requires_grad=True)
    (leaf.as_subclass(Plain) ** 2).sum().backward()
    assert type(leaf.grad) is torch.Tensor
    assert leaf.grad.tolist() == [2, 4]


def test_a_tensor_of_a_class_shares_the_memory_it_was_made_of():
    base = torch.zeros(2)
    base.as_subclass(Plain).add_(1)
    assert base.tolist() == [1, 1]


@pytest.mark.parametrize("function, name", [
    (lambda x: torch.add(x, 1), "torch.add"), (lambda x: x.add(1), "torch.Tensor.add"), (lambda x: 1 + x, "torch.Tensor.add"),
    (lambda x: 1 - x, "torch.Tensor.__rsub__"), (lambda x: x / 2, "torch.Tensor.div"), (lambda x: x > 0, "torch.Tensor.gt"),
    (lambda x: -x, "torch.Tensor.neg"), (lambda x: x.add_(1), "torch.Tensor.add_"),
    (lambda x: x.shape, "torch.Tensor.shape.__get__"),
    (lambda x: x.T, "torch.Tensor.T.__get__"), (lambda x: x.view(4), "torch.Tensor.view"), (len, "torch.Tensor.__len__"),
    (lambda x: x[0], "torch.Tensor.__getitem__"), (lambda x: x.__setitem__(0, 1.0), "torch.Tensor.__setitem__"),
    (lambda x: setattr(x, "requires_grad", False), "torch.Tensor.requires_grad.__set__"), (repr, "torch.Tensor.__repr__"),
    (lambda x: F.relu(x), "torch.nn.functional.relu"), (lambda x: torch.relu(x), "torch.relu"),
    (lambda x: torch.stack([x, x]), "torch.stack"), (lambda x: torch.linalg.norm(x), "torch.linalg.norm"),
    (lambda x: torch.add(torch.ones(2, 2), torch.ones(2, 2), out=x), "torch.add"), (lambda x: x.numpy(), "torch.Tensor.numpy"),
])
def test_the_function_that_is_handed_over_is_the_public_one(function, name):
    x = watched(2, 2)
    assert calls(lambda: function(x)) == [name]


def test_keywords_are_handed_over_as_they_were_written():
    x = watched(2)
    torch.add(x, x, alpha=2)
    assert Watched.calls == [("torch.add", {"alpha": 2})]


def test_a_class_goes_before_its_base():
    x, y = watched(2), torch.ones(2).as_subclass(Narrower)
    assert type(x + y) is type(y + x) is Narrower


def test_unrelated_classes_that_all_decline_are_a_type_error():
    x = torch.ones(2).as_subclass(Refusing)
    with pytest.raises(TypeError, match=r"no implementation found for 'torch.add'.*Refusing"):
        torch.add(x, watched(2))
    with pytest.raises(TypeError, match="unsupported operand"):
        x + watched(2)


def test_no_class_is_asked_where_that_is_switched_off():
    x = watched(2)
    with torch._C.DisableTorchFunctionSubclass():
        assert type(x + 1) is torch.Tensor
    assert Watched.calls == []


def test_a_class_may_want_no_calls():
    class Silent(torch.Tensor):
        __torch_function__ = torch._C._disabled_torch_function_impl

    assert type(torch.ones(2).as_subclass(Silent) + 1) is torch.Tensor


def test_attributes_of_a_tensor_of_a_class_are_its_own():
    class Named(torch.Tensor):
        @property
        def shape(self):
            return "mine"

        def view(self, *sizes):
            return "mine too"

    x = torch.ones(2).as_subclass(Named)
    x.name_of_mine = "me"
    assert (x.shape, x.view(2), x.name_of_mine) == ("mine", "mine too", "me")


def test_copies_and_pickles_keep_the_class():
    x = torch.ones(2).as_subclass(Plain)
    assert type(copy.deepcopy(x)) is type(pickle.loads(pickle.dumps(x))) is Plain


def test_a_parameter_of_a_class_keeps_it_and_is_one():
    module = nn.Module()
    module.weight = nn.Parameter(torch.ones(2).as_subclass(Plain))
    assert type(module.weight) is Plain
    assert isinstance(module.weight, nn.Parameter)
    assert [*module.parameters()] == [module.weight]
    assert type(nn.Parameter(torch.ones(2)) + 1) is torch.Tensor


@pytest.mark.parametrize("function", ["mean", "cat", "linear", "allclose"])
def test_objects_that_are_no_tensors_take_calls(function):
    taken = {"mean": torch.mean, "cat": torch.cat, "linear": F.linear, "allclose": torch.allclose}[function]
    kind = type("Kind", (Diagonal,), {"handled": {taken: lambda *args, **kwargs: "taken"}})  # never seen before
    args = {"mean": (kind(1),), "cat": ([torch.ones(1), kind(1)],), "linear": (kind(1), torch.ones(2, 2)),
            "allclose": (kind(1), kind(1))}[function]
    assert taken(*args) == taken(*args) == "taken"


def test_operators_with_objects_that_are_no_tensors():
    kind = type("Kind", (Diagonal,), {"handled": {torch.Tensor.add: lambda tensor, other: other.value}})
    assert torch.ones(1) + kind(7) == 7
    with pytest.raises(TypeError, match="unsupported operand"):
        torch.ones(1) - kind(7)


def test_the_first_object_ever_that_is_no_tensor_takes_the_first_call():
    code = ("import flambeau as torch\nclass Kind:\n    @classmethod\n"
            "    def __torch_function__(cls, func, types, args=(), kwargs=None): return func.__name__\n"
            "print({call} == {call})")
    for call in ("torch.add(torch.ones(1), Kind())", "torch.ones(1) + Kind()", "Kind() / torch.ones(1)",
                 "torch.stack([Kind()])", "torch.nn.functional.relu(Kind())", "torch.einsum('i', Kind())"):
        done = subprocess.run([sys.executable, "-c", code.replace("{call}", call)], capture_output=True, text=True)
        assert done.stdout == "True\n", (call, done.stderr)


def test_an_error_of_the_call_itself_stays_what_it_is():
    with pytest.raises(RuntimeError, match="must match the size"):
        torch.add(torch.ones(2), torch.ones(3))


def test_a_mode_takes_every_call_of_its_block():
    x = torch.ones(2, 2)
    with Calls() as mode:
        torch.zeros(2), x + 1, x.shape, x.view(4), F.relu(x), len(x), x.requires_grad, torch.tensor(1)
    x + 1
    assert mode.names == ["torch.zeros", "torch.Tensor.add", "torch.Tensor.shape.__get__", "torch.Tensor.view",
                          "torch.nn.functional.relu", "torch.Tensor.__len__", "torch.Tensor.requires_grad.__get__",
                          "torch.tensor"]


def test_calls_of_a_mode_go_to_the_mode_around_it():
    with Calls() as outer, Calls() as inner:
        torch.ones(2)
    assert outer.names == inner.names == ["torch.ones"]


def test_a_mode_may_change_what_is_called():
    class Double(overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            extra = {"dtype": torch.float64} if func is torch.zeros else {}
            return func(*args, **{**(kwargs or {}), **extra})

    with Double():
        assert torch.zeros(2).dtype is torch.float64
    assert torch.zeros(2).dtype is torch.float32


def test_after_the_last_mode_plain_tensors_are_watched_no_longer():
    with Calls():
        pass
    assert "__getattribute__" not in vars(torch.Tensor)


def test_where_nobody_asks_nobody_is_looked_for():
    code = ("import flambeau; from flambeau import nn, optim, distributions, vision; from flambeau.nn import attention; "
            "from flambeau.dispatch import overriding; nn.LazyLinear(2)(flambeau.ones(1, 1)); "
            "nn.attention.bias.causal_upper_left(2, 2); print(overriding.users)")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "0\n"


def test_functions_of_the_users_own_can_be_taken():
    @overrides.wrap_torch_function(lambda a, b=None: (a,))
    def mine(a, b=None):
        return "plain"

    taker = type("Kind", (Diagonal,), {"handled": {mine: lambda a, b=None: b}})
    assert mine(torch.ones(1)) == "plain"
    assert mine(taker(1), b="taken") == "taken"


def test_what_is_like_a_tensor():
    assert [overrides.is_tensor_like(x) for x in (torch.ones(1), Diagonal(1), 1.0, [1.0])] == [True, True, False, False]
    assert overrides.has_torch_function((torch.ones(1), Diagonal(1)))
    assert not overrides.has_torch_function_unary(torch.ones(1))


def test_functions_are_known_by_their_names_and_kinds():
    taken = overrides.get_overridable_functions()
    assert {torch.add, torch.where} <= set(taken[torch])
    assert torch.Tensor.add in taken[torch.Tensor]
    assert torch.zeros in overrides.get_ignored_functions()
    assert overrides.get_testing_overrides()[torch.add](1, 2) == -1
    assert overrides.is_tensor_method_or_property(torch.Tensor.shape.__get__)
    assert not overrides.is_tensor_method_or_property(torch.add)
    assert pickle.loads(pickle.dumps(F.relu)) is F.relu
