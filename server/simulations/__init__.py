"""Simulations: queued, run by a worker, followed, cancelled, their results."""
