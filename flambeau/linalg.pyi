# From the page's table, by tools/make_stubs.py.
from flambeau.core.errors import LinAlgError as LinAlgError
from flambeau.ops.cholesky import cholesky as cholesky
from flambeau.ops.cholesky import cholesky_ex as cholesky_ex
from flambeau.ops.linalg import matmul as matmul
from flambeau.ops.matrix_exponential import matrix_exp as matrix_exp
from flambeau.ops.reflections import householder_product as householder_product
from flambeau.ops.solving import solve as solve
from flambeau.ops.triangular import solve_triangular as solve_triangular
