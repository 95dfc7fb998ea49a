"""The manifests by which Excel knows the add-in: one source, two formats, one file of each for an environment."""
