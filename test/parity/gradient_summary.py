"""A gradient in three numbers, so that those of many models are small enough to commit."""

import numpy as np


def summarize(gradient):
    """Its norm, and its products with two fixed vectors of numbers in [-1, 1]."""
    values = np.asarray(gradient, np.float64).ravel()
    place = np.arange(values.size, dtype=np.float64)
    return np.array([np.linalg.norm(values), values @ np.sin(1 + 12.9898 * place),
                     values @ np.cos(2 + 78.233 * place)])
