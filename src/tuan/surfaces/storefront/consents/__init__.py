"""What a person has agreed to."""
