"""Learning rate schedules, under PyTorch's names."""
from __future__ import annotations

from flambeau.optim.lr_scheduler.base import LRScheduler as LRScheduler
from flambeau.optim.lr_scheduler.combined import ChainedScheduler as ChainedScheduler
from flambeau.optim.lr_scheduler.combined import SequentialLR as SequentialLR
from flambeau.optim.lr_scheduler.cycles import CyclicLR as CyclicLR
from flambeau.optim.lr_scheduler.cycles import OneCycleLR as OneCycleLR
from flambeau.optim.lr_scheduler.decay import ConstantLR as ConstantLR
from flambeau.optim.lr_scheduler.decay import CosineAnnealingLR as CosineAnnealingLR
from flambeau.optim.lr_scheduler.decay import ExponentialLR as ExponentialLR
from flambeau.optim.lr_scheduler.decay import LinearLR as LinearLR
from flambeau.optim.lr_scheduler.decay import MultiStepLR as MultiStepLR
from flambeau.optim.lr_scheduler.decay import PolynomialLR as PolynomialLR
from flambeau.optim.lr_scheduler.decay import StepLR as StepLR
from flambeau.optim.lr_scheduler.functions import LambdaLR as LambdaLR
from flambeau.optim.lr_scheduler.functions import MultiplicativeLR as MultiplicativeLR
from flambeau.optim.lr_scheduler.plateau import ReduceLROnPlateau as ReduceLROnPlateau
from flambeau.optim.lr_scheduler.restarts import CosineAnnealingWarmRestarts as CosineAnnealingWarmRestarts

_LRScheduler = LRScheduler  # the name it had before PyTorch 2.0; programs still subclass it
