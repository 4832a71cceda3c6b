# From the page's table, by tools/make_stubs.py.
from flambeau.nn.containers import Container as Container
from flambeau.nn.containers import ModuleDict as ModuleDict
from flambeau.nn.containers import ModuleList as ModuleList
from flambeau.nn.containers import Sequential as Sequential
from flambeau.nn.parameter_containers import ParameterDict as ParameterDict
from flambeau.nn.parameter_containers import ParameterList as ParameterList
