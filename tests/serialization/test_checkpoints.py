"""`save` and `load`: PyTorch's files, and our own."""
from __future__ import annotations

import io
import pickle
import zipfile
from collections import Counter, OrderedDict
from pathlib import Path

import ml_dtypes
import numpy
import pytest

import flambeau as torch
from flambeau import nn

FIXTURE = Path(__file__).parent / "fixtures" / "pytorch.pt"  # made by tools/record_checkpoint.py


@pytest.fixture(params=["read", "mapped", "saved again"])
def checkpoint(request, tmp_path):
    """What PyTorch wrote, loaded in each way."""
    if request.param == "saved again":
        torch.save(torch.load(FIXTURE), tmp_path / "again.pt")
        return torch.load(tmp_path / "again.pt")
    return torch.load(FIXTURE, mmap=request.param == "mapped")


def round_trip(obj, **options):
    file = io.BytesIO()
    torch.save(obj, file)
    file.seek(0)
    return torch.load(file, **options)


def test_every_dtype_is_read(checkpoint):
    for name, tensor in checkpoint["dtypes"].items():
        assert tensor.dtype is getattr(torch, name)
        assert [complex(value) for value in tensor.tolist()] == [0, 1, 1 if name == "bool" else 3]


def test_views_share_their_memory(checkpoint):
    table, transposed, part, number = checkpoint["views"]
    assert [view.stride() for view in checkpoint["views"]] == [(4, 1), (1, 4), (4, 2), ()]
    assert part.tolist() == [[4.0, 6.0], [8.0, 10.0]]
    table[2, 1] = 99.0
    assert (transposed[1, 2].item(), number.item()) == (99.0, 99.0)
    assert number._version == table._version == 1


def test_parameters_and_leaves_are_read(checkpoint):
    parameter = checkpoint["parameter"]
    assert isinstance(parameter, nn.Parameter)
    assert (parameter.requires_grad, parameter.tolist()) == (False, [1.5])
    assert checkpoint["leaf"].requires_grad
    assert checkpoint["leaf"].is_leaf
    assert checkpoint["empty"].shape == (0, 3)


def test_plain_values_are_read(checkpoint):
    assert checkpoint["plain"] == [
        None, True, -5, 2**70, 1.5, 1 + 2j, "ü", b"\xff", bytearray(b"x"), (1, (2,)), {3}, torch.Size([1, 2]),
        torch.device("cuda:1"), torch.float16, torch.strided, Counter("aab")]


def test_a_model_and_its_optimizer_go_on(checkpoint):
    model = nn.Sequential(OrderedDict(conv=nn.Conv2d(1, 2, 2), norm=nn.BatchNorm2d(2)))
    optimizer = torch.optim.Adam(model.parameters())
    model.load_state_dict(checkpoint["model"])
    optimizer.load_state_dict(checkpoint["optimizer"])
    assert checkpoint["model"]._metadata["norm"] == {"version": 2}
    assert model.norm.num_batches_tracked.item() == 1
    assert optimizer.param_groups[0]["lr"] == 0.01
    assert optimizer.state[model.conv.weight]["step"].item() == 1.0


def test_storages_lie_at_multiples_of_64_bytes_for_mapping(tmp_path):
    path = tmp_path / "model.pt"
    torch.save([torch.ones(3), torch.ones(5)], path)
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "model/data.pkl"
        for entry in archive.infolist():
            start = entry.header_offset
            name, extra = (int.from_bytes(content[start + at:start + at + 2], "little") for at in (26, 28))
            assert (start + 30 + name + extra) % 64 == 0


def test_only_the_used_part_of_a_memory_is_written(tmp_path):
    table = torch.zeros(1000, 1000)
    torch.save([table[10, :4], table[11, :4]], tmp_path / "rows.pt")
    assert (tmp_path / "rows.pt").stat().st_size < 8000
    first, second = torch.load(tmp_path / "rows.pt")
    assert first._storage is second._storage


@pytest.mark.parametrize("make", [
    lambda: torch.from_numpy(numpy.arange(24, dtype="u1")[1:21].view("i4")),
    lambda: torch.arange(24.0).reshape(2, 3, 4).permute(0, 2, 1),
    lambda: torch.ones(1).expand(5),
    lambda: torch.zeros(2, 3, 4, 5).to(memory_format=torch.channels_last),
    lambda: torch.tensor(3),
])
def test_memory_in_any_order_is_kept(make):
    tensor = make()
    found = round_trip(tensor)
    assert found.tolist() == tensor.tolist()
    assert found.stride() == tensor.stride()


def test_one_memory_seen_as_two_types_is_written_twice():
    array = numpy.arange(4, dtype="f4")
    floats, integers = round_trip([torch.from_numpy(array), torch.from_numpy(array.view("i4"))])
    assert floats.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert integers.tolist() == array.view("i4").tolist()


def test_what_is_the_same_stays_the_same():
    inner = [1]
    weight = torch.ones(2)
    found = round_trip({"a": inner, "b": inner, "w": weight, "v": weight})
    assert found["a"] is found["b"]
    assert found["w"] is found["v"]


def test_a_list_may_contain_itself():
    loop = []
    loop.append(loop)
    found = round_trip(loop)
    assert found[0] is found


def test_numpy_numbers_are_saved_as_numbers():
    assert round_trip([numpy.float64(0.5), numpy.int32(3), numpy.bool_(True)]) == [0.5, 3, True]
    assert round_trip([ml_dtypes.bfloat16(2)]) == [2.0]


