"""Timings side by side with PyTorch."""
