"""`SummaryWriter`: what a training run logs."""
from __future__ import annotations

import os
import time
from typing import Any

import numpy

from flambeau.core.tensor import TensorBase
from flambeau.utils.tensorboard import summaries
from flambeau.utils.tensorboard.records import FileWriter, event


def _array(value: Any) -> Any:
    """What users log, as an array on the host."""
    if isinstance(value, TensorBase):
        value = value.detach().cpu()
        return value.float().numpy() if value.dtype.itemsize < 4 and value.is_floating_point() else value.numpy()
    return numpy.asarray(value)


def _number(value: Any) -> float:
    array = _array(value)
    if array.size != 1:
        raise AssertionError(f"scalar should be 0D, but it has the shape {list(array.shape)}")
    return float(array.reshape(()))


class SummaryWriter:
    """Writes scalars, histograms, images, text and hyperparameters to event files in `log_dir`, for TensorBoard.

    Without `log_dir` that is `runs/DATE_TIME_HOST` and `comment`. Use it in a `with` block, or call `close`.
    """

    def __init__(self, log_dir: str | os.PathLike[str] | None = None, comment: str = "", purge_step: int | None = None,
                 max_queue: int = 10, flush_secs: float = 120, filename_suffix: str = "") -> None:
        if log_dir is None:
            import socket

            log_dir = os.path.join("runs", time.strftime("%b%d_%H-%M-%S") + f"_{socket.gethostname()}{comment}")
        self.log_dir = os.fspath(log_dir)
        self.purge_step, self.filename_suffix = purge_step, filename_suffix
        self.max_queue, self.flush_secs = max_queue, flush_secs
        self.file_writer = self._open(self.log_dir)
        self.all_writers = {self.log_dir: self.file_writer}

    def _open(self, folder: str) -> FileWriter:
        return FileWriter(folder, self.max_queue, self.flush_secs, self.filename_suffix)

    def _add(self, *values: bytes, step: int | None, walltime: float | None, writer: FileWriter | None = None) -> None:
        (writer or self.file_writer).add(event(summaries.summary(*values), step=step, walltime=walltime))

    def get_logdir(self) -> str:
        return self.log_dir

    # ---------------------------------------------------------------------------------- what is logged

    def add_scalar(self, tag: str, scalar_value: Any, global_step: int | None = None, walltime: float | None = None,
                   new_style: bool = False, double_precision: bool = False) -> None:
        """Log a number. `new_style` and `double_precision` are accepted."""
        self._add(summaries.scalar(tag, _number(scalar_value)), step=global_step, walltime=walltime)

    def add_scalars(self, main_tag: str, tag_scalar_dict: dict[str, Any], global_step: int | None = None,
                    walltime: float | None = None) -> None:
        """Log several numbers that are drawn together, each to a run of its own."""
        for tag, value in tag_scalar_dict.items():
            folder = f"{self.log_dir}/{main_tag.replace('/', '_')}_{tag}"
            writer = self.all_writers.get(folder)
            if writer is None:
                writer = self.all_writers[folder] = self._open(folder)
            self._add(summaries.scalar(main_tag, _number(value)), step=global_step, walltime=walltime, writer=writer)

    def add_histogram(self, tag: str, values: Any, global_step: int | None = None, bins: Any = "tensorflow",
                      walltime: float | None = None, max_bins: int | None = None) -> None:
        """Log how values are distributed. `bins`: borders, or what `numpy.histogram` takes."""
        self._add(summaries.histogram(tag, _array(values), bins, max_bins), step=global_step, walltime=walltime)

    def add_image(self, tag: str, img_tensor: Any, global_step: int | None = None, walltime: float | None = None,
                  dataformats: str = "CHW") -> None:
        """Log an image: bytes, or floats from 0 to 1, its dims in the order of `dataformats`."""
        rows = summaries.as_rows(_array(img_tensor), dataformats.upper())
        self._add(summaries.image(tag, rows), step=global_step, walltime=walltime)

    def add_images(self, tag: str, img_tensor: Any, global_step: int | None = None, walltime: float | None = None,
                   dataformats: str = "NCHW") -> None:
        """Log a batch of images as one, in rows of eight."""
        self.add_image(tag, img_tensor, global_step, walltime, dataformats)

    def add_figure(self, tag: str, figure: Any, global_step: int | None = None, close: bool = True,
                   walltime: float | None = None) -> None:
        """Log a Matplotlib figure, or a list of them, and close them."""
        from matplotlib import pyplot
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        drawn = []
        for one in figure if isinstance(figure, list) else [figure]:
            canvas = FigureCanvasAgg(one)
            canvas.draw()
            drawn.append(numpy.asarray(canvas.buffer_rgba())[..., :3])
            if close:
                pyplot.close(one)
        self.add_image(tag, numpy.stack(drawn), global_step, walltime, "NHWC")

    def add_text(self, tag: str, text_string: str, global_step: int | None = None, walltime: float | None = None) -> None:
        """Log text, which is shown as Markdown."""
        self._add(summaries.written(tag, text_string), step=global_step, walltime=walltime)

    def add_hparams(self, hparam_dict: dict[str, Any], metric_dict: dict[str, Any], hparam_domain_discrete: Any = None,
                    run_name: str | None = None, global_step: int | None = None) -> None:
        """Log hyperparameters and what came of them, in a run of its own below `log_dir`."""
        if not isinstance(hparam_dict, dict) or not isinstance(metric_dict, dict):
            raise TypeError("hparam_dict and metric_dict should be dictionary.")
        values = {name: value.item() if isinstance(value, TensorBase) else value for name, value in hparam_dict.items()}
        metrics = {name: _number(value) for name, value in metric_dict.items()}
        parts = summaries.hyperparameters(values, metrics)
        writer = self._open(os.path.join(self.log_dir, run_name or str(time.time())))
        for part in parts:
            self._add(part, step=None, walltime=None, writer=writer)
        for name, value in metrics.items():
            self._add(summaries.scalar(name, value), step=global_step, walltime=None, writer=writer)
        writer.close()

    # ---------------------------------------------------------------------------------- the files

    def flush(self) -> None:
        """Have all that was logged in the files."""
        for writer in self.all_writers.values():
            writer.flush()

    def close(self) -> None:
        for writer in self.all_writers.values():
            writer.close()

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
