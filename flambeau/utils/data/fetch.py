"""From what a sampler yields to a batch."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flambeau.utils.data.collate import default_collate
from flambeau.utils.data.dataset import IterableDataset, rows_of, samples_of


class Recipe(NamedTuple):
    """How a loader makes batches; `batched` says whether the sampler yields lists of numbers."""

    dataset: Any
    batched: bool
    collate_fn: Callable[[Any], Any]
    drop_last: bool
    transform: Callable[[Any], Any] | None

    def fetcher(self) -> Callable[[Any], Any]:
        """Return the function from an index, or a list of them, to a batch, for one pass over the dataset."""
        return FromIterable(self) if isinstance(self.dataset, IterableDataset) else FromMap(self)

    def batch(self, samples: Any) -> Any:
        if self.transform is not None:
            samples = [self.transform(sample) for sample in samples] if self.batched else self.transform(samples)
        return self.collate_fn(samples)


class FromMap:
    """Takes samples by number."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.may_take_rows = recipe.batched and recipe.transform is None and recipe.collate_fn is default_collate

    def __call__(self, index: Any) -> Any:
        recipe = self.recipe
        if self.may_take_rows and (rows := rows_of(recipe.dataset, index)) is not None:
            return rows
        return recipe.batch(samples_of(recipe.dataset, index) if recipe.batched else recipe.dataset[index])


class FromIterable:
    """Takes the samples that come next; raises StopIteration when there are none."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.samples = iter(recipe.dataset)
        self.ended = False

    def __call__(self, index: Any) -> Any:
        if self.ended:
            raise StopIteration
        return self.recipe.batch(self._next_batch(len(index)) if self.recipe.batched else next(self.samples))

    def _next_batch(self, size: int) -> list[Any]:
        import itertools

        samples = list(itertools.islice(self.samples, size))
        self.ended = len(samples) < size
        if not samples or (self.ended and self.recipe.drop_last):
            raise StopIteration
        return samples
