"""Event files: read back record by record here, and by TensorBoard itself where it is installed."""
from __future__ import annotations

import struct
import zlib

import numpy
import pytest

import flambeau as torch
from flambeau.utils.tensorboard import SummaryWriter
from flambeau.utils.tensorboard.records import checksum
from flambeau.utils.tensorboard.summaries import png


def records(path):
    """The payloads of a TFRecord file, their checksums tested."""
    data, at = path.read_bytes(), 0
    while at < len(data):
        length = data[at:at + 8]
        (count,) = struct.unpack("<Q", length)
        body = data[at + 12:at + 12 + count]
        assert struct.unpack("<I", data[at + 8:at + 12])[0] == checksum(length)
        assert struct.unpack("<I", data[at + 12 + count:at + 16 + count])[0] == checksum(body)
        yield body
        at += 16 + count


def fields(message):
    """The fields of a protocol buffer message: [(number, value)]."""
    found, at = [], 0

    def varint():
        nonlocal at
        value, shift = 0, 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        key = varint()
        if key & 7 == 0:
            value = varint()
        else:
            size = {1: 8, 5: 4}.get(key & 7) or varint()
            value = message[at:at + size]
            at += size
        found.append((key >> 3, value))
    return found


def the_file(folder):
    (path,) = [path for path in folder.iterdir() if path.is_file()]
    return path


def test_the_checksum_is_that_of_the_standard():
    crc = 0xE3069283  # CRC-32C of "123456789"
    assert checksum(b"123456789") == ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def test_a_scalar_is_an_event_with_time_step_and_value(tmp_path):
    with SummaryWriter(tmp_path) as writer:
        writer.add_scalar("loss", torch.tensor(0.5), 7, walltime=12.5)
    first, second = records(the_file(tmp_path))
    assert (3, b"brain.Event:2") in fields(first)
    found = dict(fields(second))
    assert (struct.unpack("<d", found[1])[0], found[2]) == (12.5, 7)
    value = dict(fields(dict(fields(found[5]))[1]))
    assert (value[1], struct.unpack("<f", value[2])[0]) == (b"loss", 0.5)


def test_what_waits_is_written_by_flush_and_when_it_is_too_much(tmp_path):
    writer = SummaryWriter(tmp_path, max_queue=3)
    for step in range(3):
        writer.add_scalar("x", step, step)
    assert len(list(records(the_file(tmp_path)))) == 1
    writer.add_scalar("x", 3, 3)
    assert len(list(records(the_file(tmp_path)))) == 5
    writer.add_scalar("x", 4, 4)
    writer.flush()
    assert len(list(records(the_file(tmp_path)))) == 6
    writer.close()
    with pytest.raises(ValueError, match="is closed"):
        writer.add_scalar("x", 5, 5)


def test_a_png_holds_the_pixels():
    pixels = numpy.arange(24, dtype="u1").reshape(2, 4, 3)
    data = png(pixels)
    assert data.startswith(b"\x89PNG") and struct.unpack(">II", data[16:24]) == (4, 2)
    begin = data.index(b"IDAT") + 4
    (size,) = struct.unpack(">I", data[begin - 8:begin - 4])
    lines = numpy.frombuffer(zlib.decompress(data[begin:begin + size]), "u1").reshape(2, 13)
    assert (lines[:, 1:].reshape(2, 4, 3) == pixels).all()


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda w: w.add_scalar("x", torch.ones(2)), AssertionError, "scalar should be 0D"),
    (lambda w: w.add_image("x", torch.ones(2, 2)), AssertionError, "size of input tensor and input format are different"),
    (lambda w: w.add_histogram("x", []), ValueError, "The input has no element"),
    (lambda w: w.add_hparams({"x": [1]}, {}), ValueError, "hparam 'x': value should be one of int, float, str, bool"),
    (lambda w: w.add_hparams([], {}), TypeError, "should be dictionary"),
])
def test_what_cannot_be_logged_is_refused(tmp_path, call, error, message):
    with SummaryWriter(tmp_path) as writer, pytest.raises(error, match=message):
        call(writer)


def test_tensorboard_reads_it_all(tmp_path):
    accumulators = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    tensor_util = pytest.importorskip("tensorboard.util.tensor_util")
    with SummaryWriter(tmp_path) as writer:
        for step in range(3):
            writer.add_scalar("loss", 1 / (step + 1), step)
        writer.add_histogram("weights", torch.tensor([0.0, 0.5, 0.5, -2.0]), 1)
        writer.add_image("image", torch.rand(3, 4, 5), 2)
        writer.add_images("batch", torch.rand(9, 1, 4, 5), 2)
        writer.add_text("note", "**bold**", 1)
        writer.add_scalars("both", {"a": 1.0, "b": 2.0}, 5)
        writer.add_hparams({"lr": 0.1, "name": "adam", "nesterov": True}, {"accuracy": 0.9}, run_name="trial")

    def opened(folder):
        found = accumulators.EventAccumulator(str(folder), {accumulators.TENSORS: 0, accumulators.IMAGES: 0})
        return found.Reload()

    log = opened(the_file(tmp_path))
    assert [(e.step, round(e.value, 4)) for e in log.Scalars("loss")] == [(0, 1.0), (1, 0.5), (2, 0.3333)]
    histogram = log.Histograms("weights")[0].histogram_value
    assert (histogram.num, histogram.min, histogram.max, histogram.sum) == (4, -2.0, 0.5, -1.0)
    counted = dict(zip(histogram.bucket_limit, histogram.bucket, strict=True))
    assert sum(counted.values()) == 4
    assert all(low < high for low, high in zip(histogram.bucket_limit, histogram.bucket_limit[1:], strict=False))
    assert [(e.width, e.height) for tag in ("image", "batch") for e in log.Images(tag)] == [(5, 4), (40, 8)]
    assert tensor_util.make_ndarray(log.Tensors("note/text_summary")[0].tensor_proto).tolist() == [b"**bold**"]
    assert opened(tmp_path / "both_b").Scalars("both")[0].value == 2.0
    trial = opened(tmp_path / "trial")
    assert trial.Scalars("accuracy")[0].value == pytest.approx(0.9)
    plugin = pytest.importorskip("tensorboard.plugins.hparams.plugin_data_pb2")
    read = {tag: plugin.HParamsPluginData.FromString(trial.SummaryMetadata(tag).plugin_data.content)
            for tag in trial.summary_metadata if tag.startswith("_hparams_/")}
    start = read["_hparams_/session_start_info"].session_start_info.hparams
    assert (start["lr"].number_value, start["name"].string_value, start["nesterov"].bool_value) == (0.1, "adam", True)
    assert [info.name.tag for info in read["_hparams_/experiment"].experiment.metric_infos] == ["accuracy"]
