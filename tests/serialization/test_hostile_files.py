"""Files that are damaged, or want to run code: each is a clear error, and nothing of it runs."""
from __future__ import annotations

import contextlib
import io
import os
import pickle
import random
import struct
import zipfile

import pytest

import flambeau as torch

DAMAGE = (RuntimeError, pickle.UnpicklingError, EOFError)


class Runs:
    """Pickles as the call of a function."""

    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


def archive(pickled, storage=b"\0" * 48, method=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as entries:
        for name, content in (("data.pkl", pickled), ("byteorder", b"little"), ("data/0", storage)):
            entries.writestr(f"archive/{name}", content)
    return file.getvalue()


def load(content, **options):
    return torch.load(io.BytesIO(content), **options)


def long(number):
    return pickle.LONG1 + b"\x10" + number.to_bytes(16, "little", signed=True)


def text(value):
    return pickle.BINUNICODE + struct.pack("<I", len(value)) + value


def tensor(kind=b"ctorch\nFloatStorage\n", key=b"0", numel=12, offset=0, size=(3, 4), stride=(4, 1)):
    """The pickle of a tensor, with any of its numbers wrong."""
    storage = b"(" + text(b"storage") + kind + text(key) + text(b"cpu") + long(numel) + b"tQ"
    sizes, strides = (b"(" + b"".join(map(long, numbers)) + b"t" for numbers in (size, stride))
    return (b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(" + storage + long(offset) + sizes + strides
            + b"\x89ccollections\nOrderedDict\n)RtR.")


@pytest.mark.parametrize("weights_only", [None, True, False])
@pytest.mark.parametrize(("payload", "name"), [
    (lambda path: Runs(os.system, f"touch {path}"), "system"),
    (lambda path: Runs(eval, f"open({path!r}, 'w')"), "builtins.eval"),
    (lambda path: Runs(getattr, os, "system"), "builtins.getattr"),
])
def test_code_in_a_file_is_named_and_not_run(payload, name, weights_only, tmp_path):
    if name == "builtins.getattr":
        content = b"\x80\x02cbuiltins\ngetattr\ncos\nsystem\n\x86R."
    else:
        content = pickle.dumps({"weights": payload(str(tmp_path / "ran"))}, 2)
    with pytest.raises(pickle.UnpicklingError, match=rf"Unsupported global: GLOBAL \w*\.?{name}.*never runs code"):
        load(archive(content), weights_only=weights_only)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("attack", [
    b"\x80\x02ctorch\nfloat32\n)R.",  # calls what is no function
    b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n}b.",  # sets attributes of a function
    b"\x80\x02]}b.",  # and of a list
    b"\x80\x02(i__main__\nx\n.",  # an opcode that makes instances
    b"\x80\x02cbuiltins\nbytearray\n" + long(2**40) + b"\x85R.",  # a terabyte of zeros
    b"\x80\x02}" + b")" + b"\x85" * 100_000 + b"Ns.",  # a key that would exhaust the stack
    b"\x80\x02" + b"(" * 100_000 + b".",
    b"\x80\x02Nh\x07.",
    b"\x80\x02X\xff\xff\xff\x7fabc.",
    b"\x80\x02K\x01Q.",
    b"",
])
def test_pickles_that_do_more_than_describe_values_are_refused(attack):
    with pytest.raises(pickle.UnpicklingError):
        load(archive(attack))


@pytest.mark.parametrize("wrong", [
    {"offset": 1}, {"offset": -1}, {"size": (3, 5)}, {"stride": (-4, 1)}, {"stride": (2**70, 1)}, {"size": (2**62, 4)},
    {"size": (4,)}, {"size": (1,) * 100, "stride": (1,) * 100}, {"numel": -12}, {"kind": b"ctorch\nfloat32\n"},
])
def test_a_tensor_that_reaches_out_of_its_storage_is_refused(wrong):
    assert load(archive(tensor())).shape == (3, 4)
    with pytest.raises(pickle.UnpicklingError):
        load(archive(tensor(**wrong)))


@pytest.mark.parametrize(("wrong", "message"), [
    ({"numel": 13}, "storage 0 has 48 bytes, but its tensors want 52"),
    ({"key": b"1"}, "the entry 'data/1' is missing"),
    ({"key": b"../../etc/passwd"}, "is missing"),
])
def test_a_storage_that_is_not_there_is_an_error(wrong, message):
    with pytest.raises(RuntimeError, match=message):
        load(archive(tensor(**wrong)))


def test_a_compressed_archive_could_be_a_bomb_and_is_refused():
    with pytest.raises(RuntimeError, match="is compressed"):
        load(archive(tensor(), b"\0" * 10_000_000, zipfile.ZIP_DEFLATED))


def saved():
    file = io.BytesIO()
    torch.save({"a": torch.ones(3, 4), "b": [torch.arange(5), 1.5, "x"]}, file)
    return file.getvalue()


def test_a_file_that_is_cut_off_anywhere_is_an_error():
    content = saved()
    for length in range(0, len(content) - 1, 11):
        with pytest.raises(DAMAGE):
            load(content[:length])


def test_damage_is_an_error_or_does_no_harm():
    content, dice = saved(), random.Random(0)
    for _ in range(500):
        damaged = bytearray(content)
        for _ in range(dice.choice([1, 2, 5])):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        with contextlib.suppress(DAMAGE):
            load(bytes(damaged))


def test_a_damaged_storage_is_noticed_and_the_file_named(tmp_path):
    path = tmp_path / "model.pt"
    torch.save(torch.full((100,), 1.0), path)
    path.write_bytes(path.read_bytes().replace(b"\0\0\x80\x3f", b"\0\0\x80\x40", 1))
    with pytest.raises(RuntimeError, match=r"model\.pt.*checksum"):
        torch.load(path)


@pytest.mark.parametrize(("content", "error", "message"), [
    (b"", EOFError, "is empty"),
    (b"<!doctype html>", pickle.UnpicklingError, "not a PyTorch file"),
    (b"PK\x03\x04" + b"\0" * 60, RuntimeError, "cut off or damaged"),
    (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", RuntimeError, "cut off or damaged"),
])
def test_other_files_are_recognised(content, error, message, tmp_path):
    path = tmp_path / "download.pt"
    path.write_bytes(content)
    with pytest.raises(error, match=rf"download\.pt.*{message}"):
        torch.load(path)


STORAGE = struct.pack("<q12f", 12, *range(12))


def legacy(content, keys=("0",), storage=STORAGE, version=1001, system=None):
    """A file in the format of before 1.6."""
    system = {"little_endian": True} if system is None else system
    return b"".join([b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", pickle.dumps(version, 2), pickle.dumps(system, 2), content,
                     pickle.dumps(list(keys), 2), storage])


def old_tensor(numel=12, view=b"N", **wrong):
    return tensor(numel=numel, **wrong).replace(long(numel) + b"tQ", long(numel) + view + b"tQ", 1)


def test_an_old_file_of_the_smallest_kind_is_read():
    assert load(legacy(old_tensor())).tolist() == [[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]]
    part = old_tensor(view=b"(" + text(b"1") + long(4) + long(8) + b"t", size=(2, 4))
    assert load(legacy(part)).tolist() == [[4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 10.0, 11.0]]


@pytest.mark.parametrize("content", [
    legacy(old_tensor(numel=13)),
    legacy(old_tensor(numel=2**60)),
    legacy(old_tensor(numel=-1)),
    legacy(old_tensor(), keys=()),
    legacy(old_tensor(), keys=("1",)),
    legacy(old_tensor(), keys=("0", "1")),
    legacy(old_tensor(), storage=b""),
    legacy(old_tensor(), storage=struct.pack("<q12f", 11, *range(12))),
    legacy(old_tensor(), version=7),
    legacy(old_tensor(), system={"little_endian": False}),
    legacy(old_tensor(), system=[]),
    legacy(old_tensor(size=(4, 4))),
    legacy(old_tensor(view=b"(" + text(b"1") + long(4) + long(9) + b"t")),
    legacy(old_tensor(view=b"(" + text(b"1") + long(-4) + long(8) + b"t")),
    legacy(b"\x80\x02cos\nsystem\n(X\x04\x00\x00\x00truetR."),
    legacy(b"\x80\x02X\xff\xff\xff\x7fabc."),
    legacy(b""),
    legacy(b"\x80\x02(" + text(b"module") + b"cos\nsystem\n" + b"NNtQ."),
])
def test_old_files_that_are_damaged_or_want_to_run_code_are_errors(content):
    with pytest.raises(DAMAGE):
        load(content)


def test_damage_of_an_old_file_is_an_error_or_does_no_harm():
    content, dice = legacy(old_tensor()), random.Random(0)
    for length in range(len(content)):
        with pytest.raises(DAMAGE):
            load(content[:length])
    for _ in range(500):
        damaged = bytearray(content)
        for _ in range(dice.choice([1, 2, 5])):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        with contextlib.suppress(DAMAGE):
            load(bytes(damaged))


def test_a_torchscript_archive_is_recognised():
    file = io.BytesIO(archive(tensor()))
    with zipfile.ZipFile(file, "a") as entries:
        entries.writestr("archive/constants.pkl", b"")
    with pytest.raises(RuntimeError, match="TorchScript"):
        load(file.getvalue())
