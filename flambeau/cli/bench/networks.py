"""The networks that are timed, as one writes them with PyTorch. `torch` is flambeau or PyTorch."""
from __future__ import annotations

from typing import Any


def sketch_cnn(torch: Any) -> Any:
    nn = torch.nn
    return nn.Sequential(nn.Conv2d(1, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Flatten(), nn.Linear(800, 256), nn.ReLU(), nn.Linear(256, 10))


def mlp(torch: Any) -> Any:
    nn = torch.nn
    return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))


def resnet18(torch: Any) -> Any:
    """ResNet-18 in the form for images of 32 x 32 (He et al., "Deep Residual Learning", 2015)."""
    nn, relu = torch.nn, torch.nn.functional.relu

    class Block(nn.Module):  # type: ignore[name-defined]
        def __init__(self, inputs: int, outputs: int, stride: int) -> None:
            super().__init__()
            self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(outputs)
            self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(outputs)
            self.shortcut = nn.Sequential() if stride == 1 and inputs == outputs else nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

        def forward(self, x: Any) -> Any:
            return relu(self.bn2(self.conv2(relu(self.bn1(self.conv1(x))))) + self.shortcut(x))

    layers = [nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU()]
    inputs = 64
    for outputs, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        layers += [Block(inputs, outputs, stride), Block(outputs, outputs, 1)]
        inputs = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


def gpt(torch: Any, layers: int = 6, size: int = 384, heads: int = 6, words: int = 65, length: int = 256) -> Any:
    """A decoder of characters in the form of GPT-2 (Radford et al., 2019)."""
    nn, functional = torch.nn, torch.nn.functional

    class Block(nn.Module):  # type: ignore[name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.ln1, self.ln2 = nn.LayerNorm(size), nn.LayerNorm(size)
            self.qkv, self.proj = nn.Linear(size, 3 * size), nn.Linear(size, size)
            self.mlp = nn.Sequential(nn.Linear(size, 4 * size), nn.GELU(), nn.Linear(4 * size, size))

        def forward(self, x: Any) -> Any:
            batch, steps, _ = x.shape
            q, k, v = (part.view(batch, steps, heads, size // heads).transpose(1, 2)
                       for part in self.qkv(self.ln1(x)).split(size, dim=2))
            y = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.proj(y.transpose(1, 2).contiguous().view(batch, steps, size))
            return x + self.mlp(self.ln2(x))

    class GPT(nn.Module):  # type: ignore[name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.words, self.places = nn.Embedding(words, size), nn.Embedding(length, size)
            self.blocks = nn.Sequential(*[Block() for _ in range(layers)])
            self.ln, self.head = nn.LayerNorm(size), nn.Linear(size, words, bias=False)

        def forward(self, text: Any) -> Any:
            x = self.words(text) + self.places(torch.arange(text.shape[1]))
            return self.head(self.ln(self.blocks(x))).flatten(0, 1)

    return GPT()


def lstm_lm(torch: Any, words: int = 10000, size: int = 200) -> Any:
    """A language model of words: two layers of LSTM (the small one of Zaremba et al., 2014)."""
    nn = torch.nn

    class Model(nn.Module):  # type: ignore[name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.words, self.lstm, self.head = nn.Embedding(words, size), nn.LSTM(size, size, 2), nn.Linear(size, words)

        def forward(self, text: Any) -> Any:
            return self.head(self.lstm(self.words(text))[0]).flatten(0, 1)

    return Model()


def separable_net(torch: Any) -> Any:
    """Depthwise-separable convolutions (Howard et al., "MobileNets", 2017), in a small form."""
    nn = torch.nn
    layers = [nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU()]
    inputs = 32
    for outputs, stride in ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1)):
        layers += [nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False), nn.BatchNorm2d(inputs), nn.ReLU(),
                   nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
        inputs = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(256, 10))


def vit_tiny(torch: Any, size: int = 192, heads: int = 3, layers: int = 12) -> Any:
    """ViT-Ti (Touvron et al., "DeiT", 2020) on images of 32 x 32 cut into patches of 4 x 4."""
    nn, functional = torch.nn, torch.nn.functional

    class Block(nn.Module):  # type: ignore[name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.ln1, self.ln2 = nn.LayerNorm(size), nn.LayerNorm(size)
            self.qkv, self.proj = nn.Linear(size, 3 * size), nn.Linear(size, size)
            self.mlp = nn.Sequential(nn.Linear(size, 4 * size), nn.GELU(), nn.Linear(4 * size, size))

        def forward(self, x: Any) -> Any:
            batch, steps, _ = x.shape
            q, k, v = self.qkv(self.ln1(x)).view(batch, steps, 3, heads, size // heads).permute(2, 0, 3, 1, 4).unbind(0)
            y = functional.scaled_dot_product_attention(q, k, v)
            x = x + self.proj(y.transpose(1, 2).reshape(batch, steps, size))
            return x + self.mlp(self.ln2(x))

    class ViT(nn.Module):  # type: ignore[name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.patches = nn.Conv2d(3, size, 4, 4)
            self.token = nn.Parameter(torch.zeros(1, 1, size))
            self.places = nn.Parameter(torch.randn(1, 65, size) * 0.02)
            self.blocks = nn.Sequential(*[Block() for _ in range(layers)])
            self.ln, self.head = nn.LayerNorm(size), nn.Linear(size, 10)

        def forward(self, images: Any) -> Any:
            x = self.patches(images).flatten(2).transpose(1, 2)
            x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], dim=1) + self.places
            return self.head(self.ln(self.blocks(x))[:, 0])

    return ViT()


def unet(torch: Any, base: int = 32) -> Any:
    """U-Net (Ronneberger et al., 2015) of three levels, with batch norm and a skip at each."""
    nn = torch.nn

    def double(inputs: int, outputs: int) -> Any:
        return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(),
                             nn.Conv2d(outputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU())

    class UNet(nn.Module):  # type: ignore[name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.down1, self.down2, self.down3 = double(3, base), double(base, 2 * base), double(2 * base, 4 * base)
            self.bottom, self.pool = double(4 * base, 8 * base), nn.MaxPool2d(2)
            self.up3, self.join3 = nn.ConvTranspose2d(8 * base, 4 * base, 2, 2), double(8 * base, 4 * base)
            self.up2, self.join2 = nn.ConvTranspose2d(4 * base, 2 * base, 2, 2), double(4 * base, 2 * base)
            self.up1, self.join1 = nn.ConvTranspose2d(2 * base, base, 2, 2), double(2 * base, base)
            self.head = nn.Conv2d(base, 2, 1)

        def forward(self, x: Any) -> Any:
            one = self.down1(x)
            two = self.down2(self.pool(one))
            three = self.down3(self.pool(two))
            x = self.bottom(self.pool(three))
            x = self.join3(torch.cat([self.up3(x), three], dim=1))
            x = self.join2(torch.cat([self.up2(x), two], dim=1))
            return self.head(self.join1(torch.cat([self.up1(x), one], dim=1)))

    return UNet()
