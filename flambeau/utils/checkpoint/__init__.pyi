# From the page's table, by tools/make_stubs.py.
from flambeau.utils.checkpoint.calling import checkpoint as checkpoint
from flambeau.utils.checkpoint.calling import checkpoint_sequential as checkpoint_sequential
from flambeau.utils.checkpoint.calling import noop_context_fn as noop_context_fn
from flambeau.utils.checkpoint.device_states import DefaultDeviceType as DefaultDeviceType
from flambeau.utils.checkpoint.device_states import get_device_states as get_device_states
from flambeau.utils.checkpoint.device_states import set_device_states as set_device_states
from flambeau.utils.checkpoint.recomputation import CheckpointError as CheckpointError
from flambeau.utils.checkpoint.recomputation import GraphExecGroup as GraphExecGroup
from flambeau.utils.checkpoint.reentrant import CheckpointFunction as CheckpointFunction
from flambeau.utils.checkpoint.reentrant import check_backward_validity as check_backward_validity
from flambeau.utils.checkpoint.reentrant import detach_variable as detach_variable
from flambeau.utils.checkpoint.selective import CheckpointPolicy as CheckpointPolicy
from flambeau.utils.checkpoint.selective import SAC_IGNORED_OPS as SAC_IGNORED_OPS
from flambeau.utils.checkpoint.selective import SelectiveCheckpointContext as SelectiveCheckpointContext
from flambeau.utils.checkpoint.selective import create_selective_checkpoint_contexts as create_selective_checkpoint_contexts
from flambeau.utils.checkpoint.settings import set_checkpoint_debug_enabled as set_checkpoint_debug_enabled
from flambeau.utils.checkpoint.settings import set_checkpoint_early_stop as set_checkpoint_early_stop
