"""Whole objects in files: only of classes that the user allowed, or that are modules the program has."""
from __future__ import annotations

import argparse
import datetime
import io
import pickle
from collections import OrderedDict, defaultdict

import pytest

import flambeau as torch
from flambeau import nn
from flambeau.serialization import add_safe_globals, clear_safe_globals, get_safe_globals, safe_globals


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)
        self.activation = nn.functional.relu
        self.size = 2

    def forward(self, input):
        return self.activation(self.layer(input))


class Loud(nn.Module):
    def __reduce__(self):
        return print, ("called",)


class Slotted:
    __slots__ = ("x",)

    def __init__(self):
        self.x = 1


def file_with(obj):
    file = io.BytesIO()
    torch.save(obj, file)
    file.seek(0)
    return file


def test_a_whole_model_is_read_only_when_asked_for():
    model = Net()
    file = file_with({"model": model})
    with pytest.raises(pickle.UnpicklingError, match=r"Net was not an allowed global.*weights_only=False"):
        torch.load(file)
    file.seek(0)
    found = torch.load(file, weights_only=False)["model"]
    assert torch.equal(found(torch.ones(2)), model(torch.ones(2)))
    assert found.size == 2


def test_an_allowed_model_is_read_without_more():
    with safe_globals([Net, (nn.Linear, "torch.nn.Linear"), set, (nn.functional.relu, "torch.nn.functional.relu")]):
        assert isinstance(torch.load(file_with(Net())), Net)


def test_allowed_classes_are_saved_and_read():
    entries = [argparse.Namespace, datetime.timedelta, Slotted, defaultdict, list]
    with safe_globals(entries):
        found = torch.load(file_with([argparse.Namespace(a=torch.ones(1)), datetime.timedelta(3), Slotted()]))
    assert found[0].a.tolist() == [1.0]
    assert found[1] == datetime.timedelta(3)
    assert found[2].x == 1


def test_the_list_of_the_allowed_is_kept_and_cleared():
    assert get_safe_globals() == []
    add_safe_globals([argparse.Namespace])
    with safe_globals([Slotted]):
        assert get_safe_globals() == [argparse.Namespace, Slotted]
    assert get_safe_globals() == [argparse.Namespace]
    clear_safe_globals()
    assert get_safe_globals() == []
    with pytest.raises(TypeError, match="a class, a function"):
        add_safe_globals([3])


def test_a_module_in_a_file_is_never_called():
    content = b"\x80\x02cflambeau.nn.linear\nLinear\n(K\x02K\x02tR."
    with pytest.raises(pickle.UnpicklingError, match="may only be restored"):
        torch.load(in_archive(content), weights_only=False)


def test_a_class_that_says_how_it_is_made_cannot_smuggle_a_call():
    with pytest.raises(pickle.UnpicklingError, match=r"builtins\.print"):
        torch.load(in_archive(pickle.dumps(Loud(), 2)), weights_only=False)


@pytest.mark.parametrize("name", [b"os\nsystem", b"subprocess\nPopen", b"flambeau.nn\nfunctional", b"torch.nn\nfunctional",
                                  b"flambeau.nn.nowhere\nNet", b"flambeau.nn.functional\nrelu"])
def test_nothing_but_modules_can_be_named(name):
    with pytest.raises(pickle.UnpicklingError, match="Unsupported global"):
        torch.load(in_archive(b"\x80\x02c" + name + b"\n."), weights_only=False)


def test_what_a_file_wants_can_be_asked_beforehand():
    file = in_archive(pickle.dumps([OrderedDict(a=1), pickle.Pickler, datetime.timedelta(1)], 4))
    names = torch.serialization.get_unsafe_globals_in_checkpoint(file)
    assert names == ["_pickle.Pickler", "datetime.timedelta"]
    with pytest.raises(ValueError, match="zip format"):
        torch.serialization.get_unsafe_globals_in_checkpoint(io.BytesIO(b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."))


def test_a_class_within_a_function_cannot_be_found_again_and_is_refused():
    class Local(nn.Module):
        pass

    with pytest.raises(pickle.PicklingError, match="defined within a function"):
        torch.save(Local(), io.BytesIO())


def in_archive(pickled):
    import zipfile

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as entries:
        for name, content in (("data.pkl", pickled), ("byteorder", b"little")):
            entries.writestr(f"archive/{name}", content)
    file.seek(0)
    return file
