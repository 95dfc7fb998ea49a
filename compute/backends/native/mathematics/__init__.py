"""Montecell's own mathematical functions, emitted as vector LLVM IR.

```python
mathematics = Mathematics(module, width=4)          # module: llvmlite.ir.Module; width 1, 2, 4 or 8
y = mathematics.exp(builder, x)                     # x, y: values of mathematics.type, <4 x double>
z = mathematics.pow(builder, x, y)
```

Each function is defined once per module and width, as ``mc.exp.v4`` with internal linkage, and may contain branches;
the builder stays in its block. The bits of a result depend on the arguments of its lane alone: not on the width, nor on
the processor (SSE2, AVX2, AVX-512, NEON, PTX), nor on LLVM's optimisations, so long as the module is compiled without
fast-math and without contraction of products and sums (LLVM's default). A processor without fused multiply-add runs
them through the C library's ``fma``: right, and slow; the symbol ``fma`` must then be there at link time.

Results outside a function's domain are nan, poles are ±∞, as IEEE 754 says; a nan's sign and payload mean nothing.
The errors allowed, in ulp, stand in the table of tests/compute/backends/native/mathematics/test_accuracy.py.
"""

from __future__ import annotations

from compute.backends.native.mathematics.library import Mathematics

__all__ = ["Mathematics"]
