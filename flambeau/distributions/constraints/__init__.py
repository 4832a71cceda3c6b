"""What parameters must keep to, and where values lie."""
from __future__ import annotations

from flambeau.distributions.constraints.bounds import _Boolean as _Boolean
from flambeau.distributions.constraints.bounds import _GreaterThan as _GreaterThan
from flambeau.distributions.constraints.bounds import _GreaterThanEq as _GreaterThanEq
from flambeau.distributions.constraints.bounds import _HalfOpenInterval as _HalfOpenInterval
from flambeau.distributions.constraints.bounds import _IntegerGreaterThan as _IntegerGreaterThan
from flambeau.distributions.constraints.bounds import _IntegerInterval as _IntegerInterval
from flambeau.distributions.constraints.bounds import _IntegerLessThan as _IntegerLessThan
from flambeau.distributions.constraints.bounds import _Interval as _Interval
from flambeau.distributions.constraints.bounds import _LessThan as _LessThan
from flambeau.distributions.constraints.bounds import _Real as _Real
from flambeau.distributions.constraints.combined import MixtureSameFamilyConstraint as MixtureSameFamilyConstraint
from flambeau.distributions.constraints.combined import _Cat as _Cat
from flambeau.distributions.constraints.combined import _IndependentConstraint as _IndependentConstraint
from flambeau.distributions.constraints.combined import _Stack as _Stack
from flambeau.distributions.constraints.constraint import Constraint as Constraint
from flambeau.distributions.constraints.constraint import _Dependent as _Dependent
from flambeau.distributions.constraints.constraint import _DependentProperty as _DependentProperty
from flambeau.distributions.constraints.constraint import is_dependent as is_dependent
from flambeau.distributions.constraints.matrices import _CorrCholesky as _CorrCholesky
from flambeau.distributions.constraints.matrices import _LowerCholesky as _LowerCholesky
from flambeau.distributions.constraints.matrices import _LowerTriangular as _LowerTriangular
from flambeau.distributions.constraints.matrices import _PositiveDefinite as _PositiveDefinite
from flambeau.distributions.constraints.matrices import _PositiveSemidefinite as _PositiveSemidefinite
from flambeau.distributions.constraints.matrices import _Square as _Square
from flambeau.distributions.constraints.matrices import _Symmetric as _Symmetric
from flambeau.distributions.constraints.vectors import _Multinomial as _Multinomial
from flambeau.distributions.constraints.vectors import _OneHot as _OneHot
from flambeau.distributions.constraints.vectors import _Simplex as _Simplex

__all__ = ["Constraint", "MixtureSameFamilyConstraint", "boolean", "cat", "corr_cholesky", "dependent",
           "dependent_property", "greater_than", "greater_than_eq", "half_open_interval", "independent",
           "integer_interval", "interval", "is_dependent", "less_than", "lower_cholesky", "lower_triangular",
           "multinomial", "nonnegative", "nonnegative_integer", "one_hot", "positive", "positive_definite",
           "positive_integer", "positive_semidefinite", "real", "real_vector", "simplex", "square", "stack",
           "symmetric", "unit_interval"]

# numbers
real, boolean = _Real(), _Boolean()
positive, nonnegative = _GreaterThan(0.0), _GreaterThanEq(0.0)
positive_integer, nonnegative_integer = _IntegerGreaterThan(1), _IntegerGreaterThan(0)
unit_interval = _Interval(0.0, 1.0)
greater_than, greater_than_eq, less_than = _GreaterThan, _GreaterThanEq, _LessThan
interval, half_open_interval, integer_interval = _Interval, _HalfOpenInterval, _IntegerInterval

# vectors
simplex, one_hot, multinomial = _Simplex(), _OneHot(), _Multinomial
real_vector = _IndependentConstraint(real, 1)

# matrices
square, symmetric = _Square(), _Symmetric()
positive_semidefinite, positive_definite = _PositiveSemidefinite(), _PositiveDefinite()
lower_triangular, lower_cholesky, corr_cholesky = _LowerTriangular(), _LowerCholesky(), _CorrCholesky()

# made of others, or of the distribution's parameters
independent, cat, stack = _IndependentConstraint, _Cat, _Stack
dependent, dependent_property = _Dependent(), _DependentProperty
