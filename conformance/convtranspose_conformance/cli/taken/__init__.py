"""What commands take: options that several share, calls, and what a shell completes."""
