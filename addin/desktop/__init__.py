"""The desktop add-in over xlwings."""
