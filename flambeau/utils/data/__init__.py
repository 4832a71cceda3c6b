"""Datasets, samplers and the loader that makes batches of them, under PyTorch's names."""
from __future__ import annotations

from flambeau.utils.data.collate import default_collate as default_collate
from flambeau.utils.data.collate import default_convert as default_convert
from flambeau.utils.data.datapipes.datapipe import DataChunk as DataChunk
from flambeau.utils.data.datapipes.datapipe import DFIterDataPipe as DFIterDataPipe
from flambeau.utils.data.datapipes.datapipe import IterDataPipe as IterDataPipe
from flambeau.utils.data.datapipes.datapipe import MapDataPipe as MapDataPipe
from flambeau.utils.data.datapipes.decorators import argument_validation as argument_validation
from flambeau.utils.data.datapipes.decorators import functional_datapipe as functional_datapipe
from flambeau.utils.data.datapipes.decorators import guaranteed_datapipes_determinism as guaranteed_datapipes_determinism
from flambeau.utils.data.datapipes.decorators import non_deterministic as non_deterministic
from flambeau.utils.data.datapipes.decorators import runtime_validation as runtime_validation
from flambeau.utils.data.datapipes.decorators import runtime_validation_disabled as runtime_validation_disabled
from flambeau.utils.data.dataset import ChainDataset as ChainDataset
from flambeau.utils.data.dataset import ConcatDataset as ConcatDataset
from flambeau.utils.data.dataset import Dataset as Dataset
from flambeau.utils.data.dataset import IterableDataset as IterableDataset
from flambeau.utils.data.dataset import StackDataset as StackDataset
from flambeau.utils.data.dataset import Subset as Subset
from flambeau.utils.data.dataset import TensorDataset as TensorDataset
from flambeau.utils.data.dataset import random_split as random_split
from flambeau.utils.data.distributed import DistributedSampler as DistributedSampler
from flambeau.utils.data.loader import DataLoader as DataLoader
from flambeau.utils.data.loader import _DatasetKind as _DatasetKind
from flambeau.utils.data.sampler import BatchSampler as BatchSampler
from flambeau.utils.data.sampler import RandomSampler as RandomSampler
from flambeau.utils.data.sampler import Sampler as Sampler
from flambeau.utils.data.sampler import SequentialSampler as SequentialSampler
from flambeau.utils.data.sampler import SubsetRandomSampler as SubsetRandomSampler
from flambeau.utils.data.sampler import WeightedRandomSampler as WeightedRandomSampler
from flambeau.utils.data.worker import get_worker_info as get_worker_info
