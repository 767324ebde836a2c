"""Rules made of what was measured, each put on trial before it is stated."""
