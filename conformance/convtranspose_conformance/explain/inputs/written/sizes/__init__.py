"""The sizes of tensors, followed through a text to where they are said."""
