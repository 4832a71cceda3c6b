"""What a tensor is: memory, dtype, device, promotion, random numbers. Knows no op and no gradient rule."""
