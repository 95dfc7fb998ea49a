"""Workbooks: taken in, changed in copies, shown, handed out."""
