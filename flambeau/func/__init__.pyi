# From the page's table, by tools/make_stubs.py.
from flambeau.func.gradients import grad as grad
from flambeau.func.gradients import grad_and_value as grad_and_value
from flambeau.func.gradients import vjp as vjp
from flambeau.func.modules import debug_unwrap as debug_unwrap
from flambeau.func.modules import functionalize as functionalize
from flambeau.func.modules import replace_all_batch_norm_modules_ as replace_all_batch_norm_modules_
from flambeau.func.jacobians import hessian as hessian
from flambeau.func.jacobians import jacfwd as jacfwd
from flambeau.func.jacobians import jacrev as jacrev
from flambeau.func.pushforward import jvp as jvp
from flambeau.func.pushforward import linearize as linearize
from flambeau.func.mapping import vmap as vmap
from flambeau.func.rearranging import rearrange as rearrange
from flambeau.nn.utils.stateless import call_with as functional_call
from flambeau.nn.utils.stateless import stack_module_state as stack_module_state

__all__ = ['debug_unwrap', 'functional_call', 'functionalize', 'grad', 'grad_and_value', 'hessian', 'jacfwd', 'jacrev', 'jvp', 'linearize', 'rearrange', 'replace_all_batch_norm_modules_', 'stack_module_state', 'vjp', 'vmap']
