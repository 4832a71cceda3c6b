"""Datasets of images, and the files they come from: IDX, pickles that are not run, folders, downloads."""
from __future__ import annotations

import gzip
import hashlib
import http.server
import os
import pickle
import struct
import threading
from pathlib import Path

import numpy
import pytest

import flambeau
from flambeau.vision.datasets import CIFAR10, MNIST, Digits, FakeData, ImageFolder, read_idx
from flambeau.vision.datasets.cifar import read_pickle
from flambeau.vision.datasets.files import checksum, download_url


def idx(array):
    return struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.astype("u1").tobytes()


def test_the_packaged_digits_are_all_there():
    digits = Digits()
    assert tuple(digits.data.shape) == (1797, 8, 8)
    assert (int(digits.data.max()), sorted(set(digits.targets.tolist()))) == (16, list(range(10)))
    image, label = digits[0]
    assert (tuple(image.shape), label) == ((8, 8), 0)


def test_mnist_is_read_packed_or_not(tmp_path):
    images, labels = numpy.arange(2 * 28 * 28).reshape(2, 28, 28) % 256, numpy.array([3, 7])
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images)))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(labels))
    mnist = MNIST(tmp_path)
    assert (len(mnist), mnist.targets.tolist(), mnist.data[1].tolist()) == (2, [3, 7], images[1].tolist())


def test_a_file_cut_short_is_named(tmp_path):
    path = tmp_path / "cut"
    path.write_bytes(idx(numpy.zeros((2, 3)))[:-1])
    with pytest.raises(ValueError, match=r"cut should have 18 bytes for the shape \(2, 3\), but has 17"):
        read_idx(path)


def test_a_file_of_another_kind_is_named(tmp_path):
    path = tmp_path / "text"
    path.write_text("hello")
    with pytest.raises(ValueError, match="text is no IDX file"):
        read_idx(path)


def test_missing_files_say_where_they_were_looked_for(tmp_path):
    with pytest.raises(RuntimeError, match="Dataset not found.*MNIST"):
        MNIST(tmp_path)


# ------------------------------------------------------------------------------------- CIFAR


def cifar_batch(count, labels, key=b"labels"):
    """A batch as Python 2 and NumPy wrote it, opcode by opcode: {"data": array, "labels": list}."""
    pixels = numpy.arange(count * 3072, dtype="u4").astype("u1").tobytes()

    def text(raw):
        return b"U" + bytes([len(raw)]) + raw

    array = (b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00t" + text(b"b") + b"tR"
             b"(K\x01(" + b"M" + struct.pack("<H", count) + b"M\x00\x0ct" + b"cnumpy\ndtype\n(" + text(b"u1") + b"K\x00K\x01tR"
             b"(K\x03" + text(b"|") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T"
             + struct.pack("<i", len(pixels)) + pixels + b"tb")
    listed = b"](" + b"".join(b"K" + bytes([label]) for label in labels) + b"e"
    return b"\x80\x02}(" + text(b"data") + array + text(key) + listed + b"u."


def meta(names, key=b"label_names"):
    return b"\x80\x02}(U" + bytes([len(key)]) + key + b"](" + b"".join(
        b"U" + bytes([len(name)]) + name for name in names) + b"eu."


@pytest.fixture
def cifar(tmp_path, monkeypatch):
    folder = tmp_path / CIFAR10.base_folder
    folder.mkdir()
    files = {"batches.meta": meta([b"cat", b"dog"]), "test_batch": cifar_batch(1, [1])}
    files |= {f"data_batch_{number}": cifar_batch(2, [number % 2, 0]) for number in range(1, 6)}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    sums = {name: checksum(folder / name) for name in files}
    for attribute in ("train_list", "test_list"):
        monkeypatch.setattr(CIFAR10, attribute, [(name, sums[name]) for name, _ in getattr(CIFAR10, attribute)])
    monkeypatch.setattr(CIFAR10, "meta", ("batches.meta", sums["batches.meta"]))
    return tmp_path


def test_cifar_is_read_from_its_pickles(cifar):
    train, test = CIFAR10(cifar), CIFAR10(cifar, train=False)
    assert (train.data.shape, test.data.shape, train.targets.tolist()) == ((10, 3, 32, 32), (1, 3, 32, 32),
                                                                           [1, 0, 0, 0, 1, 0, 0, 0, 1, 0])
    assert train.data[1].flatten()[:3].tolist() == [0, 1, 2] and train.class_to_idx == {"cat": 0, "dog": 1}
    assert repr(test) == f"Dataset CIFAR10\n    Number of datapoints: 1\n    Root location: {cifar}\n    Split: Test"


def test_a_damaged_or_missing_cifar_is_refused(cifar):
    (cifar / CIFAR10.base_folder / "data_batch_3").write_bytes(b"spoiled")
    with pytest.raises(RuntimeError, match="not found or corrupted.*download=True"):
        CIFAR10(cifar)


def test_a_pickle_that_wants_to_run_something_is_refused(tmp_path):
    path = tmp_path / "evil"
    path.write_bytes(b"cos\nsystem\n(S'echo hi'\ntR.")
    with pytest.raises(pickle.UnpicklingError, match="os.system was not an allowed global"):
        read_pickle(path)


