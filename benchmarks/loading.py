"""Milliseconds per batch of 32 from a DataLoader in its stride: `loading.py torch|flambeau images|digits WORKERS [thread]`."""
from __future__ import annotations

import importlib
import sys
import time
import warnings
from typing import Any

import numpy

torch: Any = importlib.import_module(sys.argv[1])
data: Any = importlib.import_module(f"{sys.argv[1]}.utils.data")

BATCH = 32
SHAPES = {"images": ((3, 224, 224), 960), "digits": ((1, 28, 28), 16000)}


class Samples(data.Dataset):  # type: ignore[misc]  # of either framework
    """Bytes that become float tensors one by one, as pictures do."""

    def __init__(self, shape: tuple[int, ...], length: int) -> None:
        self.bytes, self.length = numpy.random.default_rng(0).integers(0, 256, (64, *shape), "u1"), length

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> Any:
        return torch.from_numpy(self.bytes[index % 64]).float() / 255, index % 10


def main() -> None:
    warnings.simplefilter("ignore")
    shape, length = SHAPES[sys.argv[2]]
    options = {"worker_type": sys.argv[4]} if len(sys.argv) > 4 else {}
    loader = data.DataLoader(Samples(shape, length), BATCH, num_workers=int(sys.argv[3]), **options)
    batches = iter(loader)
    next(batches)  # starting the workers is not what is measured
    start = time.perf_counter()
    total = sum(float(images[0, 0, 0, 0]) for images, _ in batches)
    assert total > 0
    print((time.perf_counter() - start) * 1000 / (length // BATCH - 1))


if __name__ == "__main__":
    main()
