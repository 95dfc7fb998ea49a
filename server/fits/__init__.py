"""Laws, processes and copulas fitted to data, and laws from what an expert says."""
