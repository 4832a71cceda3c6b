# From the page's table, by tools/make_stubs.py.
from flambeau.amp.autocast_mode import autocast as autocast
from flambeau.amp.autocast_mode import is_autocast_available as is_autocast_available
from flambeau.amp.custom import custom_bwd as custom_bwd
from flambeau.amp.custom import custom_fwd as custom_fwd
from flambeau.amp.grad_scaler import GradScaler as GradScaler
from flambeau.amp import autocast_mode as autocast_mode
from flambeau.amp import grad_scaler as grad_scaler
