"""The one door from the server to compute; see ``contract`` for what passes through it."""
