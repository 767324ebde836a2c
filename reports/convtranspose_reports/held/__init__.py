"""What a run of any size is held in: numbers, texts and what records say, all but the last of them
on disk."""
