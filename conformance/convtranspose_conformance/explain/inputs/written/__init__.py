"""What a person pastes: text with calls anywhere in it, read and never evaluated."""
