# From the page's table, by tools/make_stubs.py.
from flambeau.nn.utils.stateless import call_with as functional_call
from flambeau.nn.utils.stateless import stack_module_state as stack_module_state
