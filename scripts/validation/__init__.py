"""Analytic cases run through the product, and the statistical acceptance of its sampling."""
