"""A workbook's formulas with every product's calls replaced by draws and output marks."""

from __future__ import annotations

from compute.dialects import atrisk, montecell, plain
from compute.dialects.canonical import Draw, NotUnderstood
from compute.dialects.tree import nodes, numbered, rebuild
from compute.formulas.ast import Call, Node
from compute.workbook.model import Workbook

XLRISK = "XLRisk"
_XLRISK_REASON = "XLRisk's functions mean something else than @RISK's of the same name and are not available yet"


class Canonicaliser:
    """Rewrites trees for one workbook; each distinct tree is rewritten once. ``products`` collects whose calls were
    met.
    """

    def __init__(self, workbook: Workbook) -> None:
        self._is_xlrisk = any(s.name.casefold() == XLRISK.casefold() for s in workbook.sheets)
        self._known: dict[int, tuple[Node, Node]] = {}
        self.products: set[str] = set()

    def __call__(self, tree: Node) -> Node:
        """The tree in canonical form: the same object when nothing in it belongs to a product."""
        known = self._known.get(id(tree))
        if known is None:
            rewritten = self._rewrite(tree)
            if any(isinstance(n, Draw) for n in nodes(rewritten)):
                rewritten = numbered(rewritten)
            # The tree is kept with its result, so that its identity stays its own.
            known = self._known[id(tree)] = (tree, rewritten)
        return known[1]

    def _rewrite(self, node: Node) -> Node:
        node = rebuild(node, self._rewrite)
        return self._replace(node) if isinstance(node, Call) else node

    def _replace(self, call: Call) -> Node:
        if self._is_xlrisk and atrisk.local_name(call.name):
            self.products.add(XLRISK)
            return NotUnderstood(call.name, _XLRISK_REASON)
        for dialect in (montecell, atrisk, plain):
            found: Node | None = dialect.canonical(call)
            if found is not None:
                self.products.add(dialect.PRODUCT)
                return found
        return call

    @property
    def product(self) -> str:
        """The product the workbook was made for: the add-in whose calls it holds, else Excel."""
        addins = sorted(self.products - {plain.PRODUCT})
        return " + ".join(addins) if addins else plain.PRODUCT
