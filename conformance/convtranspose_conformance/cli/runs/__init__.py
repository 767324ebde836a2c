"""Commands about runs that were made: their pages, what changed between two, kept answers judged
again."""
