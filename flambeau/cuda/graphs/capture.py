"""CUDA graphs: work that is written down once and then done again at once, over CuPy's capture of a stream."""
from __future__ import annotations

import contextlib
import warnings
from typing import Any

from flambeau.core import device as devices
from flambeau.core.random import generator_of
from flambeau.cuda.current import StreamContext, current_stream
from flambeau.cuda.devices import needed_for, present, synchronize
from flambeau.cuda.memory.amounts import empty_cache
from flambeau.cuda.memory.pools import PoolId, PrivatePool, new_id, pool_with
from flambeau.cuda.streams import Stream

_MODES = ("global", "thread_local", "relaxed")


def graph_pool_handle() -> PoolId:
    """Return an id for a pool that several graphs may share. Raises RuntimeError without a GPU."""
    needed_for("torch.cuda.graph_pool_handle")
    return new_id()


def is_current_stream_capturing() -> bool:
    """Say whether the work of the current stream goes into a graph. Raises RuntimeError without a GPU."""
    needed_for("torch.cuda.is_current_stream_capturing")
    return current_stream().is_capturing()


class CUDAGraph:
    """Work on a GPU that was captured, to be done again with the same memory: new inputs are copied into the old ones.

    What the work takes memory for comes from a pool of the graph's own, so that nothing else writes there between replays.
    Random numbers go on from replay to replay. `keep_graph` is taken for PyTorch's sake: CuPy always keeps both forms.
    """

    def __new__(cls, keep_graph: bool = False) -> Any:
        """Raises RuntimeError without a GPU."""
        needed_for("Tried to instantiate dummy base class CUDAGraph: it")
        made = object.__new__(cls)
        made._inner, made._pool, made._debug = None, None, False
        return made

    _inner: Any  # CuPy's
    _pool: PrivatePool | None
    _debug: bool

    def capture_begin(self, pool: PoolId | None = None, capture_error_mode: str = "global",
                      check_input_liveness: bool = False) -> None:
        """Write down what the current stream is given from now on, and do not do it.

        `pool`: the id of a pool to share. `capture_error_mode` is "relaxed" whatever is asked, because CuPy's pools may take
        memory in between. Raises RuntimeError on the default stream, in a second capture, and for `check_input_liveness`.
        """
        self._check(capture_error_mode, check_input_liveness)
        stream = current_stream()
        if not stream.cuda_stream:
            raise RuntimeError("CUDA graphs must be captured on a non-default stream: do it within torch.cuda.graph(...) or "
                               "torch.cuda.stream(torch.cuda.Stream())")
        self._stream = stream
        self._pool = pool_with(new_id() if pool is None else pool)
        with contextlib.ExitStack() as stack:
            engine = generator_of(stream.device)._engine
            self._random = engine.begin_capture()
            stack.callback(engine.end_capture)
            stack.enter_context(self._pool.in_use())
            stream._inner.begin_capture()
            self._capture = stack.pop_all()

    def _check(self, capture_error_mode: str, check_input_liveness: bool) -> None:
        if self._inner is not None:
            raise RuntimeError("This CUDAGraph instance already owns a captured graph. To capture a new graph, create a new "
                               "instance, or call reset() first.")
        if capture_error_mode not in _MODES:
            raise RuntimeError(f"Unknown capture error mode. Expected `global`, `thread_local`, or `relaxed`, got "
                               f"{capture_error_mode}")
        if check_input_liveness:
            raise RuntimeError("check_input_liveness: it is not known here which tensors a graph reads; keep its inputs alive "
                               "and leave this False")

    def capture_end(self) -> None:
        """Stop writing down. Raises RuntimeError on another stream than it began on."""
        if current_stream() != getattr(self, "_stream", None):
            raise RuntimeError("Capture must end on the same stream it began on.")
        with self._capture:
            self._inner = self._stream._inner.end_capture()

    def instantiate(self) -> None:
        """Make ready for replays: done by the end of the capture already."""
        self._captured()

    def _captured(self) -> Any:
        if self._inner is None:
            raise RuntimeError("Called CUDAGraph::replay without a preceding successful capture.")
        return self._inner

    def replay(self) -> None:
        """Do the work again, in the current stream. Raises RuntimeError before the capture."""
        inner = self._captured()
        with present(self._stream.device):
            self._random.before_replay()
            inner.launch(current_stream()._inner)

    def reset(self) -> None:
        """Forget what was captured, and let go of its memory."""
        self._inner = self._pool = None

    def pool(self) -> PoolId:
        """Return the id of the pool, to be shared with other graphs. Raises RuntimeError before the capture."""
        if self._pool is None:
            raise RuntimeError("Called CUDAGraph::pool() without a preceding successful capture.")
        return self._pool.id

    def register_generator_state(self, generator: Any) -> None:
        """Raises RuntimeError for another generator than the GPU's default one, which needs no registering."""
        if generator is not generator_of(generator.device):
            raise RuntimeError("only the default generator of the GPU draws within graphs; do without `generator=` there")

    def enable_debug_mode(self) -> None:
        """Allow `debug_dump`."""
        self._debug = True

    def debug_dump(self, debug_path: str) -> None:
        """Write a picture of the graph, in Graphviz's language, to a file, if `enable_debug_mode` was called."""
        if not self._debug:
            warnings.warn("CUDA Graphs debug not enabled, set with CUDAGraph.enable_debug_mode()", UserWarning, stacklevel=2)
            return
        with open(debug_path, "w", encoding="utf-8") as file:
            file.write(self._captured().debug_dot_str())

    def raw_cuda_graph(self) -> int:
        """Return the address of CUDA's graph."""
        return int(self._captured().graph)

    def raw_cuda_graph_exec(self) -> int:
        """Return the address of CUDA's graph that is ready to be launched."""
        return int(self._captured().graphExec)

    def get_graph_data(self) -> dict[str, Any]:
        """Raises RuntimeError: CuPy does not tell the nodes of a graph; `debug_dump` draws them."""
        raise RuntimeError("get_graph_data requires the cuda.bindings package, which flambeau does not use: see debug_dump")


