"""Pages of names: what they list is there, and their stubs say the same."""
from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

import pytest
from make_stubs import PAGES, place, stub

from flambeau.core.page import pages


@pytest.mark.parametrize("title", PAGES)
def test_every_name_on_a_page_is_there(title):
    page = importlib.import_module(title)
    missing = [name for name in page.__all__ if not hasattr(page, name)]
    assert missing == []
    assert set(page.__all__) <= set(dir(page))


@pytest.mark.parametrize("title", PAGES)
def test_the_stub_of_a_page_is_current(title):
    assert place(title).read_text() == stub(title), "run tools/make_stubs.py"


@pytest.mark.parametrize("title", PAGES)
def test_an_unknown_name_is_an_attribute_error(title):
    with pytest.raises(AttributeError, match=f"module '{title}' has no attribute 'no_such_name'"):
        importlib.import_module(title).no_such_name  # noqa: B018


@pytest.mark.parametrize("title", PAGES)
def test_no_name_is_a_submodules_which_would_take_its_place_when_imported(title):
    page = importlib.import_module(title)
    submodules = {module.name for module in pkgutil.iter_modules(getattr(page, "__path__", []))}
    assert submodules & set(pages[title][0]) == set()


def test_gradcheck_is_a_function_whatever_is_imported():
    importlib.import_module("flambeau.autograd.gradcheck")
    assert callable(importlib.import_module("flambeau.autograd").gradcheck)


def test_importing_the_package_loads_no_family_that_is_not_used():
    found = subprocess.run([sys.executable, "-c", "import sys, flambeau; print(*sys.modules)"], capture_output=True,
                           text=True, check=True).stdout.split()
    unused = {"matplotlib", "cupy", "scipy", "torch", "multiprocessing", "flambeau.nn", "flambeau.optim",
              "flambeau.distributions", "flambeau.ops.quantiles", "flambeau.ops.convolution"}
    assert unused & set(found) == set()
