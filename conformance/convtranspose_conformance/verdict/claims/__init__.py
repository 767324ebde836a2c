"""What a backend says that it does and does not do, and whether an answer speaks against it."""
