"""Train a small convolutional network on handwritten digits: ordinary PyTorch code, on flambeau.

    python examples/digits.py
"""
import flambeau as torch
from flambeau import nn
from flambeau.utils.data import DataLoader, TensorDataset, random_split
from flambeau.vision.datasets import Digits


class Net(nn.Module):
    """Two convolutions with pooling, then two linear layers."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 5, padding=2)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.drop = nn.Dropout(0.5)
        self.fc1 = nn.Linear(32 * 2 * 2, 256)
        self.fc2 = nn.Linear(256, 10)

    def forward(self, x):
        x = self.pool(torch.relu(self.conv1(x)))
        x = self.pool(torch.relu(self.conv2(x)))
        x = torch.relu(self.fc1(self.drop(x.flatten(1))))
        return self.fc2(self.drop(x))


torch.manual_seed(0)
device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")

digits = Digits()
images = digits.data.float().unsqueeze(1) / 16
train, test = random_split(TensorDataset(images, digits.targets), [1437, 360])
loader = DataLoader(train, batch_size=64, shuffle=True)

model = Net().to(device)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=60)

for epoch in range(60):
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x.to(device)), y.to(device))
        loss.backward()
        optimizer.step()
    scheduler.step()
    print(f"epoch {epoch + 1:2}  loss {loss.item():.4f}")

model.eval()
with torch.no_grad():
    x, y = next(iter(DataLoader(test, batch_size=len(test))))
    right = (model(x.to(device)).argmax(1).cpu() == y).float().mean()
print(f"{right.item():.1%} of {len(test)} test images are read right")

torch.save(model.state_dict(), "digits.pt")
model.load_state_dict(torch.load("digits.pt"))
