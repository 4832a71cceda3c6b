"""`torch.accelerator.Graph`: a CUDA graph that captures what is done within a `with` block, on the current stream."""
from __future__ import annotations

from typing import Any

from flambeau.accelerator.devices import needed, synchronize
from flambeau.accelerator.memory import empty_cache
from flambeau.cuda.graphs.capture import CUDAGraph
from flambeau.cuda.memory.pools import PoolId


class Graph:
    """Work that is captured and done again, see `torch.cuda.CUDAGraph`: `with torch.Stream(), graph: ...; graph.replay()`."""

    def __init__(self, keep_graph: bool = False, *, pool: PoolId | None = None, capture_error_mode: str = "default") -> None:
        """Raises RuntimeError without a GPU."""
        needed()
        self.graph_pool, self.capture_error_mode = pool, capture_error_mode
        self._graph = CUDAGraph(keep_graph)

    def capture_begin(self) -> None:
        """Write down what the current stream is given from now on, and do not do it."""
        mode = "global" if self.capture_error_mode == "default" else self.capture_error_mode
        self._graph.capture_begin(self.graph_pool, mode)

    def capture_end(self) -> None:
        """Stop writing down."""
        self._graph.capture_end()

    def instantiate(self) -> None:
        """Make ready for replays: done by the end of the capture already."""
        self._graph.instantiate()

    def replay(self) -> None:
        """Do the work again, in the current stream."""
        self._graph.replay()

    def reset(self) -> None:
        """Forget what was captured, and let go of its memory."""
        self._graph.reset()

    def pool(self) -> PoolId:
        """Return the id of the pool, to be shared with other graphs."""
        return self._graph.pool()

    def enable_debug_mode(self) -> None:
        """Allow `debug_dump`."""
        self._graph.enable_debug_mode()

    def debug_dump(self, path: str) -> None:
        """Write a picture of the graph, in Graphviz's language, to a file, if `enable_debug_mode` was called."""
        self._graph.debug_dump(path)

    def __enter__(self) -> None:
        synchronize()
        empty_cache()
        self.capture_begin()

    def __exit__(self, *exc_info: Any) -> None:
        self.capture_end()
