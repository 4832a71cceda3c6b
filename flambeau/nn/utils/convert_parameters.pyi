# From the page's table, by tools/make_stubs.py.
from flambeau.nn.utils.vector import parameters_to_vector as parameters_to_vector
from flambeau.nn.utils.vector import vector_to_parameters as vector_to_parameters
