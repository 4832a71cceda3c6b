"""Write the `.pyi` beside each page of names, for type checkers and editors: `python tools/make_stubs.py`."""
from __future__ import annotations

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("flambeau", "flambeau._aten", "flambeau.accelerator", "flambeau.amp", "flambeau.cpu", "flambeau.cuda",
         "flambeau.cuda.graphs", "flambeau.cuda.memory", "flambeau.distributions", "flambeau.fft", "flambeau.func",
         "flambeau.linalg", "flambeau.masked", "flambeau.nn", "flambeau.nn.attention", "flambeau.nn.functional",
         "flambeau.nn.modules",
         *(f"flambeau.nn.modules.{part}" for part in (
             "activation", "adaptive", "batchnorm", "channelshuffle", "container", "conv", "distance", "dropout", "flatten",
             "fold", "instancenorm", "lazy", "linear", "loss", "module", "normalization", "padding", "pixelshuffle",
             "pooling", "rnn", "sparse", "transformer", "upsampling")),
         "flambeau.nn.utils", "flambeau.nn.utils.clip_grad", "flambeau.nn.utils.convert_parameters", "flambeau.optim",
         "flambeau.optim.adamw", "flambeau.safetensors", "flambeau.special", "flambeau.utils", "flambeau.utils.checkpoint",
         "flambeau.utils.tensorboard")
HEAD_OF_TENSOR = "# From the tables of methods, by tools/make_stubs.py.\n"
HEAD = "# From the page's table, by tools/make_stubs.py.\n"


def stub(title: str) -> str:
    """Return the page as plain imports, and definitions of the functions that take more than they declare."""
    import function_stub

    from flambeau.core.page import pages

    importlib.import_module(title)
    origins, parts = pages[title]
    defined = {name: text for name, found in origins.items() if (text := function_stub.stub(title, name, *found))}
    lines = [f"from flambeau.{module} import {origin} as {name}" for name, (module, origin) in origins.items()
             if name not in defined]
    lines += [f"from {title} import {part} as {part}" for part in parts]
    if title == "flambeau":
        lines += ["from flambeau.ops.creation import tensor as tensor", "from flambeau.tensor import Tensor as Tensor", "",
                  "__version__: str"]
    if any(origin != name for name, (_, origin) in origins.items()):  # what is imported under another name is private else
        lines += ["", f"__all__ = {sorted({*origins, *parts})}"]
    page = "\n".join(lines) + "\n"
    return HEAD + "\n".join([function_stub.head(page), page, *defined.values()]) if defined else HEAD + page


def place(title: str) -> Path:
    path = ROOT / title.replace(".", "/")
    return path / "__init__.pyi" if path.is_dir() else path.with_suffix(".pyi")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    for title in PAGES:
        place(title).write_text(stub(title))
    import tensor_stub

    place("flambeau.tensor").write_text(HEAD_OF_TENSOR + tensor_stub.stub())
