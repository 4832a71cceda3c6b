"""safetensors files: the reference implementation's bytes, whole or in parts, and what is refused."""
from __future__ import annotations

import base64
import json

import numpy
import pytest

import flambeau as torch
from flambeau import nn, safetensors
from flambeau.safetensors import SafetensorError

NAMES = ("bool", "uint8", "int8", "float8_e5m2", "float8_e4m3fn", "int16", "uint16", "float16", "bfloat16", "int32", "uint32",
         "float32", "float64", "int64", "uint64", "complex64")


def tensors():
    made = {name: (torch.arange(6) % 2).to(getattr(torch, name)).reshape(2, 3) for name in NAMES}
    return made | {"empty": torch.zeros(0, 3), "number": torch.tensor(3.0), 'é"': torch.ones(2)}


def file_of(facts, content=b""):
    text = facts if isinstance(facts, bytes) else json.dumps(facts).encode()
    return len(text).to_bytes(8, "little") + text + content


def fact(dtype="F32", shape=(1,), offsets=(0, 4)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


def test_a_file_has_the_bytes_of_the_reference_implementation():
    # safetensors.torch.save({"b": arange(3, float32), "a": tensor([True]), "h": ones(2, bfloat16)}, {"k": "v"}), version 0.8.0
    recorded = base64.b64decode(
        "wAAAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJrIjoidiJ9LCJiIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbMCwxMl19"
        "LCJoIjp7ImR0eXBlIjoiQkYxNiIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzEyLDE2XX0sImEiOnsiZHR5cGUiOiJCT09MIiwic2hhcGUiOlsx"
        "XSwiZGF0YV9vZmZzZXRzIjpbMTYsMTddfX0AAAAAAACAPwAAAECAP4A/AQ==")
    given = {"b": torch.arange(3.0), "a": torch.tensor([True]), "h": torch.ones(2).bfloat16()}
    assert safetensors.save(given, {"k": "v"}) == recorded


def test_every_dtype_and_shape_returns(tmp_path):
    given = tensors()
    safetensors.save_file(given, tmp_path / "x.safetensors", {"made by": "us"})
    for found in (safetensors.load_file(tmp_path / "x.safetensors"), safetensors.load(safetensors.save(given))):
        assert found.keys() == given.keys()
        for name, tensor in given.items():
            assert (found[name].dtype, found[name].shape) == (tensor.dtype, tensor.shape)
            assert found[name].tolist() == tensor.tolist()


def test_tensors_of_any_strides_are_written_in_order():
    x = torch.arange(12.0).reshape(3, 4)
    found = safetensors.load(safetensors.save({"t": x.clone().t(), "step": x.clone()[:, ::2], "wide": torch.ones(1).expand(3)}))
    assert found["t"].tolist() == x.t().tolist() and found["step"].tolist() == x[:, ::2].tolist()
    assert found["wide"].tolist() == [1, 1, 1] and found["t"].is_contiguous()


def test_what_is_loaded_may_be_written_to_and_the_file_stays(tmp_path):
    path = tmp_path / "x.safetensors"
    safetensors.save_file({"x": torch.ones(3)}, path)
    before = path.read_bytes()
    found = safetensors.load_file(path)["x"]
    found.zero_()
    found.requires_grad_()
    assert path.read_bytes() == before and safetensors.load_file(path)["x"].sum() == 3


def test_a_file_is_read_in_parts(tmp_path):
    path = tmp_path / "x.safetensors"
    safetensors.save_file({"x": torch.arange(12.0).reshape(3, 4), "b": torch.zeros(1)}, path, {"k": "v"})
    with safetensors.safe_open(path, framework="pt", device="cpu") as file:
        assert (file.keys(), file.offset_keys(), file.metadata()) == (["b", "x"], ["b", "x"], {"k": "v"})
        part = file.get_slice("x")
        assert (part.get_shape(), part.get_dtype()) == ([3, 4], "F32")
        assert part[1:, ::2].tolist() == [[4, 6], [8, 10]] and part[1, 2].item() == 6
        kept = file.get_tensor("x")
        with pytest.raises(SafetensorError, match="File does not contain tensor y; it has b, x"):
            file.get_tensor("y")
    assert kept.sum() == 66
    with pytest.raises(SafetensorError, match="File is closed"):
        file.get_tensor("x")


@pytest.mark.parametrize(("content", "fault"), [
    (b"", "HeaderTooSmall"), (b"1234567", "HeaderTooSmall"), (b"\xff" * 8, "HeaderTooLarge"),
    ((200_000_000).to_bytes(8, "little"), "HeaderTooLarge"), ((50).to_bytes(8, "little") + b"{}", "InvalidHeaderLength"),
    (file_of(b"[]"), "does not begin with '{'"), (file_of(b" {}"), "does not begin with '{'"), (file_of(b"{"), "no JSON"),
    (file_of(b"{\xff}"), "no JSON"), (file_of(b'{"a":' * 20000), "no JSON"),
    (file_of(b'{"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}', b"1"),
     "a name comes twice"),
    (file_of({"x": fact("F31")}, b"1234"), "unknown dtype 'F31'"), (file_of({"x": fact(["F32"])}, b"1234"), "unknown dtype"),
    (file_of({"x": fact(shape=(-1,))}, b"1234"), "no proper shape"),
    (file_of({"x": fact(shape=(1.0,))}, b"1234"), "no proper shape"),
    (file_of({"x": fact(shape=(True,))}, b"1234"), "no proper shape"),
    (file_of({"x": fact(offsets=(0, 4, 8))}, b"1234"), "proper"),
    (file_of({"x": fact(offsets=(4, 0))}, b"1234"), "cannot be in bytes"),
    (file_of({"x": fact(offsets=(0, 8))}, b"12345678"), "cannot"),
    (file_of({"x": fact(shape=(1 << 40, 1 << 40))}, b"1234"), "cannot be in bytes"),
    (file_of({"x": fact(offsets=(4, 8))}, b"12345678"), "begins at byte 4, but the one before ends at 0"),
    (file_of({"x": fact(), "y": fact()}, b"1234"), "begins at byte 0, but the one before ends at 4"),
    (file_of({"x": fact()}, b"123"), "need 4 bytes, the file has 3"),
    (file_of({"x": fact()}, b"12345"), "need 4 bytes, the file has 5"),
    (file_of({"x": 3}), "must have dtype, shape and data_offsets"), (file_of({"x": {**fact(), "z": 1}}, b"1234"), "must have"),
    (file_of({"__metadata__": {"a": 1}}), "__metadata__ must map"), (file_of({"__metadata__": [1]}), "__metadata__ must map"),
])
def test_damaged_files_are_refused_by_name(tmp_path, content, fault):
    with pytest.raises(SafetensorError, match=fault):
        safetensors.load(content)
    path = tmp_path / "bad.safetensors"
    path.write_bytes(content)
    with pytest.raises(SafetensorError, match=f"bad.safetensors: .*{fault}"):
        safetensors.load_file(path)


def test_data_that_is_not_aligned_is_read():
    facts = {"a": fact("U8", (1,), (0, 1)), "x": fact("F32", (2,), (1, 9))}
    assert safetensors.load(file_of(facts, b"1" + numpy.array([1.5, 2.5], "f4").tobytes()))["x"].tolist() == [1.5, 2.5]


def test_what_cannot_be_saved_is_said():
    x = torch.ones(4)
    with pytest.raises(RuntimeError, match="Some tensors share memory"):
        safetensors.save({"a": x, "b": x[1:]})
    safetensors.save({"a": x[:2], "b": x[2:]})  # parts that do not overlap
    with pytest.raises(SafetensorError, match="complex128, which safetensors files cannot hold"):
        safetensors.save({"a": torch.ones(1, dtype=torch.complex128)})
    with pytest.raises(ValueError, match="Key `a` is invalid, expected torch.Tensor"):
        safetensors.save({"a": 3})
    with pytest.raises(TypeError, match="metadata must map text to text"):
        safetensors.save({"a": x}, {"a": 3})
    with pytest.raises(FileNotFoundError, match="No such file or directory"):
        safetensors.load_file("nowhere.safetensors")


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.head = nn.Embedding(5, 3), nn.Linear(3, 5, bias=False)
        self.head.weight = self.table.weight


def test_a_module_with_a_shared_parameter_is_written_once_and_loaded_whole(tmp_path):
    path, model, other = tmp_path / "m.safetensors", Tied(), Tied()
    safetensors.save_model(model, path)
    with safetensors.safe_open(path) as file:
        assert (file.keys(), file.metadata()) == (["head.weight"], {"table.weight": "head.weight"})
    assert safetensors.load_model(other, path) == ([], [])
    assert torch.equal(other.table.weight, model.table.weight) and other.head.weight is other.table.weight


def test_a_module_that_does_not_fit_is_refused(tmp_path):
    safetensors.save_file({"weight": torch.ones(2, 2), "extra": torch.ones(1)}, tmp_path / "m.safetensors")
    with pytest.raises(RuntimeError, match=r"(?s)Missing key\(s\).*bias.*Unexpected key\(s\).*extra"):
        safetensors.load_model(nn.Linear(2, 2), tmp_path / "m.safetensors")
    assert safetensors.load_model(nn.Linear(2, 2), tmp_path / "m.safetensors", strict=False) == (["bias"], ["extra"])
