"""What tests start from, made of public verbs only: seeding is a test, too."""