@pytest.mark.parametrize(("obj", "message"), [
    ({"optimizer": [torch.optim.SGD([torch.ones(1)])]}, r"obj\['optimizer'\]\[0\].*SGD.*state_dict"),
    ({"hook": lambda: 0}, r"obj\['hook'\].*function.*torch.nn.functional"),
    ({"data": numpy.ones(2)}, r"obj\['data'\].*from_numpy"),
    ([print], r"obj\[0\].*builtin_function"),
])
def test_what_could_not_be_loaded_is_not_saved(obj, message, tmp_path):
    path = tmp_path / "old.pt"
    path.write_bytes(b"old")
    with pytest.raises(pickle.PicklingError, match=message):
        torch.save(obj, path)
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("where", ["cpu", torch.device("cpu"), {"cuda:1": "cpu"}, lambda storage, location: storage])
def test_map_location_brings_tensors_here(where, tmp_path):
    path = tmp_path / "gpu.pt"
    from_a_gpu(path)
    assert torch.load(path, map_location=where).tolist() == [1.0, 2.0]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_without_a_gpu_a_gpus_tensors_need_map_location(tmp_path):
    path = tmp_path / "gpu.pt"
    from_a_gpu(path)
    with pytest.raises(RuntimeError, match=r"cuda:1.*map_location='cpu'"):
        torch.load(path)


def from_a_gpu(path):
    """Write a file as a program with a GPU would."""
    torch.save(torch.tensor([1.0, 2.0]), path)
    with zipfile.ZipFile(path) as archive:
        entries = {entry: archive.read(entry) for entry in archive.namelist()}
    entries["gpu/data.pkl"] = entries["gpu/data.pkl"].replace(b"\x03\x00\x00\x00cpu", b"\x06\x00\x00\x00cuda:1")
    with zipfile.ZipFile(path, "w") as archive:
        for entry, content in entries.items():
            archive.writestr(entry, content)


def test_the_other_byte_order_is_turned_around(tmp_path):
    path = tmp_path / "big.pt"
    torch.save([torch.tensor([1.5, -2.0]), torch.tensor([1 + 2j])], path)
    with zipfile.ZipFile(path) as archive:
        entries = {entry: archive.read(entry) for entry in archive.namelist()}
    entries["big/byteorder"] = b"big"
    entries["big/data/0"] = numpy.array([1.5, -2.0], ">f4").tobytes()
    entries["big/data/1"] = numpy.array([1 + 2j], ">c8").tobytes()
    with zipfile.ZipFile(path, "w") as archive:
        for entry, content in entries.items():
            archive.writestr(entry, content)
    floats, numbers = torch.load(path)
    assert floats.tolist() == [1.5, -2.0]
    assert numbers.tolist() == [1 + 2j]


def test_a_mapped_file_is_not_written_to(tmp_path):
    torch.save(torch.zeros(3), tmp_path / "x.pt")
    mapped = torch.load(tmp_path / "x.pt", mmap=True)
    mapped += 1
    assert torch.load(tmp_path / "x.pt").tolist() == [0.0, 0.0, 0.0]


def test_arguments_that_make_no_sense_are_refused(tmp_path):
    with pytest.raises(ValueError, match="mmap"):
        torch.load(io.BytesIO(b"x"), mmap=True)
    with pytest.raises(ValueError, match="pickle_module"):
        torch.load(io.BytesIO(b"x"), pickle_module=json_like)
    with pytest.raises(FileNotFoundError):
        torch.load(tmp_path / "nothing.pt")


json_like = object()


def test_tensors_over_memory_that_is_not_numpys_are_saved(tmp_path):
    torch.save(torch.ones(3), tmp_path / "x.pt")
    found = round_trip([torch.from_numpy(numpy.frombuffer(bytearray(b"abc"), "u1")), torch.get_rng_state(),
                        torch.load(tmp_path / "x.pt", mmap=True)])
    assert found[0].tolist() == list(b"abc")
    assert torch.equal(found[1], torch.get_rng_state())
    assert found[2].tolist() == [1.0, 1.0, 1.0]


def test_a_shared_mapping_lets_writes_reach_the_file(tmp_path):
    from flambeau.serialization import get_default_mmap_options, set_default_mmap_options
    from flambeau.serialization.options import MAP_PRIVATE, MAP_SHARED

    torch.save(torch.zeros(3), tmp_path / "x.pt")
    with set_default_mmap_options(MAP_SHARED):
        mapped = torch.load(tmp_path / "x.pt", mmap=True)
    mapped += 1
    del mapped
    with pytest.raises(RuntimeError, match="set_crc32_options"):
        torch.load(tmp_path / "x.pt")
    torch.serialization.set_crc32_options(False)
    try:
        assert torch.load(tmp_path / "x.pt").tolist() == [1.0, 1.0, 1.0]
    finally:
        torch.serialization.set_crc32_options(True)
    assert get_default_mmap_options() == MAP_PRIVATE
    with pytest.raises(ValueError, match="MAP_SHARED"):
        set_default_mmap_options(17)


def test_a_file_without_a_byte_order_is_taken_to_have_the_default_one(tmp_path):
    from flambeau.serialization import LoadEndianness, get_default_load_endianness, set_default_load_endianness

    torch.save(torch.tensor([1.0]), tmp_path / "x.pt")
    with zipfile.ZipFile(tmp_path / "x.pt") as archive, zipfile.ZipFile(tmp_path / "y.pt", "w") as bare:
        for entry in archive.namelist():
            if not entry.endswith("byteorder"):
                bare.writestr(entry, archive.read(entry))
    assert torch.load(tmp_path / "y.pt").item() == 1.0
    set_default_load_endianness(LoadEndianness.BIG)
    try:
        assert torch.load(tmp_path / "y.pt").item() == numpy.frombuffer(b"\x00\x00\x80\x3f", ">f4")[0]
    finally:
        set_default_load_endianness(None)
    assert get_default_load_endianness() is None
    with pytest.raises(TypeError, match="LoadEndianness"):
        set_default_load_endianness("big")
