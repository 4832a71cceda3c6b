"""Whatever happens while a file is written, the old one or the new one is there, whole."""
from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time

import pytest

import flambeau as torch
from flambeau.serialization.atomic import replacing


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "x.pt"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), replacing(str(path)) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["x.pt"]


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "run1.pt").write_bytes(b"old")
    (tmp_path / "latest.pt").symlink_to("run1.pt")
    torch.save(1, tmp_path / "latest.pt")
    assert (tmp_path / "latest.pt").is_symlink()
    assert torch.load(tmp_path / "run1.pt") == 1


@pytest.mark.skipif(os.name != "posix", reason="who may read a file is POSIX's")
def test_a_replaced_file_keeps_who_may_read_it(tmp_path):
    path = tmp_path / "x.pt"
    torch.save(1, path)
    path.chmod(0o640)
    torch.save(2, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        torch.save(1, tmp_path / "nowhere" / "x.pt")


def test_a_device_is_written_to():
    torch.save(1, os.devnull)


SAVES = """
import sys
import flambeau as torch
number = 0
while True:
    torch.save({"number": number, "weights": torch.full((200_000,), float(number))}, sys.argv[1])
    number += 1
    print(number, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="kills with a signal")
def test_a_program_that_is_killed_leaves_a_whole_file(tmp_path):
    path = tmp_path / "x.pt"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", SAVES, str(path)]
    for kill in range(4):
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as program:
            program.stdout.readline()
            time.sleep(0.013 * kill)
            program.send_signal(signal.SIGKILL)
        found = torch.load(path)
        assert (found["weights"] == found["number"]).all()
