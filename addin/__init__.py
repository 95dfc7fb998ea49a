"""Add-ins for Excel: the Office.js pane in TypeScript, and the desktop add-in in Python."""
