"""Stress tests, goal seeks and shares of variance: jobs in the queue of simulations."""
