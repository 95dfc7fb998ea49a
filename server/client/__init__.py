"""A client of the HTTP API for the terminal: uploads, follows, presents. Standard library and the messages only."""
