# From the page's table, by tools/make_stubs.py.
from flambeau.cpu.capabilities import get_capabilities as get_capabilities
from flambeau.cpu.devices import Event as Event
from flambeau.cpu.devices import Stream as Stream
from flambeau.cpu.devices import StreamContext as StreamContext
from flambeau.cpu.devices import current_device as current_device
from flambeau.cpu.devices import current_stream as current_stream
from flambeau.cpu.devices import device_count as device_count
from flambeau.cpu.devices import is_available as is_available
from flambeau.cpu.devices import is_initialized as is_initialized
from flambeau.cpu.devices import set_device as set_device
from flambeau.cpu.devices import stream as stream
from flambeau.cpu.devices import synchronize as synchronize
from flambeau.cpu import amp as amp
