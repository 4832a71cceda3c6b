"""Datapipes: datasets as chains of steps, `IterableWrapper(files).map(read).shuffle().batch(32)`.

PyTorch keeps them for old programs; new ones do well with datasets and a loader.
"""
