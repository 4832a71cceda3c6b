# From the page's table, by tools/make_stubs.py.
from flambeau.ops.special import digamma as digamma
from flambeau.ops.special import erf as erf
from flambeau.ops.special import erfc as erfc
from flambeau.ops.special import erfinv as erfinv
from flambeau.ops.special import lgamma as gammaln
from flambeau.ops.special import i0 as i0
from flambeau.ops.special import i1 as i1
from flambeau.ops.special import logit as logit
from flambeau.ops.special import mvlgamma as multigammaln
from flambeau.ops.special import polygamma as polygamma
from flambeau.ops.special import digamma as psi
