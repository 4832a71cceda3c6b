"""Every op, one file per family, one declaration per op. Bodies take arrays; no device and no array library by name."""
