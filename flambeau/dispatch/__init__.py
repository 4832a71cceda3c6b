"""The road every op takes: declaration, promotion, kernel or body, record."""
