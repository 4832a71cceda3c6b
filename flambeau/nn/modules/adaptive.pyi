# From the page's table, by tools/make_stubs.py.
from flambeau.nn.adaptive import AdaptiveLogSoftmaxWithLoss as AdaptiveLogSoftmaxWithLoss
from flambeau.nn.adaptive import _ASMoutput as _ASMoutput
