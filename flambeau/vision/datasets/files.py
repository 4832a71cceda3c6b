"""Files from the network: whole and checked, or not there; a download that was cut off goes on where it stopped."""
from __future__ import annotations

import hashlib
import os
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path

PIECE = 1 << 16
TIMEOUT = 30.0  # seconds without a byte


def check_integrity(path: str | Path, md5: str | None = None) -> bool:
    """Say whether a file is there and, if `md5` is given, has that checksum."""
    if not os.path.isfile(path):
        return False
    return md5 is None or checksum(path) == md5


def checksum(path: str | Path) -> str:
    """Return a file's MD5 in hexadecimal: it tells damage, not malice."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def download_url(urls: str | Iterable[str], path: str | Path, md5: str | None = None) -> Path:
    """Fetch a file from the first of several addresses that has it, unless it is there already.

    It is written beside `path` under the name `….part`, goes on from there after an interruption, and takes its place when
    it is complete and its checksum is right. Raises RuntimeError when no address gives the right file.
    """
    target = Path(path)
    if check_integrity(target, md5):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    faults = []
    for url in [urls] if isinstance(urls, str) else urls:
        try:
            _fetch(url, part)
        except (OSError, ValueError) as error:  # URLError is an OSError
            faults.append(f"{url}: {error}")
            continue
        found = checksum(part)
        if md5 is None or found == md5:
            os.replace(part, target)
            return target
        part.unlink()
        faults.append(f"{url}: File not found or corrupted: its MD5 is {found}, not {md5}")
    raise RuntimeError(f"{target.name} could not be downloaded:\n  " + "\n  ".join(faults))


def _fetch(url: str, part: Path) -> None:
    """Append to `part` what it lacks."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"User-Agent": "flambeau"} | ({"Range": f"bytes={have}-"} if have else {}))
    if not url.startswith(("http://", "https://")):
        raise ValueError("only http and https addresses are downloaded from")
    try:
        answer = urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code != 416:  # "range not satisfiable": nothing is missing
            raise
        return
    with answer:
        goes_on = answer.status == 206
        expected = answer.headers.get("Content-Length")
        written = 0
        with open(part, "ab" if goes_on else "wb") as file:
            while piece := answer.read(PIECE):
                file.write(piece)
                written += len(piece)
        if expected is not None and written != int(expected):
            raise OSError(f"the connection ended after {written} of {expected} bytes; call again to go on")


def extract_tar(path: Path, folder: Path) -> None:
    """Unpack an archive; nothing in it may lead outside of `folder`."""
    import tarfile

    with tarfile.open(path) as archive:
        archive.extractall(folder, filter="data")