# ------------------------------------------------------------------------------------- folders and noise


def test_a_folder_of_images_has_a_class_for_each_folder(tmp_path):
    for name in ("b/2.png", "a/1.JPG", "a/deep/0.png", "a/notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    folder = ImageFolder(tmp_path, loader=lambda path: Path(path).read_text(), transform=str.upper)
    assert (folder.classes, folder.targets) == (["a", "b"], [0, 0, 1])
    assert [folder[number] for number in range(3)] == [("A/1.JPG", 0), ("A/DEEP/0.PNG", 0), ("B/2.PNG", 1)]
    (tmp_path / "c").mkdir()
    with pytest.raises(FileNotFoundError, match="Found no valid file for the classes c. Supported extensions are: .jpg"):
        ImageFolder(tmp_path)
    assert len(ImageFolder(tmp_path, allow_empty=True)) == 3
    with pytest.raises(FileNotFoundError, match="Couldn't find any class folder"):
        ImageFolder(tmp_path / "c")


def test_noise_is_the_same_each_time():
    fake = FakeData(3, (3, 4, 5), num_classes=7)
    image, label = fake[1]
    assert (image.shape, image.dtype, 0 <= label < 7) == ((3, 4, 5), flambeau.uint8, True)
    assert image.tolist() == fake[1][0].tolist() != fake[2][0].tolist()
    with pytest.raises(IndexError, match="out of range: 3 of 3"):
        fake[3]


# ------------------------------------------------------------------------------------- downloads


class Server(http.server.BaseHTTPRequestHandler):
    """Serves one file, with ranges; its first answer may stop half-way, as a lost connection does."""

    content, cut, ranges = b"", 0, True
    asked: list = []

    def do_GET(self):
        wanted = self.headers.get("Range")
        type(self).asked.append(wanted)
        begin = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.ranges else 0
        if self.path != "/file":
            self.send_error(404)
            return
        if begin >= len(self.content):
            self.send_error(416)
            return
        body = self.content[begin:]
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.cut:
            body, type(self).cut = body[:self.cut], 0
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    handler = type("Handler", (Server,), {"asked": [], "content": bytes(range(256)) * 1000})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield handler, f"http://127.0.0.1:{running.server_address[1]}/file"
        running.shutdown()
        thread.join()


def md5(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def test_a_download_is_whole_and_is_not_repeated(server, tmp_path):
    handler, url = server
    for _ in range(2):
        path = download_url(url, tmp_path / "deep" / "file", md5(handler.content))
    assert path.read_bytes() == handler.content and len(handler.asked) == 1
    assert os.listdir(path.parent) == ["file"]


def test_a_download_goes_on_where_it_was_cut_off(server, tmp_path):
    handler, url = server
    handler.cut = 100_000
    with pytest.raises(RuntimeError, match="could not be downloaded"):
        download_url(url, tmp_path / "file", md5(handler.content))
    kept = (tmp_path / "file.part").stat().st_size
    assert not (tmp_path / "file").exists() and 0 < kept <= 100_000
    assert download_url(url, tmp_path / "file", md5(handler.content)).read_bytes() == handler.content
    assert handler.asked == [None, f"bytes={kept}-"]


def test_a_server_without_ranges_sends_it_all_again(server, tmp_path):
    handler, url = server
    handler.ranges = False
    (tmp_path / "file.part").write_bytes(b"begun")
    assert download_url(url, tmp_path / "file", md5(handler.content)).read_bytes() == handler.content


def test_a_part_that_is_complete_is_taken(server, tmp_path):
    handler, url = server
    (tmp_path / "file.part").write_bytes(handler.content)
    assert download_url(url, tmp_path / "file", md5(handler.content)).read_bytes() == handler.content


def test_a_wrong_file_is_not_kept_and_the_next_address_is_tried(server, tmp_path):
    handler, url = server
    with pytest.raises(RuntimeError, match=r"(?s)nowhere: HTTP Error 404.*corrupted: its MD5 is .*only http and https"):
        download_url([url.replace("file", "nowhere"), url, "file:///etc/passwd"], tmp_path / "file", "0" * 32)
    assert os.listdir(tmp_path) == []
    assert download_url([url.replace("file", "nowhere"), url], tmp_path / "file").stat().st_size == len(handler.content)


def test_mnist_fetches_only_what_it_lacks(server, tmp_path, monkeypatch):
    handler, url = server
    handler.content = gzip.compress(idx(numpy.array([3, 7])))
    monkeypatch.setattr(MNIST, "mirrors", ("http://127.0.0.1:9/", url.removesuffix("file")))
    monkeypatch.setattr(MNIST, "checksums", (md5(handler.content),) * 4)
    for name in ("train-images-idx3-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"):
        (tmp_path / name).write_bytes(idx(numpy.zeros((2, 28, 28)) if "images" in name else numpy.array([1, 2])))
    monkeypatch.setattr(handler, "do_GET", lambda self: (setattr(self, "path", "/file"), Server.do_GET(self))[1])
    assert MNIST(tmp_path, download=True).targets.tolist() == [3, 7]
    assert len(handler.asked) == 1
