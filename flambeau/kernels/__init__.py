"""Faster ways to compute ops, by device and then file for file as in `ops`. Nothing imports them but dispatch/kernel.py."""
