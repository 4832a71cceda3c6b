"""Whatever happens while a file is written, the old one or the new one is there, whole."""
from __future__ import annotations

import os
import stat
import subprocess
import sys

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


KILLS = """
import os, random, signal, sys, time
import flambeau as torch

def save_again_and_again(path, started):
    number = 0
    while True:
        torch.save({"number": number, "weights": torch.full((200_000,), float(number))}, path)
        number += 1
        os.write(started, b"x")

path, kills, drafts = sys.argv[1], int(sys.argv[2]), 0
dice = random.Random(0)
for kill in range(kills):
    wait_for, started = os.pipe()
    child = os.fork()
    if child == 0:
        save_again_and_again(path, started)
    os.read(wait_for, 1)
    time.sleep(dice.uniform(0, 0.01))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(wait_for), os.close(started)
    found = torch.load(path)
    assert (found["weights"] == found["number"]).all(), kill
    drafts += len(os.listdir(os.path.dirname(path))) > 1 + drafts
print(drafts)
"""


@pytest.mark.skipif(os.name != "posix", reason="kills with a signal")
def test_a_program_killed_fifty_times_always_leaves_a_whole_file(tmp_path):
    command = [sys.executable, "-W", "ignore", "-c", KILLS, str(tmp_path / "x.pt"), "50"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 5, "few of the kills came in the middle of a save; the test proves little"
