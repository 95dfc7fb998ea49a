"""A workbook's formulas with every product's calls replaced by draws and output marks."""

from __future__ import annotations

from collections.abc import Callable

from compute.dialects import atrisk, campagna, crystal_ball, modeler_tools, modelrisk, montecell, plain, psi, xlrisk
from compute.dialects.canonical import Draw, InputMark
from compute.dialects.crystal_ball_stored import stored_model
from compute.dialects.tree import named, nodes, numbered, rebuild
from compute.formulas.ast import Call, Node
from compute.workbook.model import Workbook

Reader = Callable[[Call], Node | None]


class Canonicaliser:
    """Rewrites trees for one workbook; each distinct tree is rewritten once. ``products`` collects whose calls were
    met.
    """

    def __init__(self, workbook: Workbook) -> None:
        # Both products call their functions Risk…, and mean different laws: only one of them may read a workbook.
        risk: tuple[str, Reader] = (
            (xlrisk.PRODUCT, xlrisk.canonical) if xlrisk.is_made_with(workbook) else (atrisk.PRODUCT, atrisk.canonical)
        )
        self._readers: tuple[tuple[str, Reader], ...] = (
            (montecell.PRODUCT, montecell.canonical),
            risk,
            (psi.PRODUCT, psi.canonical),
            (modelrisk.PRODUCT, modelrisk.canonical),
            (crystal_ball.PRODUCT, crystal_ball.canonical),
            (campagna.PRODUCT, campagna.canonical),
            (plain.PRODUCT, plain.canonical),
        )
        self._own_names = _defined_functions(workbook)
        self._known: dict[int, tuple[Node, Node]] = {}
        self.stored = stored_model(workbook)
        self.products: set[str] = {crystal_ball.PRODUCT} if self.stored.is_present else set()
        self.trial_index = modeler_tools.trial_index(workbook)
        if self.trial_index is not None:
            self.products.add(modeler_tools.PRODUCT)

    def __call__(self, tree: Node) -> Node:
        """The tree in canonical form: the same object when nothing in it belongs to a product."""
        known = self._known.get(id(tree))
        if known is None:
            rewritten = self._rewrite(tree)
            if any(isinstance(n, Draw | InputMark) for n in nodes(rewritten)):
                rewritten = numbered(named(rewritten))
            # The tree is kept with its result, so that its identity stays its own.
            known = self._known[id(tree)] = (tree, rewritten)
        return known[1]

    def _rewrite(self, node: Node) -> Node:
        node = rebuild(node, self._rewrite)
        return self._replace(node) if isinstance(node, Call) else node

    def _replace(self, call: Call) -> Node:
        if call.name in self._own_names:
            return call
        for product, canonical in self._readers:
            found = canonical(call)
            if found is not None:
                self.products.add(product)
                return found
        return call

    @property
    def product(self) -> str:
        """The product the workbook was made for: the add-in whose calls it holds, else Excel."""
        addins = sorted(self.products - {plain.PRODUCT})
        return " + ".join(addins) if addins else plain.PRODUCT


def _defined_functions(workbook: Workbook) -> frozenset[str]:
    """Names that the workbook defines itself: a LAMBDA is its own function, whatever it is called.

    Not those that Excel leaves behind for an add-in's functions, which stand for #NAME? or a macro.
    """
    return frozenset(
        n.name.upper() for n in workbook.names if not (n.macro or n.text.startswith("#") or n.name.startswith("_xl"))
    )
