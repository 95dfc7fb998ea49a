"""Generated tables of coefficients: see ``scripts/derive_coefficients.py``."""
