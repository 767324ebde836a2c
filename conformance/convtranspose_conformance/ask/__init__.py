"""The page's box in which a reader asks about a call of their own: what it needs to know, compiled
for a browser, and the section."""
