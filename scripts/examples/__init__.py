"""The example workbooks in docs/examples, made by ``python scripts/make_examples.py``."""
