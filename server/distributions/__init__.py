"""The catalogue of probability laws and their previews."""
