"""Who may talk to the server, and what browsers are told about its pages."""
