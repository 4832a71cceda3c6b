"""Functions that know their inverse and how they stretch space."""
from __future__ import annotations

from flambeau.distributions.transforms.composed import ComposeTransform as ComposeTransform
from flambeau.distributions.transforms.composed import identity_transform as identity_transform
from flambeau.distributions.transforms.elementwise import AbsTransform as AbsTransform
from flambeau.distributions.transforms.elementwise import AffineTransform as AffineTransform
from flambeau.distributions.transforms.elementwise import CumulativeDistributionTransform as CumulativeDistributionTransform
from flambeau.distributions.transforms.elementwise import ExpTransform as ExpTransform
from flambeau.distributions.transforms.elementwise import PowerTransform as PowerTransform
from flambeau.distributions.transforms.elementwise import SigmoidTransform as SigmoidTransform
from flambeau.distributions.transforms.elementwise import SoftplusTransform as SoftplusTransform
from flambeau.distributions.transforms.elementwise import TanhTransform as TanhTransform
from flambeau.distributions.transforms.events import IndependentTransform as IndependentTransform
from flambeau.distributions.transforms.events import ReshapeTransform as ReshapeTransform
from flambeau.distributions.transforms.matrices import CorrCholeskyTransform as CorrCholeskyTransform
from flambeau.distributions.transforms.matrices import LowerCholeskyTransform as LowerCholeskyTransform
from flambeau.distributions.transforms.matrices import PositiveDefiniteTransform as PositiveDefiniteTransform
from flambeau.distributions.transforms.parts import CatTransform as CatTransform
from flambeau.distributions.transforms.parts import StackTransform as StackTransform
from flambeau.distributions.transforms.transform import Transform as Transform
from flambeau.distributions.transforms.transform import _InverseTransform as _InverseTransform
from flambeau.distributions.transforms.vectors import SoftmaxTransform as SoftmaxTransform
from flambeau.distributions.transforms.vectors import StickBreakingTransform as StickBreakingTransform

__all__ = ["AbsTransform", "AffineTransform", "CatTransform", "ComposeTransform", "CorrCholeskyTransform",
           "CumulativeDistributionTransform", "ExpTransform", "IndependentTransform", "LowerCholeskyTransform",
           "PositiveDefiniteTransform", "PowerTransform", "ReshapeTransform", "SigmoidTransform", "SoftmaxTransform",
           "SoftplusTransform", "StackTransform", "StickBreakingTransform", "TanhTransform", "Transform",
           "identity_transform"]
