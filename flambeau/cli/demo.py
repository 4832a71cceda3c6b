"""`flambeau demo`: train the digits network, with a progress bar, pictures and a checkpoint that is checked."""
from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import flambeau as torch
from flambeau.cli import pictures, training

BAR = 24


class Screen:
    """The progress bar."""

    def __init__(self, epochs: int, images: int) -> None:
        self.epochs, self.images, self.start = epochs, images, time.perf_counter()
        self.shown = 0.0
        self.is_terminal = sys.stdout.isatty()

    def show(self, now: training.Progress, last: bool) -> None:
        """Draw at most ten times a second; without a terminal, a line at the end of every tenth epoch."""
        clock = time.perf_counter()
        if self.is_terminal and (last or clock - self.shown > 0.1):
            self.shown = clock
            print("\r" + self._line(now, clock), end="", flush=True)
        elif not self.is_terminal and last and ((now.epoch + 1) % 10 == 0 or now.epoch + 1 == self.epochs):
            print(self._line(now, clock), flush=True)

    def _line(self, now: training.Progress, clock: float) -> str:
        done = now.epoch * self.images + now.seen
        share = done / (self.epochs * self.images)
        rate = done / (clock - self.start)
        left = (self.epochs * self.images - done) / rate
        bar = "█" * int(share * BAR) + "·" * (BAR - int(share * BAR))
        return (f"epoch {now.epoch + 1:>3}/{self.epochs} {bar} loss {now.loss:6.4f}  accuracy {now.accuracy:6.1%}  "
                f"{rate:7,.0f} images/s  {left:3.0f} s left")


def run(options: argparse.Namespace) -> int:
    """Run the demo; 2: the data or device cannot be used, 130: interrupted (and saved)."""
    try:
        data = training.load(options.data)
        device = torch.device(options.device or ("cuda:0" if torch.cuda.is_available() else "cpu"))
        torch.zeros(1, device=device)
    except (AssertionError, OSError, RuntimeError, ValueError) as error:
        print(f"flambeau demo: {error}", file=sys.stderr)
        return 2
    torch.manual_seed(options.seed)
    return _train(options, data, device)


def _train(options: argparse.Namespace, data: tuple[Any, Any, int], device: Any) -> int:
    train, test, size = data
    epochs = options.epochs or (60 if options.data is None else 3)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    model = training.DigitsNet(size).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    print(f"{len(train):,} training and {len(test):,} test images of {size} x {size}, on {device}")
    screen, curves, epoch = Screen(epochs, len(train)), Curves(), 0
    try:
        for now in training.train(model, optimizer, scheduler, train, epochs, device):
            last = now.seen == len(train)
            screen.show(now, last)
            if last:
                epoch = now.epoch + 1
                curves.add(now, *training.predict(model, test, device))
    except KeyboardInterrupt:
        save(out / "checkpoint.pt", model, optimizer, epoch)
        print(f"\ninterrupted after {epoch} of {epochs} epochs; saved {out / 'checkpoint.pt'}")
        return 130
    print()
    return _finish(out, model, optimizer, epoch, curves, test, device)


class Curves:
    """Loss and accuracies, epoch by epoch."""

    def __init__(self) -> None:
        self.losses: list[float] = []
        self.train: list[float] = []
        self.test: list[float] = []

    def add(self, now: training.Progress, read: Any, true: Any) -> None:
        self.losses.append(now.loss)
        self.train.append(now.accuracy)
        self.test.append((read == true).float().mean().item())


def save(path: Path, model: Any, optimizer: Any, epoch: int) -> None:
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}, path)


def _finish(out: Path, model: Any, optimizer: Any, epoch: int, curves: Curves, test: Any, device: Any) -> int:
    read, true = training.predict(model, test, device)
    print(f"test accuracy {(read == true).float().mean().item():.2%}")
    path = out / "checkpoint.pt"
    save(path, model, optimizer, epoch)
    again = training.DigitsNet(8 if model.fc1.in_features == 128 else 28).to(device)
    again.load_state_dict(torch.load(path, map_location=device)["model"])
    same = bool((training.predict(again, test, device)[0] == read).all())
    print(f"checkpoint {path}: " + ("reloaded, and it reads every image the same" if same else "reads differently!"))
    if not pictures.available():
        print("no pictures: matplotlib is missing; install it with: pip install 'flambeau[viz]'")
        return 0 if same else 1
    images = torch.stack([image for image, _ in test])[:, 0].numpy()
    pictures.curves(out / "curves.png", curves.losses, curves.train, curves.test)
    pictures.confusion(out / "confusion.png", read.numpy(), true.numpy(), images)
    print(f"pictures {out / 'curves.png'} and {out / 'confusion.png'}")
    return 0 if same else 1
