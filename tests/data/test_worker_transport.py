"""How datasets get to worker processes, and batches back: through shared memory, with nothing left behind."""
from __future__ import annotations

import gc
import multiprocessing
import os
import subprocess
import sys

import numpy
import pytest

import flambeau as torch
from flambeau.utils.data import DataLoader, Dataset, TensorDataset, blocks, starting

pytestmark = [
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning", "ignore:This DataLoader will create"),
    pytest.mark.skipif(not blocks.ARE_AVAILABLE, reason="batches travel inside the messages here"),
]
LARGE = blocks.WORTHWHILE // 4 + 1  # of float32


class Rows(Dataset):
    """Large rows that hold their own number, beside small things."""

    def __init__(self, length=12):
        self.length = length

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        return {"row": torch.full((LARGE,), float(index)), "number": index, "name": str(index), "half": torch.ones(3).half()}


def block_count(passing):
    return [len(unpacker.blocks) for unpacker in passing._crew.unpackers]


def test_large_arrays_come_through_blocks_and_small_ones_with_the_message():
    passing = iter(DataLoader(Rows(), 2, num_workers=1))
    batch = next(passing)
    assert batch["row"][:, 0].tolist() == [0.0, 1.0] and batch["row"].shape == (2, LARGE)
    assert (batch["number"].tolist(), batch["name"], batch["half"].dtype) == ([0, 1], ["0", "1"], torch.float16)
    assert block_count(passing) == [1]
    batch["row"].zero_()  # it is the loader's to write to


def test_a_block_is_used_again_when_nothing_looks_at_it():
    passing = iter(DataLoader(Rows(60), 2, num_workers=1))
    for number, batch in enumerate(passing):
        assert batch["row"][:, -1].tolist() == [2 * number, 2 * number + 1]
    assert block_count(passing)[0] <= 5


def test_batches_that_are_kept_keep_their_values():
    kept = list(DataLoader(Rows(40), 2, num_workers=2))
    views = [batch["row"][0, -1:] for batch in kept]
    del kept
    gc.collect()
    again = list(DataLoader(Rows(40), 2, num_workers=2, persistent_workers=True))
    assert [view.item() for view in views] == list(range(0, 40, 2)) and len(again) == 20


class NumberedArrays(Dataset):
    """Every kind of array there is, large."""

    DTYPES = (torch.bfloat16, torch.float16, torch.float64, torch.int8, torch.bool, torch.complex64, torch.uint16)

    def __len__(self):
        return len(self.DTYPES)

    def __getitem__(self, index):
        return torch.arange(1 << 15).to(self.DTYPES[index]).reshape(2, -1).t()


def test_every_dtype_travels():
    for sample, dtype in zip(DataLoader(NumberedArrays(), None, num_workers=1), NumberedArrays.DTYPES, strict=True):
        assert sample.dtype == dtype
        assert torch.equal(sample, torch.arange(1 << 15).to(dtype).reshape(2, -1).t())


@pytest.mark.skipif("forkserver" not in multiprocessing.get_all_start_methods(), reason="no fork server here")
def test_a_dataset_is_written_once_for_all_workers_and_each_may_write_to_its_own():
    data = torch.zeros(8, LARGE)
    loader = DataLoader(Scribbled(data), 1, num_workers=2, multiprocessing_context="forkserver")
    assert [batch.item() for batch in loader] == [1.0] * 8
    assert not data.any()


class Scribbled(TensorDataset):
    def __getitem__(self, index):
        row = self.tensors[0][index]
        row += 1.0
        return row[0]


def test_workers_leave_no_descriptor_open():
    list(DataLoader(Rows(), 2, num_workers=2))
    gc.collect()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        list(DataLoader(Rows(), 2, num_workers=2))
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) <= before


SCRIPT = """

from flambeau.utils.data import DataLoader
class Own:
    def __len__(self): return 4
    def __getitem__(self, index): return index
{guard}
    print([batch.tolist() for batch in DataLoader(Own(), 2, num_workers=1)])
"""


@pytest.mark.parametrize("guard", ['if __name__ == "__main__":', "if True:"])
def test_a_program_runs_with_and_without_a_guard(tmp_path, guard):
    script = tmp_path / "program.py"
    script.write_text(SCRIPT.format(guard=guard))
    done = subprocess.run([sys.executable, "-W", "ignore", str(script)], capture_output=True, text=True, check=False,
                          timeout=60, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    assert (done.stdout, done.stderr) == ("[[0, 1], [2, 3]]\n", "")


def test_what_does_not_pickle_is_forked():
    if multiprocessing.get_start_method() != "fork":
        pytest.skip("Python starts no process by fork here")
    loader = DataLoader(range(4), 2, num_workers=1, collate_fn=lambda samples: samples)
    assert list(loader) == [[0, 1], [2, 3]]


def test_a_main_module_without_a_file_is_not_imported(monkeypatch):
    main = sys.modules["__main__"]
    monkeypatch.setattr(main, "__spec__", None)
    monkeypatch.delattr(main, "__file__", raising=False)
    assert not starting.main_may_be_imported()


def test_numbers_of_a_block_return_to_its_worker_only_when_the_last_view_is_gone():
    line, other = multiprocessing.Pipe()
    packer, unpacker = blocks.Packer(), blocks.Unpacker()
    parcel, descriptor = packer.pack([numpy.zeros(LARGE, "f4"), numpy.ones(LARGE, "f4")])
    blocks.send(line, parcel, descriptor)
    zeros, ones = unpacker.unpack(other.recv(), other)
    del zeros
    assert not unpacker.released
    view = ones[3:]
    del ones
    assert not unpacker.released and view.sum() == LARGE - 3
    del view
    assert list(unpacker.released) == [0]
