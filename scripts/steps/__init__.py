"""What the bootstrap does, one concern a file. Standard library only."""
