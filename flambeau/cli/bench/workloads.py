"""What is timed: a workload makes network and data from a seed and returns a step; what that returns is compared."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flambeau.cli.bench import networks

Step = Callable[[], Any]  # returns a number, a tensor, or several


class Workload(NamedTuple):
    make: Callable[[Any, dict[str, Any]], Step]  # from the library, and options for its optimizer
    least: float  # PyTorch's time over flambeau's that is to be reached
    repeats: int = 1  # steps that are timed as one, for those of microseconds


def trained(torch: Any, model: Any, optimizer: Any, loss_of: Callable[[], Any]) -> Step:
    def step() -> float:
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def classifier(network: Callable[..., Any], shape: tuple[int, ...], optimizer: str, **settings: Any) -> Any:
    """Training steps on images of noise, with cross-entropy over ten classes."""
    def make(torch: Any, options: dict[str, Any]) -> Step:
        model = network(torch)
        x, y = torch.randn(*shape), torch.randint(0, 10, shape[:1])
        criterion = torch.nn.CrossEntropyLoss()
        steps = getattr(torch.optim, optimizer)(model.parameters(), **settings, **options)
        return trained(torch, model, steps, lambda: criterion(model(x), y))

    return make


def sketch(torch: Any, options: dict[str, Any]) -> Step:
    model, criterion = networks.sketch_cnn(torch), torch.nn.MSELoss()
    x, y = torch.randn(144, 1, 28, 28), torch.randint(0, 10, (144,))
    aim = torch.nn.functional.one_hot(y, 10).float()
    return trained(torch, model, torch.optim.Adam(model.parameters(), **options), lambda: criterion(model(x), aim))


def text(network: Callable[..., Any], words: int, shape: tuple[int, int], optimizer: str, **settings: Any) -> Any:
    def make(torch: Any, options: dict[str, Any]) -> Step:
        model = network(torch)
        x, y = torch.randint(0, words, shape), torch.randint(0, words, (shape[0] * shape[1],))
        criterion = torch.nn.CrossEntropyLoss()
        steps = getattr(torch.optim, optimizer)(model.parameters(), **settings, **options)
        return trained(torch, model, steps, lambda: criterion(model(x), y))

    return make


def segmentation(torch: Any, options: dict[str, Any]) -> Step:
    model, criterion = networks.unet(torch), torch.nn.CrossEntropyLoss()
    x, y = torch.randn(4, 3, 64, 64), torch.randint(0, 2, (4, 64, 64))
    return trained(torch, model, torch.optim.Adam(model.parameters(), **options), lambda: criterion(model(x), y))


def inference(network: Callable[..., Any], example: Callable[[Any], Any]) -> Any:
    def make(torch: Any, options: dict[str, Any]) -> Step:
        model, x = network(torch).eval(), example(torch)

        def step() -> float:
            with torch.no_grad():
                return model(x).flatten()[0].item()

        return step

    return make


def small_ops(torch: Any, options: dict[str, Any]) -> Step:
    leaf, factor, term = torch.rand(4, 4, requires_grad=True), torch.rand(4, 4), torch.rand(4, 4)

    def step() -> float:
        x = leaf
        for _ in range(100):
            x = x * factor + term
        x.sum().backward()
        leaf.grad = None
        return x[0, 0].item()

    return step


def product(size: int) -> Any:
    def make(torch: Any, options: dict[str, Any]) -> Step:
        one, other = torch.randn(size, size), torch.randn(size, size)
        return lambda: (one @ other)[0, 0].item()

    return make


WORKLOADS = {
    "CNN 28x28, batch 144, Adam, MSE": Workload(sketch, 1.5),
    "MLP 784-512-256-10, batch 128, Adam": Workload(classifier(networks.mlp, (128, 784), "Adam"), 1.4),
    "ResNet-18 32x32, batch 16, SGD momentum": Workload(
        classifier(networks.resnet18, (16, 3, 32, 32), "SGD", lr=0.01, momentum=0.9), 1.5),
    "GPT 6x384, 4x256 characters, AdamW": Workload(text(networks.gpt, 65, (4, 256), "AdamW", lr=3e-4), 1.2),
    "LSTM 2x200, 35x20 words, SGD": Workload(text(networks.lstm_lm, 10000, (35, 20), "SGD", lr=1.0), 1.2),
    "separable net 96x96, batch 16, RMSprop": Workload(
        classifier(networks.separable_net, (16, 3, 96, 96), "RMSprop", lr=1e-3), 1.2),
    "ViT-tiny 32x32, batch 32, AdamW": Workload(classifier(networks.vit_tiny, (32, 3, 32, 32), "AdamW", lr=1e-3), 1.2),
    "U-Net 64x64, batch 4, Adam": Workload(segmentation, 1.4),
    "inference: MLP": Workload(inference(networks.mlp, lambda torch: torch.randn(1, 784)), 1.2, 10),
    "inference: ResNet-18": Workload(inference(networks.resnet18, lambda torch: torch.randn(1, 3, 32, 32)), 1.2),
    "inference: GPT, 64 characters": Workload(inference(networks.gpt, lambda torch: torch.randint(0, 65, (1, 64))), 1.2),
    "100 x (mul, add) of 4x4, with backward": Workload(small_ops, 1.3),
    "matmul 1024": Workload(product(1024), 1.0),
    "matmul 2048": Workload(product(2048), 1.0),
}
