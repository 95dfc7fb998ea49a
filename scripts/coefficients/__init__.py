"""Derivation of the polynomials and rational functions in ``compute.backends.native.mathematics.coefficients``."""
