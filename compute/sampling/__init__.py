"""Uniform numbers for the draws of a simulation, addressed by seed, stream and iteration."""

from __future__ import annotations

from compute.sampling.sampler import MOST_ITERATIONS, Sampler, Sampling, sampler
from compute.sampling.streams import element_stream, stream_key, uniforms

__all__ = ["MOST_ITERATIONS", "Sampler", "Sampling", "element_stream", "sampler", "stream_key", "uniforms"]