class graph:  # noqa: N801  PyTorch's name
    """Capture what is done within the `with` block into a `CUDAGraph`, on a stream of its own unless one is given.

    `enable_annotations` is taken for PyTorch's sake: kernels bear CuPy's names.
    """

    default_capture_stream: Stream | None = None

    def __init__(self, cuda_graph: CUDAGraph, pool: PoolId | None = None, stream: Stream | None = None,
                 capture_error_mode: str = "global", enable_annotations: bool = False,
                 check_input_liveness: bool = False) -> None:
        self.capture_stream = self._usual_stream() if stream is None else stream
        self.stream_ctx = StreamContext(self.capture_stream)
        self.cuda_graph, self.pool = cuda_graph, pool
        self.capture_error_mode, self.check_input_liveness = capture_error_mode, check_input_liveness

    @classmethod
    def _usual_stream(cls) -> Stream:
        """One for all captures, since memory is used again by the same stream only."""
        needed_for("torch.cuda.Stream")
        usual = graph.default_capture_stream
        if usual is None or usual.device != devices.resolve("cuda"):
            usual = graph.default_capture_stream = Stream()
        return usual

    def __enter__(self) -> None:
        synchronize()
        empty_cache()  # what lies unused in the pool cannot serve the graph
        self.stream_ctx.__enter__()
        try:
            self.cuda_graph.capture_begin(self.pool, self.capture_error_mode, self.check_input_liveness)
        except BaseException:
            self.stream_ctx.__exit__(None, None, None)
            raise

    def __exit__(self, *args: object) -> None:
        try:
            self.cuda_graph.capture_end()
        finally:
            self.stream_ctx.__exit__(*args)
