"""What runs a program: one contract, one shared test suite."""
