"""Pictures of what happened: the tape of a tensor, the curves of a training run. Drawn as SVG, without any library."""
