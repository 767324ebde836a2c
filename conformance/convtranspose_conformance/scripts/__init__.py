"""A call as a script that runs when pasted."""
