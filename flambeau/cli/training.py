"""The demo's network, its data and its training, without a word on the screen. `examples/digits.py` is the same on a page."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import flambeau as torch
from flambeau import nn
from flambeau.utils.data import DataLoader, TensorDataset, random_split
from flambeau.vision.datasets import MNIST, Digits


class DigitsNet(nn.Module):
    """Two convolutions with pooling, then two linear layers, for square images of one channel."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 5, padding=2)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.drop = nn.Dropout(0.5)
        self.fc1 = nn.Linear(32 * (size // 4) ** 2, 256)
        self.fc2 = nn.Linear(256, 10)

    def forward(self, x: Any) -> Any:
        x = self.pool(torch.relu(self.conv1(x)))
        x = self.pool(torch.relu(self.conv2(x)))
        x = torch.relu(self.fc1(self.drop(x.flatten(1))))
        return self.fc2(self.drop(x))


class Progress(NamedTuple):
    """Where the training is after one batch."""

    epoch: int
    seen: int
    loss: float
    accuracy: float


def load(folder: str | None) -> tuple[Any, Any, int]:
    """Return training set, test set and image size: MNIST from a folder, or the packaged digits, split 80 to 20."""
    if folder is not None:
        train, test = (_as_set(MNIST(folder, train=part), 255) for part in (True, False))
        return train, test, 28
    everything = _as_set(Digits(), 16)
    train, test = random_split(everything, [1437, 360], generator=torch.Generator().manual_seed(0))
    return train, test, 8


def _as_set(images: Any, brightest: int) -> Any:
    return TensorDataset(images.data.float().unsqueeze(1) / brightest, images.targets)


def train(model: Any, optimizer: Any, scheduler: Any, data: Any, epochs: int, device: Any) -> Iterator[Progress]:
    """Train, yielding after each batch."""
    criterion = nn.CrossEntropyLoss()
    loader = DataLoader(data, batch_size=64, shuffle=True)
    for epoch in range(epochs):
        model.train()
        seen = right = 0
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            optimizer.zero_grad()
            scores = model(x)
            loss = criterion(scores, y)
            loss.backward()
            optimizer.step()
            seen += len(y)
            right += int((scores.argmax(1) == y).sum())
            yield Progress(epoch, seen, loss.item(), right / seen)
        scheduler.step()


def predict(model: Any, data: Any, device: Any) -> tuple[Any, Any]:
    """Return the digits read and the true ones, on the CPU."""
    model.eval()
    read, true = [], []
    with torch.no_grad():
        for x, y in DataLoader(data, batch_size=512):
            read.append(model(x.to(device)).argmax(1).cpu())
            true.append(y)
    return torch.cat(read), torch.cat(true)
